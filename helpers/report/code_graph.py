"""Which code a notebook calls: the modules it imports, those they import, and their data."""

from __future__ import annotations

import ast
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import helpers
from helpers.report.imports import iterate_imports
from helpers.report.tasks import hash_parts

_ROOT = "helpers"
#: Its templates make pages, not sections.
_WITHOUT_DATA = frozenset({"helpers", "helpers.report"})


@dataclass(slots=True)
class CodeGraph:
    """The package's files and what each imports.

    Attributes
    ----------
    store : Path or None
        File that remembers the imports of each text of a module, by its hash.
    root : Path
        Folder of the package.
    """

    store: Path | None = None
    root: Path = Path(helpers.__file__).parent
    _known: dict[str, list[str]] = field(default_factory=dict)
    _hashes: dict[Path, str] = field(default_factory=dict)
    _found: dict[str, Path | None] = field(default_factory=dict)
    _beside: dict[Path, list[Path]] = field(default_factory=dict)
    _is_new: bool = False

    def __post_init__(self) -> None:
        """Read what an earlier build found."""
        if self.store is not None:
            with suppress(OSError, ValueError):
                self._known = json.loads(self.store.read_text(encoding="utf-8"))

    def hash_code(self, roots: Iterable[str]) -> tuple[str, frozenset[str]]:
        """Return a hash of all code that is reached, and the other packages that it imports.

        Parameters
        ----------
        roots : iterable of str
            Modules, or names in modules.
        """
        files, strangers = self.find_reached(roots)
        parts = sorted(self.hash_file(path) for path in files.values())
        return hash_parts(*parts), strangers

    def find_reached(self, roots: Iterable[str]) -> tuple[dict[str, Path], frozenset[str]]:
        """Return the files of all code that is reached, and the other packages that it imports.

        Parameters
        ----------
        roots : iterable of str
            Modules, or names in modules.

        Returns
        -------
        files : dict of str to Path
            By the module's name; a file that is no module by its path in the package.
        packages : frozenset of str
            As they are imported, those of the standard library left out.
        """
        modules, strangers = self._close(roots)
        data = (path for folder in _list_folders(modules) for path in self._list_data(folder))
        beside = {path.relative_to(self.root).as_posix(): path for path in data}
        return {**modules, **beside}, frozenset(strangers - sys.stdlib_module_names)

    def save(self) -> None:
        """Remember the imports for the next build."""
        if self.store is None or not self._is_new:
            return
        used = {self._hashes[path] for path in self._hashes}
        kept = {key: value for key, value in self._known.items() if key in used}
        with suppress(OSError):
            self.store.parent.mkdir(parents=True, exist_ok=True)
            self.store.write_text(json.dumps(kept), encoding="utf-8")

    def _close(self, roots: Iterable[str]) -> tuple[dict[str, Path], set[str]]:
        modules: dict[str, Path] = {}
        strangers: set[str] = set()
        waiting, seen = list(roots), set[str]()
        while waiting:
            name = waiting.pop()
            if name in seen:
                continue
            if name.split(".")[0] != _ROOT:
                strangers.add(name.split(".")[0])
                continue
            for module in (one for one in _list_packages(name) if one not in seen):
                seen.add(module)
                path = self._find_module(module)
                if path is not None:
                    modules[module] = path
                    waiting += self._list_imports(module, path)
        return modules, strangers

    def _list_imports(self, module: str, path: Path) -> list[str]:
        key = self.hash_file(path)
        if key not in self._known:
            package = module if path.name == "__init__.py" else module.rpartition(".")[0]
            tree = ast.parse(path.read_bytes())
            self._known[key] = sorted(set(iterate_imports(tree, package=package)))
            self._is_new = True
        return self._known[key]

    def hash_file(self, path: Path) -> str:
        """Return a hash of a file of the package, its place in it counted."""
        if path not in self._hashes:
            name = path.relative_to(self.root).as_posix().encode()
            self._hashes[path] = hashlib.sha256(name + b"\0" + path.read_bytes()).hexdigest()
        return self._hashes[path]

    def _find_module(self, name: str) -> Path | None:
        if name not in self._found:
            path = self.root.joinpath(*name.split(".")[1:])
            candidates = (path / "__init__.py", path.with_name(f"{path.name}.py"))
            self._found[name] = next((one for one in candidates if one.is_file()), None)
        return self._found[name]

    def _list_data(self, folder: Path) -> list[Path]:
        if folder not in self._beside:
            self._beside[folder] = list(_iterate_data(folder))
        return self._beside[folder]


def _list_packages(name: str) -> list[str]:
    """Return a name with all packages around it, outermost first."""
    parts = name.split(".")
    return [".".join(parts[:length]) for length in range(1, len(parts) + 1)]


def _list_folders(modules: dict[str, Path]) -> list[Path]:
    """Return the folders whose other files belong to the modules in them."""
    folders = {
        path.parent
        for name, path in modules.items()
        if name.rpartition(".")[0] not in _WITHOUT_DATA
    }
    return sorted(folders)


def _iterate_data(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder that are no modules."""
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder).parts
        is_module = path.suffix in {".py", ".pyc", ".md"} or "__pycache__" in inside
        if not is_module and path.is_file() and not _is_other_package(folder, path):
            yield path


def _is_other_package(folder: Path, path: Path) -> bool:
    return any(
        (parent / "__init__.py").is_file() for parent in path.parents if folder in parent.parents
    )
