"""Read a Word file as an editor's tools would."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from functools import cached_property

import docx
from docx.oxml.ns import qn
from lxml import etree


@dataclass(frozen=True)
class Field:
    """A field's code, what it shows, and the bookmarks that are open around it."""

    code: str
    shown: str
    bookmarks: tuple[str, ...]


class WordReader:
    """Collects what the tests ask of a Word file."""

    def __init__(self, data: bytes) -> None:
        self.archive = zipfile.ZipFile(io.BytesIO(data))
        self.document = docx.Document(io.BytesIO(data))
        self.body = self.document.element.body

    @property
    def parts(self) -> dict[str, bytes]:
        return {name: self.archive.read(name) for name in self.archive.namelist()}

    @cached_property
    def paragraphs(self) -> list[str]:
        return [read_text(p) for p in self.body.iter(qn("w:p"))]

    @cached_property
    def words(self) -> str:
        return normalise(" ".join(self.paragraphs))

    @property
    def styles(self) -> list[tuple[str, str]]:
        """Return style name and text of each paragraph outside tables."""
        return [(p.style.name, normalise(p.text)) for p in self.document.paragraphs]

    @property
    def tables(self) -> list[list[list[str]]]:
        """Return the texts of each table's cells, those that go on from above left out."""
        return [
            [
                [
                    normalise(" ".join(read_text(p) for p in cell.iterchildren(qn("w:p"))))
                    for cell in row.iterchildren(qn("w:tc"))
                    if not is_continued(cell)
                ]
                for row in table.iterchildren(qn("w:tr"))
            ]
            for table in self.body.iter(qn("w:tbl"))
        ]

    @property
    def bookmarks(self) -> list[str]:
        return [mark.get(qn("w:name")) for mark in self.body.iter(qn("w:bookmarkStart"))]

    @property
    def fields(self) -> list[Field]:
        return [field for p in self.body.iter(qn("w:p")) for field in read_fields(p)]

    @property
    def external(self) -> list[tuple[str, str]]:
        """Return kind and target of every relationship that leads out of the file."""
        return [
            (rel.get("Type").rsplit("/", 1)[1], rel.get("Target"))
            for name, data in self.parts.items()
            if name.endswith(".rels")
            for rel in etree.fromstring(data)
            if rel.get("TargetMode") == "External"
        ]

    @property
    def pictures(self) -> list:
        return list(self.body.iter(qn("wp:inline")))


def is_continued(cell) -> bool:
    merge = cell.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}")
    return merge is not None and merge.get(qn("w:val")) != "restart"


def read_text(element) -> str:
    """Return what is seen: no field codes."""
    nodes = element.iter(qn("w:t"), qn("w:br"), qn("w:tab"))
    return "".join((node.text or "") if node.tag == qn("w:t") else " " for node in nodes)


def normalise(text: str) -> str:
    """Return text with single ordinary spaces and without the break points of long words."""
    return re.sub(r"[\s\u00a0]+", " ", text.replace("\u200b", "")).strip()


def squeeze(text: str) -> str:
    """Return text without anything that a typesetter may put in or leave out."""
    return re.sub(r"[\s\u00a0\u200b]+", "", text)


def find_cells(text: str, caption: str, head: list[str], body: list[str]) -> list[str]:
    """Return the cells of a table that a squeezed page does not show in their place.

    The head stands below the caption, its cells in any order because of their spans; cells of
    the body follow each other.
    """
    start = place = text.find(squeeze(caption))
    if start < 0:
        return [caption]
    missing = [cell for cell in head if squeeze(cell) not in text[start:]]
    for cell in body:
        found = text.find(squeeze(cell), place)
        if found < 0:
            missing.append(cell)
        else:
            place = found + len(squeeze(cell))
    return missing


def read_fields(paragraph) -> list[Field]:
    found, code, shown, state, names = [], "", "", "", {}
    for node in paragraph.iter():
        if node.tag == qn("w:bookmarkStart"):
            names[node.get(qn("w:id"))] = node.get(qn("w:name"))
        elif node.tag == qn("w:bookmarkEnd"):
            names.pop(node.get(qn("w:id")))
        elif node.tag == qn("w:fldChar"):
            state = node.get(qn("w:fldCharType"))
            if state == "begin":
                code, shown = "", ""
            elif state == "end":
                found.append(Field(code.strip(), shown, tuple(names.values())))
        elif node.tag == qn("w:instrText") and state == "begin":
            code += node.text
        elif node.tag == qn("w:t") and state == "separate":
            shown += node.text or ""
    return found
