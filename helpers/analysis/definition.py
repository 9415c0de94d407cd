"""How a set of results was made: enough to make it again under another convention."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_PLAIN = (str, bool, int, float, type(None))


def describe_definition(analysis: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return an analysis with its options, empty where an option is not plain data.

    Parameters
    ----------
    analysis : str
        Name of the function.
    options : mapping
        All that it was given besides the cohort.

    Examples
    --------
    >>> describe_definition("count_levels", {"variable": "sex", "where": {"ipss": ("low",)}})
    {'analysis': 'count_levels', 'options': {'variable': 'sex', 'where': {'ipss': ['low']}}}
    >>> describe_definition("count_levels", {"variable": object()})
    {}
    """
    if not _is_plain(options):
        return {}
    return {"analysis": analysis, "options": _to_json(options)}


def _is_plain(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(isinstance(key, str) and _is_plain(item) for key, item in value.items())
    if isinstance(value, list | tuple):
        return all(map(_is_plain, value))
    return type(value) in _PLAIN


def _to_json(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _to_json(item) for key, item in value.items()}
    return [_to_json(item) for item in value] if isinstance(value, list | tuple) else value
