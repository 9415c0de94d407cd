"""Temporary folders that are found and removed even after their process was killed."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

PREFIX = "lenfail-"
_OWNER = "pid"
_LONGEST_PARENT = 60


def make_scratch_folder() -> Path:
    """Make a private folder whose path is short enough for a socket's name.

    It holds the number of this process, so that another can tell when nobody uses it; a folder
    without such a number is left alone.
    """
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=find_parent()))
    (folder / _OWNER).write_text(str(os.getpid()), encoding="ascii")
    return folder


def remove_leftovers() -> list[Path]:
    """Remove this user's folders of processes that are gone, and return them."""
    removed = []
    for folder in Path(find_parent()).glob(f"{PREFIX}????????"):
        try:
            is_ours = not hasattr(os, "getuid") or folder.lstat().st_uid == os.getuid()
            if folder.is_symlink() or not is_ours or _is_used(folder):
                continue
            shutil.rmtree(folder)
        except OSError:
            continue
        removed.append(folder)
    return removed


def find_parent() -> str:
    """Return where temporary folders are made."""
    default = tempfile.gettempdir()
    return default if len(default) < _LONGEST_PARENT or os.name == "nt" else "/tmp"  # noqa: S108


def is_running(pid: int) -> bool:
    """Return whether a process is there."""
    if os.name == "nt":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _is_used(folder: Path) -> bool:
    try:
        owner = int((folder / _OWNER).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return True
    return is_running(owner)
