"""What a report was made of: enough to make the same bytes again."""

from __future__ import annotations

import hashlib
import json
import platform
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import helpers
from helpers.report.scrub import scrub_parameters

_PACKAGES = (
    "ipykernel",
    "lifelines",
    "matplotlib",
    "nbclient",
    "nbconvert",
    "nbformat",
    "numba",
    "numpy",
    "openpyxl",
    "pandas",
    "papermill",
    "pydantic",
    "pypandoc_binary",
    "python-docx",
    "PyYAML",
    "scipy",
    "seaborn",
    "typst",
)
CODE_SUFFIXES = frozenset(
    {".py", ".yml", ".css", ".html", ".js", ".lua", ".typ", ".csv", ".json", ".woff2", ".xml"}
)


@dataclass(slots=True)
class StepTimer:
    """Seconds of each step, in order."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def measure(self, step: str) -> Iterator[None]:
        """Time what is done inside."""
        started = time.perf_counter()
        try:
            yield
        finally:
            elapsed = time.perf_counter() - started
            self.seconds[step] = self.seconds.get(step, 0.0) + elapsed

    def list_steps(self) -> list[dict[str, Any]]:
        """Return steps and seconds, rounded to milliseconds."""
        return [{"step": name, "seconds": round(value, 3)} for name, value in self.seconds.items()]


def list_versions() -> dict[str, str]:
    """Return the version of Python, of lenfail and of each package that it builds on."""
    versions = {"python": platform.python_version(), "lenfail": helpers.__version__}
    for package in _PACKAGES:
        versions[package] = find_version(package) or "not installed"
    return versions


@cache
def find_version(distribution: str) -> str:
    """Return the version of an installed distribution, nothing where there is none."""
    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""


def describe_origin(parameters: Mapping[str, Any], context: Mapping[str, Any]) -> dict[str, str]:
    """Return what a report was made of and with, in words for its reader."""
    origin = {
        "Cohort": str(context.get("cohort", "unknown")),
        "Patients": str(context.get("n", "unknown")),
        "Data": "simulated" if context.get("synthetic") else "as supplied",
        "SHA-256 of the data": str(context.get("data_sha256", "unknown")),
        "SHA-256 of the code": hash_code(),
        "Seed": str(parameters.get("seed", "none")),
    }
    versions = {**context.get("versions", {}), **list_versions()}
    software = ", ".join(f"{name} {text}" for name, text in sorted(versions.items()))
    return {**origin, "Software": software}


@cache
def hash_code(root: Path = Path(helpers.__file__).parent) -> str:
    """Return a hash of the package's code and of the data inside it.

    Parameters
    ----------
    root : Path
        Folder of the package; of this one without it.
    """
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        if path.suffix in CODE_SUFFIXES and "__pycache__" not in path.parts:
            digest.update(path.relative_to(root).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def hash_files(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file below a folder, by its path in it."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def write_manifest(path: Path, content: Mapping[str, Any]) -> None:
    """Write the manifest; parameters come in as given, and are scrubbed and keep their order."""
    parameters = scrub_parameters(content.get("parameters", {}))
    document = dict(sorted({**content, "parameters": parameters}.items()))
    text = json.dumps(document, indent=2, ensure_ascii=False, default=str)
    path.write_text(text + "\n", encoding="utf-8", errors="replace")
