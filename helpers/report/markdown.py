"""Markdown prose to HTML and Typst, in one run of pandoc for a whole report."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from importlib.resources import as_file, files
from typing import Any

from helpers.report.pandoc import Pandoc
from helpers.report.text import clean_text

#: pandoc aligns columns by inline styles, which a strict page forbids.
_INLINE_ALIGNMENT = re.compile(r' style="text-align: (left|right|center);"')


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of Markdown.

    Attributes
    ----------
    text : str
        CommonMark with pipe tables and footnotes. HTML in it is shown as text.
    math : bool
        Whether ``$...$`` is a formula. It is in an author's prose; in a sentence with words
        from data a dollar sign is a dollar sign.
    """

    text: str
    math: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A heading, or all that stands between two headings.

    Attributes
    ----------
    level : int
        1 to 6 of a heading, 0 of anything else.
    plain, html, typst : str
        The same content as text, as an HTML fragment and as Typst markup.
    """

    level: int
    plain: str
    html: str
    typst: str

    @property
    def is_heading(self) -> bool:
        """Return whether the part is a heading."""
        return self.level > 0


class MarkdownConverter:
    """Converts fragments and remembers them.

    pandoc is started once and works beside whatever else is done: :meth:`begin` hands it
    fragments as they come, :meth:`prepare` waits for all that are needed.
    """

    def __init__(self) -> None:
        self._parts: dict[Fragment, tuple[Part, ...]] = {}
        self._pandoc: Pandoc | None = None
        self._worker: ThreadPoolExecutor | None = None
        self._begun: dict[Fragment, Future[dict[Fragment, tuple[Part, ...]]]] = {}
        self._stays = False

    def begin(self, fragments: Iterable[Fragment] = ()) -> None:
        """Start to convert fragments; pandoc then stays until :meth:`close`."""
        self._stays = True
        self._submit(fragments)

    def prepare(self, fragments: Iterable[Fragment]) -> None:
        """Convert all fragments that are not known yet.

        Raises
        ------
        BuildError
            If pandoc fails.
        """
        wanted = [one for one in dict.fromkeys(fragments) if one not in self._parts]
        if not wanted:
            return
        self._submit(wanted)
        try:
            for future in dict.fromkeys(self._begun[one] for one in wanted):
                self._parts |= future.result()
        finally:
            if not self._stays:
                self.close()

    def convert(self, fragment: Fragment) -> tuple[Part, ...]:
        """Return the parts of a fragment in order.

        Raises
        ------
        BuildError
            If pandoc fails.
        """
        if fragment not in self._parts:
            self.prepare([fragment])
        return self._parts[fragment]

    def close(self) -> None:
        """End pandoc; a later call starts it again."""
        if self._worker is not None:
            self._worker.shutdown(cancel_futures=True)
            self._worker = None
        if self._pandoc is not None:
            self._pandoc.close()
            self._pandoc = None
        self._begun.clear()
        self._stays = False

    def _submit(self, fragments: Iterable[Fragment]) -> None:
        known = self._parts.keys() | self._begun.keys()
        new = [one for one in dict.fromkeys(fragments) if one not in known]
        if self._worker is None:
            self._worker = ThreadPoolExecutor(1, thread_name_prefix="pandoc")
        future = self._worker.submit(self._convert, new)
        self._begun |= dict.fromkeys(new, future)

    def _convert(self, fragments: list[Fragment]) -> dict[Fragment, tuple[Part, ...]]:
        if self._pandoc is None:
            with as_file(files("helpers.report") / "templates" / "markdown.lua") as script:
                self._pandoc = Pandoc(script)
        if not fragments:
            return {}
        request = {"fragments": [_write_request(fragment) for fragment in fragments]}
        answer = self._pandoc.ask(json.dumps(request))
        parts = (tuple(_read_part(part) for part in one) for one in json.loads(answer))
        return dict(zip(fragments, parts, strict=True))


def _write_request(fragment: Fragment) -> dict[str, Any]:
    return {
        "text": clean_text(fragment.text),
        "math": fragment.math,
        "prefix": f"n{_shorten_hash(fragment.text)}-",
    }


def _shorten_hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:10]


def _read_part(part: Mapping[str, Any]) -> Part:
    html = _INLINE_ALIGNMENT.sub(lambda match: f' class="{match.group(1)[0]}"', part["html"])
    return Part(int(part["level"]), part["plain"], html.strip(), part["typst"].strip())
