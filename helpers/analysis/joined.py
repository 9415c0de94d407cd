"""Groups that patients join after time zero, whichever the data have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from helpers.analysis.immortal import has_joining_times
from helpers.analysis.subset import get_label
from helpers.analysis.switching import estimate_switch_effect

if TYPE_CHECKING:
    from helpers.cohort import Cohort
    from helpers.results import ResultSet


def choose_group(cohort: Cohort, *names: str) -> str:
    """Return the first of several factors that the data know of some patient.

    Parameters
    ----------
    cohort : Cohort
        Whose analysis table is used.
    *names : str
        Factors that stand for one comparison, the preferred one first.

    Returns
    -------
    str
        The preferred one where the data know none.
    """
    known = (name for name in names if name in cohort.table and cohort.table[name].notna().any())
    return next(known, names[0])


def estimate_joined_groups(
    cohort: Cohort,
    *,
    factors: Sequence[str],
    shown: Sequence[str] = (),
    **options: Any,
) -> tuple[ResultSet, ...]:
    """Compare, without immortal time, each group that patients join after time zero.

    Parameters
    ----------
    cohort : Cohort
        Whose analysis table is used.
    factors : sequence of str
        Those settled at time zero, or without a time of joining in the data, are passed over.
    shown : sequence of str
        Factors that the report compares already.
    **options
        Of :func:`helpers.analysis.switching.estimate_switch_effect`.

    Returns
    -------
    tuple of ResultSet
        ``switch.by.<factor>``.
    """
    return tuple(
        estimate_switch_effect(
            cohort,
            set_id=f"switch.by.{name}",
            group=name,
            title=f"{get_label(cohort, name)}, without immortal time",
            **options,
        )
        for name in dict.fromkeys(factors)
        if name not in shown and has_joining_times(cohort, name)
    )
