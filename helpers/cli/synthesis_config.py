"""The configuration of `lenfail synthesize`, checked before a search of many minutes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from helpers.errors import FaultsError, ParameterError

_AT_LEAST_ONE = ("starts", "stretch", "steps", "months", "at_risk")
_ABOVE_ZERO = ("hot", "cold", "limit", "coarse_tests", "coarse_cox")


def read_config(path: Path | None, *, seed: int | None = None) -> dict[str, Any]:
    """Return the configuration of a search.

    Parameters
    ----------
    path : Path or None
        TOML file with the keys of the committed one; the committed one without it.
    seed : int, optional
        Replaces the file's.

    Raises
    ------
    ParameterError
        If the file cannot be read or is not TOML.
    FaultsError
        If keys or values are not of the committed form; all at once.
    """
    from helpers.cohort.synthetic import read_schedule

    committed = read_schedule()
    config = committed if path is None else _read_toml(path)
    faults = list(find_faults(config, committed))
    if faults:
        raise FaultsError(f"{path} is not a configuration of the synthetic cohort:", faults)
    return config if seed is None else {**config, "seed": seed}


def find_faults(given: Any, model: Any, name: str = "the configuration") -> Iterator[str]:
    """Yield a sentence for each value that does not have the form of a model.

    Parameters
    ----------
    given, model : object
        As read from TOML; items of a list are held against the model's first.
    name : str
        What the sentences call `given`.
    """
    if isinstance(model, Mapping):
        yield from _find_wrong_keys(given, model, name)
    elif isinstance(model, list):
        yield from _find_wrong_items(given, model, name)
    elif isinstance(model, str):
        if given not in _list_groups():
            yield f"{name} must be one of {', '.join(_list_groups())}, but was {given!r}"
    elif not _is_number(given, whole=isinstance(model, int)):
        kind = "a whole number" if isinstance(model, int) else "a number"
        yield f"{name} must be {kind} from 0, but was {given!r}"
    else:
        yield from _find_out_of_range(given, name)


def _find_out_of_range(given: float, name: str) -> Iterator[str]:
    key = name.rpartition(".")[2]
    if key in _AT_LEAST_ONE and given < 1:
        yield f"{name} must be 1 or more, but was {given!r}"
    if key in _ABOVE_ZERO and given == 0:
        yield f"{name} must be above 0, but was {given!r}"
    if key == "edge" and given >= 0.5:
        yield f"{name} must be below 0.5, but was {given!r}"


def _find_wrong_keys(given: Any, model: Mapping[str, Any], name: str) -> Iterator[str]:
    if not isinstance(given, Mapping):
        yield f"{name} must be a table of keys, but was {given!r}"
        return
    for key in given:
        if key not in model:
            near = get_close_matches(key, model, n=1)
            advice = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(model)}"
            yield f"{name} has an unknown key {key!r}; {advice}"
    prefix = f"{name}." if "." in name or name in ("search", "courses", "leukaemia") else ""
    for key, value in model.items():
        inner = f"{prefix}{key}"
        if key not in given:
            yield f"{name} must have the key {key!r}"
        else:
            yield from find_faults(given[key], value, inner)


def _find_wrong_items(given: Any, model: list[Any], name: str) -> Iterator[str]:
    is_fixed = not isinstance(model[0], Mapping)
    if not isinstance(given, list) or not given or (is_fixed and len(given) != len(model)):
        wanted = f"a list of {len(model)}" if is_fixed else "a list with one table or more"
        yield f"{name} must be {wanted}, but was {given!r}"
        return
    for place, item in enumerate(given, start=1):
        yield from find_faults(item, model[0], f"{name}.{place}")


def _is_number(value: Any, *, whole: bool) -> bool:
    kinds = int if whole else int | float
    return isinstance(value, kinds) and not isinstance(value, bool) and 0 <= value < math.inf


def _list_groups() -> tuple[str, ...]:
    from helpers.cohort.synthetic.targets import GROUP_BIT

    return tuple(GROUP_BIT)


def _read_toml(path: Path) -> dict[str, Any]:
    import tomllib

    from helpers.cohort.synthetic import read_schedule

    try:
        return read_schedule(path)
    except OSError as error:
        raise ParameterError(
            f"config must be a readable file, but was {str(path)!r} ({error.strerror}); "
            "check the path"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ParameterError(f"config {path.name!r} must be TOML; {error}") from None
