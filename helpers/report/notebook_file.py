"""A section's notebook as JSON: read, given its parameters, and cleaned after its run."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from helpers.errors import BuildError
from helpers.report.scrub import dump_notebook, find_private_texts, scrub_notebook, scrub_text
from helpers.report.tasks import SectionError, SectionTask

INJECTED = "injected-parameters"
_PARAMETERS = "parameters"
_PAPERMILL_MARK = "papermill-error-cell-tag"
#: Errors whose message is a sentence for the user; the class's name would only disturb it.
_WORDED_FOR_USERS = frozenset({"ParameterError", "DataError", "StatisticsError", "FaultsError"})


def read_notebook(task: SectionTask) -> dict[str, Any]:
    """Return a section's notebook as JSON data, each source as one text, without outputs.

    Raises
    ------
    BuildError
        If it is no notebook of version 4.
    """
    try:
        nb = json.loads(task.notebook.decode("utf-8"))
        if nb["nbformat"] != 4:
            raise ValueError(f"it has format {nb['nbformat']}")
        cells = [_read_cell(cell) for cell in nb["cells"]]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        raise BuildError(
            f"notebook of section {task.name} must be a Jupyter notebook, but cannot be read "
            f"({reason}); open it in JupyterLab or take it anew from the project"
        ) from None
    return {**nb, "cells": cells, "metadata": dict(nb.get("metadata", {}))}


def inject_parameters(nb: Mapping[str, Any], parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return a notebook with a cell that sets parameters anew, where papermill puts it."""
    if not parameters:
        return dict(nb)
    lines = (f"{name} = {_write_literal(value)}" for name, value in parameters.items())
    cell = {
        "cell_type": "code",
        "id": INJECTED,
        "metadata": {"tags": [INJECTED]},
        "source": "\n".join(["# Parameters", *lines]),
        "execution_count": None,
        "outputs": [],
    }
    cells = list(nb["cells"])
    former = _find_tagged(cells, INJECTED)
    declared = _find_tagged(cells, _PARAMETERS)
    if former is not None:
        cells[former] = cell
    else:
        cells.insert(0 if declared is None else declared + 1, cell)
    return {**nb, "cells": cells}


def finish_notebook(task: SectionTask, nb: Mapping[str, Any]) -> bytes:
    """Return an executed notebook as a report keeps it: nothing of the run's place and time."""
    cells = [cell for cell in nb["cells"] if _PAPERMILL_MARK not in get_tags(cell)]
    folders = dict.fromkeys((sys.base_prefix, sys.prefix), "<python>")
    folders |= {str(Path(__file__).parents[2]): "<package>", str(task.base_dir or ""): "<project>"}
    private = find_private_texts(task.parameters, folders)
    clean = scrub_notebook(
        {**nb, "cells": cells}, parameters=task.parameters, private_texts=private
    )
    return dump_notebook(clean)


def describe_failure(
    task: SectionTask, nb: Mapping[str, Any], index: int, ename: str, evalue: str
) -> SectionError:
    """Return the error of a section whose cell `index` failed."""
    cells = nb["cells"]
    number = 1 + sum(INJECTED not in get_tags(cell) for cell in cells[:index])
    source = cells[index]["source"]
    first_line = next((line for line in source.splitlines() if line.strip()), "")
    reason = scrub_text(" ".join(evalue.split()))[:400]
    kind = "" if ename in _WORDED_FOR_USERS else ename
    what = ": ".join(part for part in (kind, reason) if part)
    return SectionError(
        f"section {task.name} could not be built: cell {number} ({first_line.strip()[:80]!r}) "
        f"failed with {what}",
        section=task.name,
        cell_number=number,
        notebook=finish_notebook(task, nb),
    )


def count_code_cells(nb: Mapping[str, Any]) -> int:
    """Return how many cells a run executes."""
    return sum(cell["cell_type"] == "code" and bool(cell["source"].strip()) for cell in nb["cells"])


def get_tags(cell: Mapping[str, Any]) -> Iterable[str]:
    """Return a cell's tags."""
    return cell["metadata"].get("tags", ())


def _read_cell(cell: Mapping[str, Any]) -> dict[str, Any]:
    source = cell["source"]
    clean = {**cell, "source": source if isinstance(source, str) else "".join(source)}
    clean["metadata"] = {"tags": [], **cell.get("metadata", {})}
    if clean["cell_type"] == "code":
        clean |= {"outputs": [], "execution_count": None}
    return clean


def _find_tagged(cells: list[dict[str, Any]], tag: str) -> int | None:
    return next((index for index, cell in enumerate(cells) if tag in get_tags(cell)), None)


def _write_literal(value: Any) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        return f"float('{value}')"
    if isinstance(value, Mapping):
        pairs = (f"{key!r}: {_write_literal(item)}" for key, item in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_write_literal(item) for item in value) + "]"
    return repr(value)
