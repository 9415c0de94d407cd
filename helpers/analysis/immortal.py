"""Which groups are defined by what comes after time zero, and what can be done about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from helpers.analysis.subset import explain_omission, find_endpoint, get_factor
from helpers.analysis.switch_data import find_exposed
from helpers.errors import NotComputableError
from helpers.results import Result, ResultSet

if TYPE_CHECKING:
    from helpers.cohort import Cohort
    from helpers.cohort.dictionary import KnownAt

#: What must be settled by an endpoint's time zero for a group to be known then.
TIME_ZERO: Mapping[str, KnownAt] = {
    "os": "failure",
    "os_len": "len_start",
    "os_dx": "diagnosis",
    "aml": "failure",
}
#: Factor and endpoint of the comparisons of the report whose groups may be settled late.
COMPARISONS: Sequence[Sequence[str]] = (
    ("first_treatment", "os"),
    ("active_treatment", "os"),
    ("hma_vs_bsc", "os"),
    ("hma_progression", "os"),
    ("hma_progression_vs_chemo", "os"),
    ("esa_prior", "os"),
    ("allo_vs_other", "os"),
    ("allo_timing", "os"),
    ("len_response", "os_len"),
    ("esa_before", "os_dx"),
    ("cyto_response", "os"),
)


def is_settled_late(cohort: Cohort, factor: str, endpoint: str) -> bool:
    """Return whether a patient's group is settled only after the endpoint's time zero.

    Its members had to live until then, so that the time before is immortal.
    """
    return get_factor(cohort, factor).is_settled_after(TIME_ZERO[endpoint])


@explain_omission
def detect_immortal_time(
    cohort: Cohort,
    *,
    set_id: str,
    comparisons: Sequence[Sequence[str]] = COMPARISONS,
    further: Sequence[str] = (),
    title: str = "Comparisons of groups that are settled after time zero",
) -> ResultSet:
    """Mark the comparisons that give a group the time its patients had to survive to join it.

    Parameters
    ----------
    cohort : Cohort
        Whose dictionary says when each group is settled.
    set_id : str
        Beginning of the results' ids.
    comparisons : sequence of (str, str)
        Factor and endpoint of each comparison that is made. One that the data do not allow is
        left out.
    further : sequence of str
        More factors by which survival from time zero is compared.
    title : str
        Of the table.

    Returns
    -------
    ResultSet
        ``<id>.marked``, how many are. Frame ``rows``: factor, label, time_zero, known_at,
        is_immortal, and ``remedy``: ``none_needed``, ``switch`` (the time of joining is in the
        data), ``no_dates`` (it is declared, but not in the data), ``no_switch`` (patients do
        not pass from one group into the other).
    """
    rows = []
    made = [*comparisons, *((factor, "os") for factor in further)]
    for factor, endpoint in dict.fromkeys((factor, endpoint) for factor, endpoint in made):
        try:
            declared = get_factor(cohort, factor)
        except NotComputableError:
            continue
        if factor not in cohort.table or not cohort.table[factor].notna().any():
            continue
        rows.append(
            {
                "factor": factor,
                "label": declared.label,
                "time_zero": TIME_ZERO[endpoint],
                "known_at": declared.known_at,
                "is_immortal": is_settled_late(cohort, factor, endpoint),
                "remedy": _find_remedy(cohort, factor, endpoint),
                "group": _name_exposed(cohort, factor),
                "needs": _name_column(cohort, declared.switches_at),
            }
        )
    if not rows:
        raise NotComputableError("none of the groups is known of any patient.")
    frame = pd.DataFrame(rows).sort_values("is_immortal", ascending=False, kind="stable")
    marked = Result(
        id=f"{set_id}.marked",
        kind="statistic",
        label="Comparisons with immortal time",
        estimate=float(frame["is_immortal"].sum()),
        quantities={"n_comparisons": float(len(frame))},
        method="groups settled after the endpoint's time zero",
    )
    return ResultSet.collect(
        set_id,
        [marked],
        frames={"rows": frame.reset_index(drop=True)},
        meta={
            "title": title,
            "population": "all patients",
            "stages": _name_stages(cohort),
            "endpoint_label": find_endpoint(cohort.terms, "os").label,
            "synthetic": cohort.synthetic,
        },
    )


def has_joining_times(cohort: Cohort, factor: str) -> bool:
    """Return whether patients join a group after time zero of survival, at times in the data."""
    try:
        return _find_remedy(cohort, factor, "os") == "switch"
    except NotComputableError:
        return False


def _find_remedy(cohort: Cohort, factor: str, endpoint: str) -> str:
    if not is_settled_late(cohort, factor, endpoint):
        return "none_needed"
    try:
        find_exposed(get_factor(cohort, factor))
    except NotComputableError:
        return "no_switch"
    times = get_factor(cohort, factor).switches_at
    known = times in cohort.table and cohort.table[times].notna().any()
    return "switch" if known else "no_dates"


def _name_exposed(cohort: Cohort, factor: str) -> str:
    """Return the group that is joined; nothing where there are several."""
    declared = get_factor(cohort, factor)
    try:
        exposed = declared.levels[find_exposed(declared)]
    except NotComputableError:
        return ""
    return declared.label if exposed == "Yes" else exposed


def _name_column(cohort: Cohort, column: str) -> str:
    return cohort.dictionary.label(column) if column else ""


def _name_stages(cohort: Cohort) -> dict[str, str]:
    """Return in words when a group may be settled."""
    treatment = cohort.terms.index_treatment_name or "the index treatment"
    return {
        "diagnosis": "diagnosis",
        "len_start": f"start of {treatment}",
        "during_len": f"during {treatment}",
        "failure": cohort.terms.time_zero_name,
        "after_failure": f"after {cohort.terms.time_zero_name}",
    }
