"""A cohort that was read and checked once, for whoever asks for the same one next."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from helpers.cohort.cohort import Cohort

_BUILT_IN = "synthetic"
_kept: dict[str, Cohort] = {}
#: Options that may name a file beside the data.
_WITH_FILES = ("mapping", "source_options")


def keep_cohort(source: str | os.PathLike[str], **options: Any) -> Cohort:
    """Read a cohort and keep it, instead of any other, for the next that reads the same.

    Parameters
    ----------
    source : str or path
        As :func:`helpers.cohort.read_cohort` takes it.
    **options
        Likewise.

    Returns
    -------
    Cohort
    """
    from helpers.cohort.cohort import read_cohort

    key = make_key(source, options)
    if key in _kept and stands_still(source, options):
        return _kept[key]
    _kept.clear()
    cohort = read_cohort(source, **options)
    _kept[key] = cohort
    return cohort


def reuse_kept(read: Callable[..., Cohort]) -> Callable[..., Cohort]:
    """Make a reader hand out the cohort that is kept, once, if it is the one it is asked for."""

    @functools.wraps(read)
    def wrapped(source: str | os.PathLike[str], **options: Any) -> Cohort:
        if _kept and (cohort := _kept.pop(make_key(source, options), None)) is not None:
            return cohort
        return read(source, **options)

    return wrapped


def stands_still(source: str | os.PathLike[str], options: Mapping[str, Any]) -> bool:
    """Return whether the source is the built-in cohort or a file, whose change would be seen."""
    base = Path(options.get("base_dir") or Path.cwd())
    name = os.fspath(source)
    return name == _BUILT_IN or bool(_describe_file(base / name))


def make_key(source: str | os.PathLike[str], options: Mapping[str, Any]) -> str:
    """Return a text that is equal for equal requests, as long as their files stand still."""
    base = Path(options.get("base_dir") or Path.cwd())
    named = [os.fspath(source), *_iterate_texts([options.get(name) for name in _WITH_FILES])]
    files = {name: _describe_file(base / name) for name in named if name}
    asked = {**options, "base_dir": str(base), "source": os.fspath(source), "files": files}
    return json.dumps(asked, sort_keys=True, default=str)


def _iterate_texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from _iterate_texts(list(value.values()))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _iterate_texts(item)


def _describe_file(path: Path) -> list[int]:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return []
    return [found.st_size, found.st_mtime_ns, found.st_ino]
