"""Reading of parameters: files, overrides and notebooks."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from helpers.errors import FaultsError, ParameterError
from helpers.params.model import Params

_NOT_PARAMETERS = {"In", "Out"}
_LITERALS = (bool, int, float, str, list, dict)


def check_params(values: Mapping[str, Any], *, source: str = "parameters") -> Params:
    """Return the parameters that `values` describe.

    Parameters
    ----------
    values : mapping of str to object
        Parameters by name; those not named keep their default.
    source : str
        What the values come from, for the message.

    Returns
    -------
    Params

    Raises
    ------
    FaultsError
        With one sentence for each unknown name, wrong type or value out of its domain.
    """
    try:
        return Params(**{str(key): value for key, value in values.items()})
    except ValidationError as error:
        faults = dict.fromkeys(describe_fault(fault) for fault in error.errors())
        raise FaultsError(f"{source}: {len(faults)} to mend", tuple(faults)) from None


def read_params_file(path: str | Path, *, overrides: Sequence[str] = ()) -> Params:
    """Read and check a YAML file of parameters.

    Parameters
    ----------
    path : str or pathlib.Path
        YAML mapping of parameter names to values.
    overrides : sequence of str
        ``key=value``, the value in YAML; each replaces what the file says.

    Returns
    -------
    Params

    Raises
    ------
    ParameterError
        If the file cannot be read, is not YAML or is not a mapping.
    FaultsError
        If names, types or values are wrong; all faults at once.
    """
    return check_params(read_param_values(path, overrides=overrides), source=Path(path).name)


def read_valid_params(
    path: str | Path, *, overrides: Sequence[str] = ()
) -> tuple[Params, tuple[str, ...]]:
    """Read a YAML file of parameters and go on where some of them are wrong.

    Parameters
    ----------
    path, overrides
        As in :func:`read_params_file`.

    Returns
    -------
    params : Params
        The parameters that are right; the others keep their default.
    faults : tuple of str
        One sentence for each that is wrong.

    Raises
    ------
    ParameterError
        If the file cannot be read, is not YAML or is not a mapping.
    """
    values = read_param_values(path, overrides=overrides)
    try:
        return check_params(values, source=Path(path).name), ()
    except FaultsError as error:
        faults = error.faults
    right = {}
    for name, value in values.items():
        try:
            check_params({name: value})
        except FaultsError:
            continue
        right[name] = value
    return check_params(right), faults


def read_param_values(path: str | Path, *, overrides: Sequence[str] = ()) -> dict[str, Any]:
    """Return what a YAML file of parameters says, unchecked; see :func:`read_params_file`."""
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ParameterError(
            f"parameter file {path.name!r} must be a readable file, but reading it failed "
            f"({error.strerror}); check the path"
        ) from None
    except ValueError:
        raise ParameterError(
            f"parameter file {path.name!r} must be UTF-8 text; save it with that encoding"
        ) from None
    values = _parse_yaml(text, what=f"parameter file {path.name!r}")
    if values is None:
        values = {}
    if not isinstance(values, dict):
        raise ParameterError(
            f"parameter file {path.name!r} must hold 'name: value' lines, but holds a "
            f"{type(values).__name__}"
        )
    return {**values, **parse_overrides(overrides)}


def parse_overrides(overrides: Sequence[str]) -> dict[str, Any]:
    """Return the parameters that ``key=value`` texts name.

    Raises
    ------
    ParameterError
        If a text has no ``=`` or its value is not YAML.
    """
    values = {}
    for text in overrides:
        key, sign, value = text.partition("=")
        if not sign or not key.strip():
            raise ParameterError(f"--set must be key=value, but was {text!r}")
        values[key.strip()] = _parse_yaml(value, what=f"the value of --set {key.strip()}")
    return values


def read_params(namespace: Mapping[str, Any]) -> Params:
    """Return the parameters that a notebook's namespace holds.

    A notebook declares each parameter as a variable; papermill adds a cell that sets some
    anew. papermill only warns of a name that no notebook declares, so a variable whose name
    resembles a parameter's without being one is an error here.

    Parameters
    ----------
    namespace : mapping of str to object
        ``globals()`` of the notebook.

    Returns
    -------
    Params

    Raises
    ------
    FaultsError
        If a name is misspelt or a value is wrong.
    """
    values = {}
    for name, value in namespace.items():
        if name.startswith("_") or name in _NOT_PARAMETERS or not isinstance(value, _LITERALS):
            continue
        if name in Params.model_fields or find_nearest(name, Params.model_fields):
            values[name] = value
    return check_params(values, source="parameters of the notebook")


def find_nearest(name: str, known: Sequence[str] | Mapping[str, Any]) -> str | None:
    """Return the known name that is nearest to `name`, or None where none is near."""
    matches = difflib.get_close_matches(name, list(known), n=1, cutoff=0.75)
    return matches[0] if matches else None


def make_schema() -> dict[str, Any]:
    """Return the JSON Schema of a parameter file, for editors."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Params.model_json_schema(),
        "title": "Parameters of a lenfail report",
    }


def _parse_yaml(text: str, *, what: str) -> Any:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "it cannot be parsed"
        raise ParameterError(
            f"{what} must be YAML, but{where} {problem}; look at that line and the one above for "
            "a tab (write spaces), an open quotation mark or bracket, or a colon in a text"
        ) from None


def describe_fault(fault: Mapping[str, Any], known: Mapping[str, Any] = Params.model_fields) -> str:
    """Return the sentence of one fault that a model found.

    Parameters
    ----------
    fault : mapping
        As pydantic tells it.
    known : mapping
        By name: what may be given.
    """
    name, *position = fault["loc"]
    parts = [part + 1 if isinstance(part, int) else part for part in position]
    place = f"{name}, item {parts[0]!s:.60}," if parts else str(name)
    given = fault["input"]
    if fault["type"] == "extra_forbidden":
        nearest = find_nearest(name, known)
        hint = f"did you mean {nearest!r}?" if nearest else "known are " + ", ".join(sorted(known))
        return f"{name!r} is not a parameter; {hint}"
    if fault["type"] == "missing":
        return f"{place} must be given, but is absent"
    message = fault["msg"].removeprefix("Value error, ")
    message = message.replace("Input should be", "must be").replace("Input", "it")
    if not message.startswith("must"):
        message = "must be otherwise: " + message
    return f"{place} {message}, but was {given!r}"
