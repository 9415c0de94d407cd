"""Read an HTML page as a browser's structure checker would."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser

VOID = {"meta", "img", "br", "hr", "link", "input", "col"}
OPTIONAL_END = {"td", "tr", "li", "p"}
#: Where a page names the place of something else; a link is followed only by its reader.
OUTSIDE = re.compile(
    r"(?i)\b(?:https?|wss?|ftp|file|blob|javascript):|^\s*//|[\s\"'(,=]//[\w.-]+\.\w"
)
CALLS = re.compile(
    r"\bfetch\b|XMLHttpRequest|WebSocket|EventSource|sendBeacon|importScripts|\bimport\s*\("
    r"|\beval\b|new Function|Worker\b|createElementNS|innerHTML|insertAdjacentHTML|document\.write"
)
LOADING = {"src", "srcset", "data", "poster", "background", "action", "formaction"}


class PageReader(HTMLParser):
    """Collects what the tests ask of a page."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: Counter[str] = Counter()
        self.ids: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str]] = []
        self.headings: list[int] = []
        self.open_tags: list[str] = []
        self.unbalanced: list[str] = []
        self.text: list[str] = []
        self.styles: list[str] = []
        self.scripts: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        for name, value in attrs:
            self.attributes.append((tag, name, value or ""))
            if name == "id":
                self.ids[value or ""] += 1
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open_tags.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open_tags.pop()

    def handle_endtag(self, tag: str) -> None:
        while self.open_tags and self.open_tags[-1] != tag and self.open_tags[-1] in OPTIONAL_END:
            self.open_tags.pop()
        if not self.open_tags or self.open_tags.pop() != tag:
            self.unbalanced.append(tag)

    def handle_data(self, data: str) -> None:
        if self.open_tags and self.open_tags[-1] not in {"style", "script"}:
            self.text.append(data)
        elif self.open_tags:
            (self.styles if self.open_tags[-1] == "style" else self.scripts).append(data)

    @property
    def words(self) -> str:
        return " ".join("".join(self.text).split())

    @property
    def loaded(self) -> list[str]:
        """Return every address that a browser would fetch, data: addresses left out."""
        found = [
            value
            for tag, name, value in self.attributes
            if name in LOADING or (tag in {"link", "use", "image"} and name.endswith("href"))
        ]
        return [value for value in found if not value.startswith(("data:", "#"))]

    @property
    def outside(self) -> list[str]:
        """Return every outside address, and every way to one, in attributes, CSS and script."""
        found = [
            f"{tag} {name}={value[:80]}"
            for tag, name, value in self.attributes
            if OUTSIDE.search(value) and (tag, name) != ("a", "href")
        ]
        for text in self.styles:
            found += re.findall(r"@import[^;]*", text)
            found += re.findall(r"url\((?!data:font/woff2;base64,|#)[^)]*", text)
            found += OUTSIDE.findall(re.sub(r"url\(data:[^)]*\)", "", text))
        for text in self.scripts:
            found += [match.group() for match in OUTSIDE.finditer(text)]
            found += [match.group() for match in CALLS.finditer(text)]
        return found

    @property
    def broken_links(self) -> list[str]:
        targets = [v for t, n, v in self.attributes if t == "a" and n == "href" and v[:1] == "#"]
        return [target for target in targets if target[1:] not in self.ids]
