"""Names of factors that a user gives, checked against the data dictionary."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

from helpers.cohort.dictionary import read_dictionary
from helpers.errors import FaultsError


def check_factor_names(lists: Mapping[str, Iterable[str]]) -> None:
    """Refuse lists of factors that name what the dictionary does not declare.

    Parameters
    ----------
    lists : mapping of str to iterable of str
        Names by the parameter that holds them.

    Raises
    ------
    FaultsError
        With a sentence for each unknown name.
    """
    known = read_dictionary().factors
    faults = []
    for parameter, names in lists.items():
        for name in names:
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
                hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
                faults.append(f"{parameter}: {name!r} is not a factor; {hint}")
    if faults:
        raise FaultsError("The parameters name factors that do not exist:", faults)
