"""Row heads of tables in a tagged PDF.

The typesetter tags the head of a table and nothing else as head cells. What is said of a row
in its first cells is tagged here, in the file that it wrote: such a cell becomes a head cell
whose scope is its row, and the cells beside it name it among their heads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from helpers.document import TableBlock
from helpers.report.grid import place_cells

_ELEMENT = re.compile(rb"\d+ 0 obj\s+<</Type/StructElem/S/(\w+)")
_ROOT = re.compile(rb"\d+ 0 obj\s+<</Type/StructTreeRoot")
_KIDS = re.compile(rb"/K\[((?:\d+ 0 R ?)*)\]")
_HEADERS = re.compile(rb"/Headers\[([^\]]*)\]")
_NAMES = re.compile(rb"/IDTree<</Names\[(.*?)\]>>", re.DOTALL)
_NAME = re.compile(rb"\((\w+)\)(\d+) 0 R")
_TABLE_ATTRIBUTES = b"<</O/Table"


def tag_row_heads(pdf: bytes, tables: Sequence[TableBlock]) -> bytes:
    """Return a PDF in which the row heads of its tables are tagged as such.

    Parameters
    ----------
    pdf : bytes
        As the typesetter wrote it: objects in plain sight, one cross-reference table.
    tables : sequence of TableBlock
        Every table of the document, in reading order.

    Returns
    -------
    bytes
        A table that is not tagged as its block reads is left as it is.
    """
    file = _File.read(pdf)
    if file is None:
        return pdf
    found = list(file.find_tables())
    if len(found) != len(tables):
        return pdf
    names: dict[bytes, int] = {}
    for number, (rows, block) in enumerate(zip(found, tables, strict=True)):
        names |= _tag_table(file, rows, block, prefix=f"R{number}r".encode())
    file.add_names(names)
    return file.write()


@dataclass(slots=True)
class _File:
    """A PDF as its objects, by number."""

    head: bytes
    trailer: bytes
    objects: dict[int, bytes] = field(default_factory=dict)

    @classmethod
    def read(cls, pdf: bytes) -> _File | None:
        """Take a file apart; None if it is not put together in the plain way."""
        start = pdf.rfind(b"\nxref")
        trailer = re.search(rb"trailer\r?\n(<<.*>>)\r?\nstartxref", pdf[start:], re.DOTALL)
        offsets = _read_offsets(pdf[start:])
        if start < 0 or trailer is None or not offsets:
            return None
        places = sorted((offset, number) for number, offset in offsets.items())
        ends = [offset for offset, _ in places[1:]] + [start + 1]
        objects = {
            number: pdf[offset:end] for (offset, number), end in zip(places, ends, strict=True)
        }
        return cls(pdf[: places[0][0]], trailer[1], objects)

    def get_kind(self, number: int) -> bytes:
        """Return the type of a structure element."""
        match = _ELEMENT.match(self.objects[number])
        return match[1] if match else b""

    def list_kids(self, number: int) -> list[int]:
        """Return the objects inside a structure element."""
        match = _KIDS.search(self.objects[number])
        return [int(kid) for kid in re.findall(rb"(\d+) 0 R", match[1])] if match else []

    def find_tables(self) -> Iterator[list[list[int]]]:
        """Yield the rows of the body of each table, in reading order, each as its cells."""
        roots = [number for number in self.objects if self.get_kind(number) == b"Document"]
        waiting = roots[:1]
        while waiting:
            number = waiting.pop()
            if self.get_kind(number) == b"Table":
                bodies = [kid for kid in self.list_kids(number) if self.get_kind(kid) == b"TBody"]
                yield [self.list_kids(row) for body in bodies for row in self.list_kids(body)]
            else:
                waiting += reversed(self.list_kids(number))

    def add_names(self, names: dict[bytes, int]) -> None:
        """Enter names of structure elements into the index by name."""
        for number, data in self.objects.items():
            match = _NAMES.search(data) if _ROOT.match(data) else None
            if match:
                known = {name: int(target) for name, target in _NAME.findall(match[1])}
                listed = b"".join(
                    b"(%s)%d 0 R" % entry for entry in sorted({**known, **names}.items())
                )
                self.objects[number] = data[: match.start(1)] + listed + data[match.end(1) :]

    def write(self) -> bytes:
        """Return the file, put together anew."""
        parts, offset = [self.head], len(self.head)
        places = {}
        for number in sorted(self.objects):
            places[number] = offset
            parts.append(self.objects[number])
            offset += len(self.objects[number])
        lines = [b"xref\n0 %d\n" % (len(places) + 1), b"0000000000 65535 f\r\n"]
        lines += [b"%010d 00000 n\r\n" % places[number] for number in sorted(places)]
        lines.append(b"trailer\n%s\nstartxref\n%d\n%%%%EOF" % (self.trailer, offset))
        return b"".join([*parts, *lines])


def _read_offsets(table: bytes) -> dict[int, int]:
    entries = re.findall(rb"(\d{10}) \d{5} n", table)
    counted = re.search(rb"xref\r?\n0 (\d+)", table)
    if counted is None or int(counted[1]) != len(entries) + 1:
        return {}
    return {number: int(offset) for number, offset in enumerate(entries, 1)}


def _tag_table(
    file: _File, rows: list[list[int]], block: TableBlock, *, prefix: bytes
) -> dict[bytes, int]:
    """Tag the row heads of one table; return their names."""
    cells: list[list[bool]] = [[] for _ in block.rows]
    for placed in place_cells(block.rows):
        cells[placed.row].append(placed.cell.header)
    if [len(row) for row in rows] != [len(row) for row in cells]:
        return {}
    names: dict[bytes, int] = {}
    for number, (row, heads) in enumerate(zip(rows, cells, strict=True)):
        if not any(heads) or all(heads):
            continue
        place = heads.index(True)
        name = prefix + str(number).encode()
        names[name] = row[place]
        file.objects[row[place]] = _make_head(file.objects[row[place]], name)
        for other, is_head in zip(row, heads, strict=True):
            if not is_head:
                file.objects[other] = _HEADERS.sub(
                    lambda match, name=name: b"/Headers[%s(%s)]" % (match[1], name),
                    file.objects[other],
                    count=1,
                )
    return names


def _make_head(data: bytes, name: bytes) -> bytes:
    data = data.replace(b"/S/TD", b"/S/TH", 1)
    data = data.replace(b"/A[", b"/ID(%s)/A[" % name, 1)
    return data.replace(_TABLE_ATTRIBUTES, _TABLE_ATTRIBUTES + b"/Scope/Row", 1)
