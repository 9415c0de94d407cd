"""A notebook of the project for one report: its parameters filled in, nothing else changed."""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from helpers.errors import BuildError

_TAG = "parameters"
_WIDTH = 100


def fill_parameters(notebook: Mapping[str, Any], parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return a notebook whose parameters cell holds other values.

    Parameters
    ----------
    notebook : mapping
        As JSON, version 4.
    parameters : mapping
        Value by name. Names that the cell does not declare are left out; declared ones that are
        not given keep their value.

    Returns
    -------
    dict
        Without outputs.

    Raises
    ------
    BuildError
        If the notebook has no cell with the tag ``parameters``.
    """
    cells = [dict(cell) for cell in notebook["cells"]]
    declaring = [cell for cell in cells if _TAG in cell["metadata"].get("tags", ())]
    if len(declaring) != 1:
        raise BuildError(
            "notebook must have one cell with the tag 'parameters', but has "
            f"{len(declaring)}; take it anew from the project"
        )
    declaring[0]["source"] = fill_declarations("".join(declaring[0]["source"]), parameters)
    for cell in cells:
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
    return {**notebook, "cells": cells}


def fill_declarations(source: str, parameters: Mapping[str, Any]) -> str:
    """Return declarations ``name: type = value  # help`` with other values.

    Examples
    --------
    >>> fill_declarations("cut: float = 75.0  # Years", {"cut": 70.0, "other": 1})
    'cut: float = 70.0  # Years'
    """
    raw = source.encode("utf-8")
    starts = [0]
    for line in raw.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    found = [node for node in ast.parse(source).body if isinstance(node, ast.AnnAssign)]
    for node in reversed(found):
        name = getattr(node.target, "id", "")
        if name not in parameters or node.value is None:
            continue
        value = parameters[name]
        if ast.literal_eval(node.value) == value:
            continue
        begin = starts[node.value.lineno - 1] + node.value.col_offset
        end = starts[(node.value.end_lineno or 1) - 1] + (node.value.end_col_offset or 0)
        raw = raw[:begin] + write_literal(value).encode("utf-8") + raw[end:]
    return raw.decode("utf-8")


def write_literal(value: Any, *, indent: int = 0) -> str:
    """Return a value of a parameter as Python writes it; long lists have a line for each item.

    Examples
    --------
    >>> write_literal(["a", {"c": True}])
    '["a", {"c": True}]'
    """
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if not isinstance(value, Mapping | list | tuple):
        return repr(value)
    opening, closing = "{}" if isinstance(value, Mapping) else "[]"
    items = _write_items(value, indent=indent + 4)
    whole = f"{opening}{', '.join(items)}{closing}"
    if len(whole) + indent <= _WIDTH - 40 and "\n" not in whole:
        return whole
    pad = " " * (indent + 4)
    return "\n".join([opening, *(f"{pad}{item}," for item in items), " " * indent + closing])


def _write_items(value: Any, *, indent: int) -> list[str]:
    if isinstance(value, Mapping):
        return [
            f"{write_literal(key)}: {write_literal(item, indent=indent)}"
            for key, item in value.items()
        ]
    return [write_literal(item, indent=indent) for item in value]


def hash_sources(notebook: Mapping[str, Any]) -> str:
    """Return a hash of what a notebook's author wrote: outputs and their counts do not matter."""
    cells = [[cell["cell_type"], "".join(cell["source"])] for cell in notebook["cells"]]
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()
