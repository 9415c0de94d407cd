"""Which parameters a notebook uses, read from its code and that of the parameters.

A notebook holds the parameters under one name and takes attributes of it. Each attribute is a
parameter, or a property whose code says which parameters it takes. Whatever else is done with
that name counts as a use of all parameters.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import helpers
from helpers.report.notebook_file import get_tags

_READER = "read_params"
_DECLARING = frozenset({"parameters", "injected-parameters"})


def find_used_parameters(nb: Mapping[str, Any], names: Collection[str]) -> frozenset[str]:
    """Return the parameters that can change what a notebook shows.

    Parameters
    ----------
    nb : mapping
        A notebook as JSON.
    names : collection of str
        Of all parameters.

    Returns
    -------
    frozenset of str
        All of them where the code leaves it open.
    """
    cells = [cell for cell in nb["cells"] if cell["cell_type"] == "code"]
    sources = tuple("".join(cell["source"]) for cell in cells if not _is_declaring(cell))
    return _find_in_sources(sources, frozenset(names))


@lru_cache(maxsize=64)
def _find_in_sources(sources: tuple[str, ...], names: frozenset[str]) -> frozenset[str]:
    try:
        trees = [ast.parse(source) for source in sources]
    except SyntaxError:  # magics: what they use is not known
        return names
    holders = _find_holders(trees)
    used: set[str] = set()
    for tree in trees:
        found = _find_used(tree, holders, names)
        if found is None:
            return names
        used |= found
    return frozenset(used)


def _is_declaring(cell: Mapping[str, Any]) -> bool:
    return not _DECLARING.isdisjoint(get_tags(cell))


def _find_holders(trees: Iterable[ast.Module]) -> frozenset[str]:
    """Return the variables that hold the parameters."""
    holders = set()
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Assign) and _is_reading(node.value):
            holders |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return frozenset(holders)


def _is_reading(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == _READER
    )


def _find_used(
    tree: ast.Module, holders: frozenset[str], names: Collection[str]
) -> set[str] | None:
    """Return the parameters that a tree uses, or None where that is open."""
    used: set[str] = set()
    settled: set[int] = set()
    for node in ast.walk(tree):
        if _is_reading(node):
            settled |= {id(inner) for inner in ast.walk(node)}
        if _is_attribute_of(node, holders):
            found = resolve_attribute(node.attr, frozenset(names))
            if found is None:
                return None
            used |= found
            settled.add(id(node.value))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Name) or id(node) in settled:
            continue
        if isinstance(node.ctx, ast.Load) and node.id in {*holders, "globals", "locals", "vars"}:
            return None
        if node.id in names:
            used.add(node.id)
    return used


@cache
def resolve_attribute(name: str, names: frozenset[str]) -> frozenset[str] | None:
    """Return the parameters behind an attribute; None where its code does not tell."""
    if name in names:
        return frozenset({name})
    body = _read_properties().get(name)
    if body is None:
        return None
    used: set[str] = set()
    selves = 0
    for node in ast.walk(body):
        if isinstance(node, ast.Name) and node.id == "self":
            selves += 1
        if _is_attribute_of(node, frozenset({"self"})):
            selves -= 1
            found = resolve_attribute(node.attr, names)
            if found is None:
                return None
            used |= found
    return None if selves else frozenset(used)


def _is_attribute_of(node: ast.AST, owners: frozenset[str]) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in owners
    )


@cache
def _read_properties() -> dict[str, ast.FunctionDef]:
    """Return the properties of the parameters by name."""
    found: dict[str, ast.FunctionDef] = {}
    for path in sorted((Path(helpers.__file__).parent / "params").glob("*.py")):
        tree = ast.parse(path.read_bytes())
        for owner in (node for node in tree.body if isinstance(node, ast.ClassDef)):
            for node in owner.body:
                if isinstance(node, ast.FunctionDef) and _is_property(node):
                    found[node.name] = node
    return found


def _is_property(node: ast.FunctionDef) -> bool:
    return any(isinstance(mark, ast.Name) and mark.id == "property" for mark in node.decorator_list)
