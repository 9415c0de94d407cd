"""Markdown prose to HTML and Typst, in one run of pandoc for a whole report."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from typing import Any

import pypandoc

from helpers.errors import BuildError
from helpers.report.text import clean_text

_TIMEOUT_SECONDS = 120
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

    :meth:`prepare` takes all fragments of a report at once, because starting pandoc costs
    more than converting.
    """

    def __init__(self) -> None:
        self._parts: dict[Fragment, tuple[Part, ...]] = {}

    def prepare(self, fragments: Iterable[Fragment]) -> None:
        """Convert all fragments that are not known yet."""
        new = [fragment for fragment in dict.fromkeys(fragments) if fragment not in self._parts]
        if new:
            self._parts.update(zip(new, _run_pandoc(new), strict=True))

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


def _run_pandoc(fragments: list[Fragment]) -> list[tuple[Part, ...]]:
    request = {
        "fragments": [
            {
                "text": clean_text(fragment.text),
                "math": fragment.math,
                "prefix": f"n{_shorten_hash(fragment.text)}-",
            }
            for fragment in fragments
        ]
    }
    with as_file(files("helpers.report") / "templates" / "markdown.lua") as script:
        answer = _call_pandoc(["lua", str(script)], json.dumps(request))
    return [tuple(_read_part(part) for part in parts) for parts in answer]


def _shorten_hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:10]


def _call_pandoc(arguments: list[str], text: str) -> Any:
    try:
        done = subprocess.run(  # noqa: S603  fixed program and script
            [_find_pandoc(), *arguments],
            input=text.encode("utf-8"),
            capture_output=True,
            timeout=_TIMEOUT_SECONDS,
            check=True,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
        )
    except subprocess.CalledProcessError as error:
        reason = error.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        raise BuildError(f"pandoc could not convert the prose: {' '.join(reason)}") from None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BuildError(f"pandoc could not be run ({type(error).__name__})") from None
    return json.loads(done.stdout)


@cache
def _find_pandoc() -> str:
    """Return the pandoc of the pypandoc wheel; a system's own may be too old for Typst."""
    return pypandoc.get_pandoc_path()


def _read_part(part: Mapping[str, Any]) -> Part:
    html = _INLINE_ALIGNMENT.sub(lambda match: f' class="{match.group(1)[0]}"', part["html"])
    return Part(int(part["level"]), part["plain"], html.strip(), part["typst"].strip())
