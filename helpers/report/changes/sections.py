"""The executed notebooks of a report: which results each made, and its cells."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from helpers.document import MIME_TYPE, ResultsBlock
from helpers.report.notebook_file import INJECTED
from helpers.report.usage import find_used_parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSection:
    """An executed notebook, its outputs left out.

    Attributes
    ----------
    name : str
        Stem of its file.
    title : str
        Its first heading.
    result_ids : frozenset of str
        Of the results that it made.
    cells : mapping of str to str
        Source of each cell by id, the values of the parameters left out.
    kinds : mapping of str to str
        ``code`` or ``markdown``, by the same ids.
    tags : mapping of str to tuple of str
        Tags of each cell.
    """

    name: str
    title: str
    result_ids: frozenset[str]
    cells: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def find_used_parameters(self, names: frozenset[str]) -> frozenset[str]:
        """Return the parameters that its code uses."""
        cells = [
            {
                "cell_type": self.kinds[key],
                "source": source,
                "metadata": {"tags": list(self.tags[key])},
            }
            for key, source in self.cells.items()
        ]
        return find_used_parameters({"cells": cells}, names)


def read_sections(folder: Path) -> dict[str, ReadSection]:
    """Return the sections of a report by name; a notebook that cannot be read is left out."""
    found = {}
    for path in sorted(folder.glob("*.ipynb")):
        try:
            nb = json.loads(path.read_bytes())
            found[path.stem] = _read_section(path.stem, nb)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            continue
    return found


def _read_section(name: str, nb: Mapping[str, Any]) -> ReadSection:
    cells = {
        str(cell.get("id") or f"cell-{number}"): cell
        for number, cell in enumerate(nb["cells"], 1)
        if cell.get("id") != INJECTED
    }
    sources = {key: "".join(cell["source"]) for key, cell in cells.items()}
    return ReadSection(
        name=name,
        title=_find_title(cells, sources) or name,
        result_ids=frozenset(_iterate_result_ids(nb["cells"])),
        cells=sources,
        kinds={key: str(cell["cell_type"]) for key, cell in cells.items()},
        tags={
            key: tuple(map(str, cell.get("metadata", {}).get("tags", ())))
            for key, cell in cells.items()
        },
    )


def _find_title(cells: Mapping[str, Any], sources: Mapping[str, str]) -> str:
    for key, cell in cells.items():
        if cell["cell_type"] == "markdown":
            for line in sources[key].splitlines():
                if line.startswith("# "):
                    return line.removeprefix("# ").strip()
    return ""


def _iterate_result_ids(cells: Any) -> Iterator[str]:
    for cell in cells:
        for output in cell.get("outputs", ()):
            block = output.get("data", {}).get(MIME_TYPE, {})
            if isinstance(block, dict) and block.get("type") == ResultsBlock.__name__:
                yield from (str(record["id"]) for record in block["results"])
