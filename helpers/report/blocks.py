"""Read an executed notebook: prose, code and blocks in their order."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from helpers.document import (
    MIME_TYPE,
    Block,
    FigureBlock,
    ResultsBlock,
    TableBlock,
    TextBlock,
    block_from_json,
)
from helpers.errors import BuildError

#: Tag of a Markdown cell that speaks of the notebook itself and so is left out of the report.
NOTEBOOK_ONLY = "notebook-only"

_HEADING = re.compile(r"^#\s+(?P<title>.+?)\s*#*\s*$", re.M)

_ATTACHMENT = re.compile(r"!\[(?P<alt>[^\]]*)\]\(attachment:(?P<name>[^)\s]+)")


@dataclass(frozen=True, slots=True)
class Prose:
    """A Markdown cell."""

    markdown: str


@dataclass(frozen=True, slots=True)
class Code:
    """The code cells between two pieces of prose."""

    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Output:
    """What a cell of a foreign notebook shows: text, and the richer form that it stands for.

    Attributes
    ----------
    text : str
        Plain text; a picture's alternative.
    svg, html : str
        As the notebook has them: neither checked nor cleaned.
    png : bytes
        PNG.
    is_error : bool
        Whether the text tells why the cell failed.
    """

    text: str
    svg: str = ""
    png: bytes = b""
    html: str = ""
    is_error: bool = False


Item = Prose | Code | Output | Block


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionContent:
    """An executed section, ready to be set.

    Attributes
    ----------
    name : str
        Stem of the notebook's file.
    title : str
        First heading of level 1; the name where there is none.
    items : tuple of items
        In the notebook's order. Code comes after what it shows, one piece for all cells
        between two pieces of prose.
    """

    name: str
    title: str
    items: tuple[Item, ...]

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Return the blocks alone."""
        return tuple(item for item in self.items if not isinstance(item, Prose | Code | Output))

    @property
    def results(self) -> ResultsBlock | None:
        """Return all results of the section, or None where the notebook emits none."""
        found = [block for block in self.blocks if isinstance(block, ResultsBlock)]
        return found[-1] if found else None


def read_section(notebook: Mapping[str, Any], *, name: str) -> SectionContent:
    """Return prose, code and blocks of an executed notebook.

    Parameters
    ----------
    notebook : mapping
        As JSON, version 4.
    name : str
        Of the section.

    Returns
    -------
    SectionContent
        Where the notebook emits blocks, other outputs (what JupyterLab shows) are passed
        over. Those of a notebook without any block are kept as text and pictures.

    Raises
    ------
    BuildError
        If a block cannot be read.
    """
    cells = notebook["cells"]
    is_ours = any(MIME_TYPE in output.get("data", {}) for output in _iterate_outputs(cells))
    items = refer_to_what_follows(_iterate_items(cells, name=name, is_ours=is_ours))
    return SectionContent(name=name, title=_find_title(items) or name, items=items)


def refer_to_what_follows(items: Iterable[Item]) -> tuple[Item, ...]:
    """Return items in which each sentence without references refers to what it stands before.

    A notebook shows the sentence of an analysis, then its table and figure: those that come
    after the sentence, up to the next prose or sentence, are what it tells.
    """
    referring: list[Item] = []
    open_text: int | None = None
    for item in items:
        if isinstance(item, Prose):
            open_text = None
        elif isinstance(item, TextBlock):
            open_text = None if item.refs else len(referring)
        elif isinstance(item, TableBlock | FigureBlock) and open_text is not None:
            text = referring[open_text]
            referring[open_text] = replace(text, refs=(*text.refs, item.id))
        referring.append(item)
    return tuple(referring)


def _iterate_outputs(cells: list[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for cell in cells:
        yield from cell.get("outputs", ())


def _iterate_items(
    cells: list[Mapping[str, Any]], *, name: str, is_ours: bool
) -> Iterator[Prose | Code | Output | Block]:
    sources: list[str] = []
    for number, cell in enumerate(cells, 1):
        source = _join(cell["source"])
        if cell["cell_type"] == "markdown":
            yield from _close_code(sources)
            if NOTEBOOK_ONLY not in cell["metadata"].get("tags", ()):
                yield Prose(source)
                yield from _read_attachments(cell, source)
        elif cell["cell_type"] == "code":
            if source.strip():
                sources.append(source)
            for output in cell.get("outputs", ()):
                yield from _read_output(output, f"cell {number} of {name}", is_ours=is_ours)
    yield from _close_code(sources)


def _read_attachments(cell: Mapping[str, Any], source: str) -> Iterator[Output]:
    """Yield the pictures that a Markdown cell holds and shows, below its words."""
    attached = cell.get("attachments", {})
    for match in _ATTACHMENT.finditer(source):
        data = {kind: _join(text) for kind, text in attached.get(match["name"], {}).items()}
        alt = match["alt"] or match["name"]
        for picture in _read_foreign({"output_type": "display_data"}, data):
            if isinstance(picture, Output) and (picture.svg or picture.png):
                yield replace(picture, text=alt)


def _close_code(sources: list[str]) -> Iterator[Code]:
    if sources:
        yield Code(tuple(sources))
        sources.clear()


def _read_output(
    output: Mapping[str, Any], where: str, *, is_ours: bool
) -> Iterator[Prose | Output | Block]:
    data = output.get("data", {})
    if MIME_TYPE in data:
        yield _read_block(data[MIME_TYPE], where)
    elif not is_ours:
        yield from _read_foreign(output, data)


def _read_block(data: Mapping[str, Any], where: str) -> Block:
    try:
        return block_from_json(data)
    except (KeyError, TypeError, ValueError) as error:
        raise BuildError(
            f"block in {where} must be one that this version writes, but cannot be read "
            f"({type(error).__name__}: {error}); run the notebook again"
        ) from None


def _read_foreign(output: Mapping[str, Any], data: Mapping[str, Any]) -> Iterator[Prose | Output]:
    text = _join(data.get("text/plain", ""))
    if "image/svg+xml" in data:
        yield Output(text, svg=_join(data["image/svg+xml"]))
    elif "image/png" in data:
        yield Output(text, png=base64.b64decode(_join(data["image/png"])))
    elif "image/jpeg" in data:
        yield Output(text, png=_turn_into_png(base64.b64decode(_join(data["image/jpeg"]))))
    elif "text/html" in data:
        yield Output(text, html=_join(data["text/html"]))
    elif "text/markdown" in data:
        yield Prose(_join(data["text/markdown"]))
    elif output["output_type"] == "stream":
        yield Output(_join(output["text"]))
    elif output["output_type"] == "error":
        yield Output(f"{output['ename']}: {output['evalue']}", is_error=True)
    elif text:
        yield Output(text)


def _turn_into_png(picture: bytes) -> bytes:
    """Return a picture in the one form that every page can hold; nothing if it is broken."""
    from PIL import Image

    png = io.BytesIO()
    try:
        Image.open(io.BytesIO(picture)).save(png, "PNG")
    except (OSError, ValueError):
        return b""
    return png.getvalue()


def _find_title(items: tuple[Item, ...]) -> str:
    for item in items:
        if isinstance(item, Prose) and (match := _HEADING.search(item.markdown)):
            return match["title"]
    return ""


def _join(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)
