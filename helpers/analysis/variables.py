"""Which variables and subsets the report looks at, beside those that the parameters list."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from helpers.analysis.subset import Where

if TYPE_CHECKING:
    from helpers.cohort import Cohort

RESPONDERS = {"responders": ("Responders", {"len_response": ("yes",)})}

_FURTHER = (
    "blasts_len_pct",
    "comorbidity_score",
    "cyto_response",
    "failure_type",
    "first_treatment",
    "treatment_response",
)


def list_availability(cohort: Cohort, *lists: Iterable[str]) -> tuple[str, ...]:
    """Return the variables of which the report says how many patients they are known of.

    Parameters
    ----------
    cohort : Cohort
        Whose data may lack some: the built-in cohort lists these as known of nobody, as the
        paper has them; of a user's own an appendix says what lacks.
    *lists : iterable of str
        Those that the parameters name.

    Returns
    -------
    tuple of str
        Each once, groups that the user's categories have removed left out.
    """
    wanted = dict.fromkeys([name for names in lists for name in names] + list(_FURTHER))
    return tuple(
        name
        for name in wanted
        if name not in cohort.dictionary.removed and (cohort.built_in or name in cohort.table)
    )


def select_free_of_progression(cohort: Cohort) -> Where:
    """Return the subset that can still progress: all, where nobody is known to have progressed."""
    return {"progression": ["no"]} if cohort.has("progression") else {}
