"""What the columns of a file hold that no proposal takes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from helpers.cohort.intake.profiles import Profile
from helpers.cohort.intake.time_evidence import weigh_time

SAME_TIME = "holds the same time"


def find_same_time(numbers: np.ndarray, times: Mapping[str, np.ndarray]) -> str:
    """Tell that a column repeats a time that is used already.

    Parameters
    ----------
    numbers : numpy.ndarray of float, shape (n,)
        Of the column.
    times : mapping of str to numpy.ndarray of float, shape (n,)
        In use, by our columns.

    Returns
    -------
    str
        Empty where it does not.
    """
    for target, known in times.items():
        evidence = weigh_time(known, unit_in_name="", days_between=numbers)
        if evidence.reasons and evidence.reasons[0].startswith("agrees"):
            return f"{SAME_TIME} as {target}, in days"
    return ""


def describe_kind(profile: Profile) -> str:
    """Tell in words what a column holds."""
    match profile.kind:
        case "empty":
            return "is empty"
        case "date":
            return "holds dates"
        case "number":
            return "holds numbers"
        case "codes":
            noun = "value" if profile.n_distinct == 1 else "different values"
            return f"holds {profile.n_distinct} {noun}"
        case "unique":
            return "holds text that differs from row to row; take names out of the file"
    return "holds text"
