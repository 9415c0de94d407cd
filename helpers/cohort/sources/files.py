"""Bytes of a file, or a sentence why there are none."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

from helpers.errors import DataError

MAX_BYTES = 2_000_000_000


def read_bytes(path: Path, shown: str, *, what: str = "data") -> bytes:
    """Return the content of a file.

    Parameters
    ----------
    path : Path
        Where it is.
    shown : str
        How the user named it; messages name it so.
    what : str
        The parameter that names it.

    Raises
    ------
    DataError
        If there is no such file, if it cannot be read or is larger than two gigabytes.
    """
    try:
        if path.is_file() and path.stat().st_size > MAX_BYTES:
            raise DataError(
                f"{what} must be a file of at most {MAX_BYTES / 1e9:g} GB, but was {shown!r}; "
                "keep the columns of the study only"
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise _describe_absent(path, shown, what) from None
    except (OSError, ValueError) as error:
        if isinstance(error, DataError):
            raise
        reason = getattr(error, "strerror", None) or str(error)
        raise DataError(
            f"{what} must be a file that can be read, but was {shown!r} ({reason}); "
            "check the path and who may read it"
        ) from None


def check_file(path: Path, shown: str) -> None:
    """Refuse a path where there is no file.

    Raises
    ------
    DataError
        With the nearest name of the folder.
    """
    try:
        found = path.is_file()
    except (OSError, ValueError):
        found = False
    if not found:
        raise _describe_absent(path, shown, "data")


def _describe_absent(path: Path, shown: str, what: str) -> DataError:
    try:
        siblings = [item.name for item in path.parent.iterdir()]
    except (OSError, ValueError):
        siblings = []
    near = get_close_matches(path.name, siblings, n=1)
    advice = f"did you mean {near[0]!r}?" if near else "check the path"
    return DataError(f"{what} must be a file that exists, but was {shown!r}; {advice}")
