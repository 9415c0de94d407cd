"""What a section and a report are made of, as hashes: equal hashes, equal bytes."""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import helpers
from helpers.report.code_graph import CodeGraph
from helpers.report.imports import list_notebook_imports
from helpers.report.manifest import find_version
from helpers.report.notebook_file import read_notebook
from helpers.report.tasks import SectionTask, hash_parts
from helpers.report.usage import find_used_parameters

#: Code that runs every section, whatever its notebook calls.
RUNNING = (
    "helpers.report.section_job",
    "helpers.report.shell",
    "helpers.report.captured",
    "helpers.report.notebook_file",
    "helpers.report.scrub",
)
_DISTRIBUTIONS = {"yaml": "PyYAML", "sklearn": "scikit-learn", "docx": "python-docx"}
_BUILT_IN = "synthetic"
#: Parameters that name files which the patients come from.
FILES = ("data", "mapping", "data_dictionary")


def add_keys(
    tasks: Iterable[SectionTask],
    graph: CodeGraph,
    *,
    ledger: Path | None = None,
    rows_sha256: str = "",
) -> tuple[SectionTask, ...]:
    """Return tasks with the hash of what each one uses; without it where that is not known.

    Parameters
    ----------
    tasks : iterable of SectionTask
        Of one report.
    graph : CodeGraph
        Of the package.
    ledger : Path, optional
        Published numbers, which figures of a cohort that is not built in show.
    rows_sha256 : str
        Of the rows of a database.
    """
    keyed = []
    for task in tasks:
        data = hash_data(task.parameters, task.base_dir, rows_sha256)
        shown = "" if task.parameters.get("data") in (None, _BUILT_IN) else hash_file(ledger)
        if data is None:
            keyed.append(task)
            continue
        nb = read_notebook(task)
        code, packages = graph.hash_code([*list_notebook_imports(nb), *RUNNING])
        used = find_used_parameters(nb, tuple(task.parameters))
        values = {name: task.parameters[name] for name in sorted(used)}
        key = hash_parts(
            task.name,
            task.notebook,
            json.dumps(values, sort_keys=True, default=str),
            data,
            shown,
            code,
            json.dumps(find_versions(packages), sort_keys=True),
        )
        keyed.append(replace(task, key=key))
    return tuple(keyed)


def hash_data(
    parameters: Mapping[str, Any], base_dir: Path | None, rows_sha256: str = ""
) -> str | None:
    """Return a hash of what the patients come from, or None where it is not known.

    Parameters
    ----------
    parameters : mapping
        Flat; some name files.
    base_dir : Path, optional
        Against which a relative path is read.
    rows_sha256 : str
        Of the rows, where the patients come from a database; empty where they do not.
    """
    parts = []
    for name in FILES:
        value = str(parameters.get(name) or "")
        if not value or value == _BUILT_IN:
            continue
        is_database = name == "data" and rows_sha256
        digest = rows_sha256 if is_database else hash_file((base_dir or Path.cwd()) / value)
        if not digest:
            return None
        parts.append(f"{name} {digest}")
    return hash_parts(*parts)


def hash_file(path: Path | None) -> str:
    """Return the SHA-256 of a file, or nothing where there is no such file."""
    if path is None:
        return ""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError):
        return ""


def hash_report(tasks: Iterable[SectionTask], **inputs: Any) -> str:
    """Return a hash of all that a report is made of; nothing where a section has no key."""
    keys = [task.key for task in tasks]
    if not all(keys):
        return ""
    made_with = {"epoch": os.environ.get("SOURCE_DATE_EPOCH", ""), **inputs}
    return hash_parts(*keys, json.dumps(made_with, sort_keys=True, default=str))


def find_versions(packages: Iterable[str]) -> dict[str, str]:
    """Return the versions of packages by the names that they are imported under."""
    versions = {"python": platform.python_version(), "lenfail": helpers.__version__}
    for name in (*packages, "ipython"):
        versions[name] = find_version(_DISTRIBUTIONS.get(name, name)) or "unknown"
    return versions
