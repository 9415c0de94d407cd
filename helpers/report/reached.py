"""What the numbers of each section were made of, so that two reports can be compared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import helpers
from helpers.report.code_graph import CodeGraph
from helpers.report.code_outline import CodeOutlines
from helpers.report.imports import list_notebook_imports
from helpers.report.keys import FILES, RUNNING, find_versions, hash_file
from helpers.report.notebook_file import read_notebook
from helpers.report.tasks import SectionTask
from helpers.report.usage import find_used_parameters

_COMMIT = re.compile(r"[0-9a-f]{40,64}")
_BUILT_IN = "synthetic"


def describe_reached(tasks: Iterable[SectionTask], cache: Path) -> dict[str, Any]:
    """Return what each section reaches, for the manifest.

    Parameters
    ----------
    tasks : iterable of SectionTask
        Of one report.
    cache : Path
        Folder in which outlines of code are remembered.

    Returns
    -------
    dict
        ``sections`` gives by section the names of the parameters that it uses and of the
        packages that it imports; ``versions`` those of the packages; ``code`` by module the
        outline of its functions and the positions of the sections that reach it. Names of
        files are relative to the package.
    """
    graph = CodeGraph(cache / "imports.json")
    outlines = CodeOutlines(cache / "outlines.json")
    sections: dict[str, dict[str, list[str]]] = {}
    packages: set[str] = set()
    files: dict[str, Path] = {}
    reached: dict[str, list[int]] = {}
    for place, task in enumerate(tasks):
        nb = read_notebook(task)
        found, strangers = graph.find_reached([*list_notebook_imports(nb), *RUNNING])
        packages |= strangers
        files |= found
        for name in found:
            reached.setdefault(name, []).append(place)
        sections[task.name] = {
            "parameters": sorted(find_used_parameters(nb, tuple(task.parameters))),
            "packages": sorted(strangers),
        }
    code = {
        name: f"{','.join(map(str, reached[name]))} {outlines.outline(files[name], graph)}"
        for name in sorted(files)
    }
    outlines.save()
    return {"sections": sections, "versions": find_versions(sorted(packages)), "code": code}


def is_reached(found: Mapping[str, Any]) -> bool:
    """Return whether a manifest's record has the form of :func:`describe_reached`, or is empty."""
    if not found:
        return True
    parts = [found.get(name) for name in ("sections", "versions", "code")]
    if not all(isinstance(part, dict) for part in parts):
        return False
    return all(
        isinstance(uses, dict)
        and all(isinstance(uses.get(name), list) for name in ("parameters", "packages"))
        for uses in found["sections"].values()
    )


def hash_input_files(parameters: Mapping[str, Any], base_dir: Path | None) -> dict[str, str]:
    """Return the SHA-256 of each file that the patients come from, by its parameter."""
    found = {}
    for name in FILES:
        value = str(parameters.get(name) or "")
        if value and value != _BUILT_IN and "://" not in value:
            found[name] = hash_file((base_dir or Path.cwd()) / value)
    return {name: digest for name, digest in found.items() if digest}


def find_commit(root: Path | None = None) -> str:
    """Return the commit that the package's folder has checked out; nothing where it has none.

    Parameters
    ----------
    root : Path, optional
        Folder that holds ``.git``; that around the package without one.
    """
    git = (root or Path(helpers.__file__).parents[1]) / ".git"
    with suppress(OSError, ValueError):
        if git.is_file():  # a further work tree of a repository
            git = git.parent / git.read_text(encoding="utf-8").partition("gitdir:")[2].strip()
        head = (git / "HEAD").read_text(encoding="utf-8").strip()
        found = _read_reference(git, head.removeprefix("ref: ")) if "ref: " in head else head
        return found if _COMMIT.fullmatch(found) else ""
    return ""


def _read_reference(git: Path, name: str) -> str:
    """Return the commit of a branch, loose or packed."""
    homes = [git]
    with suppress(OSError):
        homes.append(git / (git / "commondir").read_text(encoding="utf-8").strip())
    for home in homes:
        with suppress(OSError):
            return (home / name).read_text(encoding="utf-8").strip()
    for home in homes:
        with suppress(OSError):
            for line in (home / "packed-refs").read_text(encoding="utf-8").splitlines():
                commit, _, known = line.partition(" ")
                if known == name:
                    return commit
    return ""
