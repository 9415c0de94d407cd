"""The data dictionary as a table for who fills in a file."""

from __future__ import annotations

import pandas as pd

from helpers.cohort.dictionary import Dictionary, Variable

_ALLOWED = {
    "id": "unique text",
    "text": "text",
    "flag": "0 (no), 1 (yes)",
    "date": "YYYY-MM-DD",
    "event": "false, true",
    "event_code": "0, 1, 2",
}


def write_data_dictionary_table(dictionary: Dictionary) -> pd.DataFrame:
    """Return the dictionary as a table, one row a column, for documentation.

    Parameters
    ----------
    dictionary : Dictionary
        Built-in or user's.

    Returns
    -------
    pandas.DataFrame
        Columns: name, label, meaning, kind (file, derived, factor), type, unit, allowed,
        required, reference, known_at; all text.
    """
    rows = [
        {
            "name": variable.name,
            "label": variable.label,
            "meaning": variable.meaning,
            "kind": "derived" if variable.derived else "file",
            "type": variable.type,
            "unit": variable.unit,
            "allowed": describe_allowed(variable),
            "required": "yes" if variable.required else "no",
            "reference": "",
            "known_at": "",
        }
        for variable in dictionary.variables.values()
    ]
    rows += [
        {
            "name": factor.name,
            "label": factor.label,
            "meaning": factor.meaning,
            "kind": "factor",
            "type": "category",
            "unit": "",
            "allowed": ", ".join(f"{key} ({label})" for key, label in factor.levels.items()),
            "required": "no",
            "reference": factor.reference,
            "known_at": factor.known_at,
        }
        for factor in dictionary.factors.values()
    ]
    return pd.DataFrame(rows)


def describe_allowed(variable: Variable) -> str:
    """Return in words which values a column may hold in the file."""
    if variable.type == "category":
        return ", ".join(variable.levels)
    if variable.type in _ALLOWED:
        return _ALLOWED[variable.type]
    kind = "a whole number" if variable.type == "integer" else "a number"
    if variable.range is None:
        return kind
    return f"{kind} from {variable.range[0]:g} to {variable.range[1]:g}"
