"""What an adjusted estimate can bear: its E-value, beside it."""

from __future__ import annotations

from dataclasses import replace

from helpers.results import Result
from helpers.stats.treatment.sensitivity import compute_e_value

#: Share of patients with an event from which a hazard ratio is no longer near a risk ratio.
COMMON_EVENT = 0.15


def add_e_value(result: Result) -> Result:
    """Return a hazard ratio with its E-value and that of its nearer limit.

    Parameters
    ----------
    result : Result
        A hazard ratio; one without an estimate, or whose patients are not told, stays as it is.

    Returns
    -------
    Result
        With ``e_value`` and ``e_value_limit`` among its `quantities`.
    """
    points = (result.estimate, result.ci_lower, result.ci_upper)
    if None in points or not result.n or result.events is None:
        return result
    value = compute_e_value(*points, common=result.events / result.n > COMMON_EVENT)
    extra = {"e_value": value.estimate, "e_value_limit": value.limit}
    return replace(result, quantities={**result.quantities, **extra})
