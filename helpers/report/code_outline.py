"""The functions of a module, each with a short hash, so that two versions can be compared."""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from helpers.report.code_graph import CodeGraph

#: Stands for what is outside every function.
REST = "*"
_DIGITS = 8
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(slots=True)
class CodeOutlines:
    """The outlines of the package's modules.

    Attributes
    ----------
    store : Path or None
        File that remembers the outline of each text of a module, by its hash.
    """

    store: Path | None = None
    _known: dict[str, str] = field(default_factory=dict)
    _used: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Read what an earlier build found."""
        if self.store is not None:
            with suppress(OSError, ValueError):
                known = json.loads(self.store.read_text(encoding="utf-8"))
                self._known = known if isinstance(known, dict) else {}

    def outline(self, path: Path, graph: CodeGraph) -> str:
        """Return the outline of a file: of a module its functions, of another file its hash."""
        key = graph.hash_file(path)
        if path.suffix != ".py":
            return key[:_DIGITS]
        if key not in self._used:
            self._used[key] = self._known.get(key) or outline_module(path.read_bytes())
        return self._used[key]

    def save(self) -> None:
        """Remember the outlines for the next build."""
        if self.store is None or self._used.keys() <= self._known.keys():
            return
        with suppress(OSError):
            self.store.parent.mkdir(parents=True, exist_ok=True)
            self.store.write_text(json.dumps(self._used), encoding="utf-8")


def outline_module(source: bytes) -> str:
    r"""Return the names of a module's functions and methods, each with a hash of its text.

    Parameters
    ----------
    source : bytes
        Python; what cannot be parsed is one piece.

    Returns
    -------
    str
        ``name:hash`` with spaces between, what is outside every function as ``*``. A
        definition whose name comes twice is one piece with the first.

    Examples
    --------
    >>> outline_module(b"def f():\n    return 1\n").split(":")[0]
    'f'
    """
    lines = source.splitlines(keepends=True)
    pieces: dict[str, list[bytes]] = {}
    taken: set[int] = set()
    for name, first, last in _find_functions(source):
        pieces.setdefault(name, []).extend(lines[first - 1 : last])
        taken.update(range(first - 1, last))
    rest = [line for number, line in enumerate(lines) if number not in taken and line.strip()]
    if rest:
        pieces[REST] = rest
    return " ".join(f"{name}:{_hash(text)}" for name, text in pieces.items())


def read_outline(outline: str) -> dict[str, str]:
    """Return the hashes of an outline by name; of a file that is no module under ``*``.

    Examples
    --------
    >>> read_outline("f:01 C.g:02 *:03"), read_outline("0abc")
    ({'f': '01', 'C.g': '02', '*': '03'}, {'*': '0abc'})
    """
    pairs = (part.rpartition(":") for part in outline.split())
    return {name or REST: digest for name, _, digest in pairs}


def _find_functions(source: bytes) -> Iterator[tuple[str, int, int]]:
    """Yield name, first and last line of each function, those inside another one left out."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return
    yield from _walk(tree.body, "")


def _walk(body: Iterable[ast.stmt], owner: str) -> Iterator[tuple[str, int, int]]:
    for node in body:
        if isinstance(node, _Function):
            first = min([node.lineno, *(mark.lineno for mark in node.decorator_list)])
            yield f"{owner}{node.name}", first, node.end_lineno or node.lineno
        elif isinstance(node, ast.ClassDef):
            yield from _walk(node.body, f"{owner}{node.name}.")


def _hash(lines: Iterable[bytes]) -> str:
    return hashlib.sha256(b"".join(line.rstrip() + b"\n" for line in lines)).hexdigest()[:_DIGITS]
