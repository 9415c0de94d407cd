"""What a notebook imports, found without running it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any


def parse_cells(nb: Mapping[str, Any]) -> list[ast.Module]:
    """Return the syntax trees of a notebook's code cells; a cell that is no Python is empty."""
    trees = []
    for cell in nb["cells"]:
        if cell["cell_type"] != "code":
            continue
        source = cell["source"]
        try:
            trees.append(ast.parse(source if isinstance(source, str) else "".join(source)))
        except SyntaxError:  # magics: what they import is not known beforehand
            trees.append(ast.Module(body=[], type_ignores=[]))
    return trees


def list_notebook_imports(nb: Mapping[str, Any]) -> list[str]:
    """Return the modules that a notebook's cells import, each once, in order."""
    found = (name for tree in parse_cells(nb) for name in iterate_imports(tree, package=""))
    return list(dict.fromkeys(found))


def iterate_imports(tree: ast.AST, *, package: str) -> Iterator[str]:
    """Yield each module that code imports, wherever in it, and each name taken from a package.

    Parameters
    ----------
    tree : ast.AST
        Of the code.
    package : str
        That the code is in, for relative imports; empty for a notebook.

    Examples
    --------
    >>> list(iterate_imports(ast.parse("from .b import c"), package="a"))
    ['a.b', 'a.b.c']
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) - node.level + 1]
            start = ".".join(base) if node.level else ""
            module = ".".join(part for part in (start, node.module or "") if part)
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names if alias.name != "*")
