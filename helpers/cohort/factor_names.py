"""Names of factors that a user gives, checked against the data dictionary."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from helpers.cohort.declarations import extend_dictionary
from helpers.cohort.dictionary import read_dictionary
from helpers.errors import FaultsError


def check_factor_names(
    lists: Mapping[str, Iterable[str]], declarations: Mapping[str, Any] | None = None
) -> None:
    """Refuse lists of factors that name what the dictionary does not declare.

    Parameters
    ----------
    lists : mapping of str to iterable of str
        Names by the parameter that holds them.
    declarations : mapping, optional
        Variables and groups of the user; see
        :func:`helpers.cohort.declarations.extend_dictionary`.

    Raises
    ------
    FaultsError
        With a sentence for each unknown name.
    """
    dictionary = extend_dictionary(read_dictionary(), declarations or {})
    known = {**dictionary.factors, **dictionary.removed}
    faults = []
    for parameter, names in lists.items():
        allowed = {**known, **dictionary.variables} if parameter.endswith("_variables") else known
        for name in names:
            if name not in allowed:
                near = difflib.get_close_matches(name, allowed, n=1, cutoff=0.6)
                hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(allowed)}"
                kind = "factor" if allowed is known else "variable or factor"
                faults.append(f"{parameter}: {name!r} is not a {kind}; {hint}")
    if faults:
        raise FaultsError("The parameters name factors that do not exist:", faults)
