"""Whether a report is there already, whole, made of the same inputs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from helpers.report.closing import MANIFEST
from helpers.report.manifest import hash_files
from helpers.report.progress import BuildSummary


def find_unchanged(folder: Path, key: str) -> BuildSummary | None:
    """Return the summary of a finished report, or None where it must be built.

    Parameters
    ----------
    folder : Path
        Of the report.
    key : str
        Hash of all that it would be made of now; empty where that is not known.

    Returns
    -------
    BuildSummary or None
        None too if a file of the report is missing, new or altered.
    """
    manifest = _read_manifest(folder)
    if not key or manifest.get("inputs_sha256") != key:
        return None
    files = hash_files(folder)
    files.pop(MANIFEST, None)
    if files != manifest.get("files"):
        return None
    return BuildSummary(
        name=folder.name,
        folder=folder,
        seconds={},
        total_seconds=0.0,
        **{name: int(value) for name, value in manifest["counts"].items()},
        verdicts=manifest["verdicts"],
        warnings=tuple(manifest["warnings"]),
        unchanged=True,
        cached=tuple(manifest["sections"]),
    )


def _read_manifest(folder: Path) -> dict[str, Any]:
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
