"""Who joined a group after time zero, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.analysis.subset import Endpoint, Where, get_factor, get_label, select_patients
from helpers.errors import NotComputableError

if TYPE_CHECKING:
    from helpers.cohort import Cohort
    from helpers.cohort import Factor as Declared

_ALONE = {"before": "Not yet", "after": "Since then"}


@dataclass(frozen=True, slots=True)
class SwitchData:
    """Patients who may join a group during follow-up.

    Attributes
    ----------
    frame : pandas.DataFrame, n rows
        Those who are analysed.
    joined_at : numpy.ndarray of float, shape (n,)
        Months from time zero; nan for who never joined.
    label : str
        Of the group.
    labels : mapping of str to str
        Of the curves ``before`` and ``after``.
    margin : tuple of (str, str)
        Column and level of who joined.
    n_unknown, n_undated : int
        Patients left out: of no known group; in the group without a date.
    """

    frame: pd.DataFrame
    joined_at: NDArray[np.float64]
    label: str
    labels: dict[str, str]
    margin: tuple[str, str]
    n_unknown: int = 0
    n_undated: int = 0


def read_switch(
    cohort: Cohort, measured: Endpoint, *, group: str, switch: str, where: Where | None
) -> SwitchData:
    """Return who joined, by a factor that says when, or by a column of times alone.

    Raises
    ------
    NotComputableError
        If the factor has no time of joining or not two levels, or a column is not in the data.
    """
    needs = [measured.time, measured.event]
    if not group:
        frame = select_patients(cohort, where=where, needs=[*needs, switch]).dropna(subset=needs)
        joined_at = frame[switch].to_numpy(dtype=float)
        return SwitchData(
            frame, joined_at, get_label(cohort, switch), dict(_ALONE), (switch, "known")
        )
    declared = get_factor(cohort, group)
    exposed = find_exposed(declared)
    needs = [*needs, declared.switches_at]
    frame = select_patients(cohort, where=where, needs=needs, by=group).dropna(subset=needs[:2])
    known = frame.loc[frame[group].notna()]
    joined_at = known[declared.switches_at].where(known[group] == exposed).to_numpy(dtype=float)
    undated = (known[group] == exposed).to_numpy() & np.isnan(joined_at)
    label = declared.label if declared.levels[exposed] == "Yes" else declared.levels[exposed]
    return SwitchData(
        known.loc[~undated],
        joined_at[~undated],
        label,
        {"before": f"{label}: not yet", "after": f"{label}: since then"},
        (group, exposed),
        n_unknown=len(frame) - len(known),
        n_undated=int(undated.sum()),
    )


def find_exposed(declared: Declared) -> str:
    """Return the level that patients join.

    Raises
    ------
    NotComputableError
        If the factor does not say when, or has not two levels.
    """
    if not declared.switches_at:
        raise NotComputableError(f"{declared.label} has no declared time of joining (switches_at).")
    others = [level for level in declared.levels if level != declared.reference]
    if len(others) != 1:
        raise NotComputableError(f"{declared.label} must have two levels to be joined.")
    return others[0]


def describe_switch(data: SwitchData, measured: Endpoint) -> dict[str, Any]:
    """Return what tables and sentences call the comparison, and who is left out of it."""
    return {
        "endpoint_label": measured.label,
        "time_label": measured.time_label,
        "event_noun": measured.event_noun,
        "factor_label": data.label,
        "row_label": "Estimate",
        "n_unknown": data.n_unknown,
        "n_undated": data.n_undated,
    }
