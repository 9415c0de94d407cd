"""HTML that a foreign notebook shows, reduced to what a strict page may hold."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from helpers.report.text import escape_html

_TABLE = frozenset({"table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"})
_KEPT = _TABLE | frozenset(
    {
        "p",
        "div",
        "span",
        "br",
        "hr",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "b",
        "strong",
        "i",
        "em",
        "u",
        "s",
        "sub",
        "sup",
        "small",
        "code",
        "pre",
        "kbd",
        "samp",
        "var",
        "blockquote",
        "abbr",
        "cite",
        "q",
        "mark",
        "time",
    }
)
_VOID = frozenset({"br", "hr"})
#: Their text is no text for a reader, or is read by other rules than the page's.
_DROPPED = frozenset(
    {
        "script",
        "style",
        "template",
        "noscript",
        "iframe",
        "object",
        "svg",
        "math",
        "title",
        "textarea",
        "select",
        "audio",
        "video",
        "canvas",
        "map",
        "noframes",
        "xmp",
    }
)
_NUMBERED = frozenset({"colspan", "rowspan"})
_SCOPES = frozenset({"row", "col", "rowgroup", "colgroup"})
_HIGHEST_SPAN = 1000
#: A head cell without words is none.
_EMPTY_HEAD = re.compile(r"<th((?: (?:col|row)span=\"\d+\")*)[^>]*>\s*</th>")


def sanitise_html(html: str) -> str:
    """Return HTML with tables and text marks only: no script, style, address or event.

    The result is written anew from an allow-list, every tag closed, so that it can neither
    load or run anything nor break out of the element that it is put into.

    Parameters
    ----------
    html : str
        Of any origin.

    Returns
    -------
    str
        A balanced fragment. A heading becomes a bold paragraph, so that it does not stand in
        the outline of the page; a link is left as its words.

    Examples
    --------
    >>> sanitise_html('<b onclick="x()">a</b><script>b</script><a href="http://x.y">c')
    '<b>a</b>c'
    """
    cleaner = _Cleaner()
    cleaner.feed(html)
    cleaner.close()
    return cleaner.finish()


class _Cleaner(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._open: list[str] = []
        self._dropped: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._dropped or tag in _DROPPED:
            self._dropped.append(tag)
            return
        name = self._rename(tag)
        if name not in _KEPT or not self._has_place(name):
            return
        self._parts.append(f"<{name}{_write_attributes(name, attrs)}>")
        if name not in _VOID:
            self._open.append(name)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _DROPPED:
            self.handle_starttag(tag, attrs)
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._dropped:
            if tag in self._dropped:
                while self._dropped.pop() != tag:
                    pass
            return
        name = self._rename(tag)
        if name in self._open:
            while True:
                last = self._open.pop()
                self._parts.append(f"</{last}>")
                if last == name:
                    break

    def handle_data(self, data: str) -> None:
        if self._dropped:
            return
        inside = self._open[-1] if self._open else ""
        if inside in {"table", "thead", "tbody", "tfoot", "tr"} and not data.isspace():
            return
        self._parts.append(escape_html(data))

    def finish(self) -> str:
        closing = "".join(f"</{tag}>" for tag in reversed(self._open))
        return _EMPTY_HEAD.sub(r"<td\1></td>", "".join(self._parts) + closing)

    def _rename(self, tag: str) -> str:
        is_heading = len(tag) == 2 and tag[0] == "h" and tag[1].isdigit()
        return "strong" if is_heading else tag

    def _has_place(self, name: str) -> bool:
        """Return whether a part of a table stands in a table; others may stand anywhere."""
        if name in _TABLE and name != "table":
            return "table" in self._open
        return True


def _write_attributes(name: str, attrs: list[tuple[str, str | None]]) -> str:
    kept = ""
    for key, value in attrs:
        text = (value or "").strip()
        is_span = key in _NUMBERED and text.isascii() and text.isdigit()
        if name in {"th", "td"} and is_span and 0 < int(text[:5]) <= _HIGHEST_SPAN:
            kept += f' {key}="{int(text[:5])}"'
        elif name == "th" and key == "scope" and text in _SCOPES:
            kept += f' scope="{text}"'
    return kept
