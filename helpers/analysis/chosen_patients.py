"""Who is compared: the choice of a comparison, its landmark, and whom it leaves out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers.analysis.subset import ENDPOINTS, Where, get_factor
from helpers.errors import NotComputableError

if TYPE_CHECKING:
    from helpers.cohort import Cohort

#: Since when survival may be counted.
CHOSEN_ENDPOINTS = ("os", "os_len", "os_dx")


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One comparison of survival.

    Attributes
    ----------
    by : str
        Factor that makes the groups; all patients together without one.
    endpoint : str
        ``os``, ``os_len`` or ``os_dx``.
    where : mapping of str to sequence of str
        Subset: factor and the levels that are kept.
    landmark_months : float
        Only patients still under observation then, counted from then; 0 for none.
    adjust : tuple of str
        Factors of the adjusted model beside the groups.
    """

    by: str = ""
    endpoint: str = "os"
    where: Where = field(default_factory=dict)
    landmark_months: float = 0.0
    adjust: tuple[str, ...] = ()

    @classmethod
    def read(cls, entry: Mapping[str, Any]) -> Comparison:
        """Return the comparison that an entry of the parameter `comparisons` describes."""
        return cls(
            **{
                **entry,
                "where": dict(entry.get("where") or {}),
                "landmark_months": float(entry.get("landmark_months") or 0.0),
                "adjust": tuple(entry.get("adjust") or ()),
            }
        )

    def to_entry(self) -> dict[str, Any]:
        """Return the entry of the parameter `comparisons`, without what is not chosen.

        Examples
        --------
        >>> Comparison(by="sex", landmark_months=6).to_entry()
        {'by': 'sex', 'landmark_months': 6}
        """
        entry = {
            "by": self.by,
            "endpoint": self.endpoint if self.endpoint != "os" else "",
            "where": {name: list(levels) for name, levels in self.where.items()},
            "landmark_months": self.landmark_months,
            "adjust": list(self.adjust),
        }
        return {name: value for name, value in entry.items() if value}


def start_at_landmark(cohort: Cohort, chosen: Comparison) -> Cohort:
    """Return the patients still under observation at a landmark, their time counted from it.

    Raises
    ------
    NotComputableError
        If nobody is, or the endpoint is not in the data.

    Notes
    -----
    Patients are kept whose time is later than the landmark. In a group that is joined later
    (`switches_at`) is who had joined it by then; who is said to be in it without a date is in no
    group (Anderson, Cain and Gelber 1983, J Clin Oncol 1:710-719).
    """
    landmark = chosen.landmark_months
    if not landmark:
        return cohort
    time, event = ENDPOINTS[chosen.endpoint]
    cohort.require(time, event)
    table = cohort.table.loc[cohort.table[time] > landmark]
    if table.empty:
        raise NotComputableError(f"nobody was under observation after {landmark:g} months.")
    columns = {time: table[time] - landmark}
    if is_settled_at_landmark(cohort, chosen):
        columns[chosen.by] = _settle(cohort, table, chosen)
    return replace(cohort, table=table.assign(**columns))


def count_left_out(cohort: Cohort, comparison: Mapping[str, Any]) -> list[int]:
    """Return how many patients and events a comparison leaves out, of all and of each group.

    Who reads both the comparison and one of all patients can work these numbers out.

    Parameters
    ----------
    cohort, comparison
        As of :func:`estimate_chosen`.

    Returns
    -------
    list of int
        Those who change their group at the landmark are counted as well.
    """
    chosen = Comparison.read(comparison)
    table, (time, event) = cohort.table, ENDPOINTS[chosen.endpoint]
    if not {time, event, *chosen.where} <= set(table.columns):
        return []
    known = table.loc[table[time].notna()]
    stays = known[time] > chosen.landmark_months if chosen.landmark_months else known[time].notna()
    for name, levels in chosen.where.items():
        stays &= known[name].isin(list(levels))
    gone = known.loc[~stays]
    parts = [gone]
    if chosen.by in table:
        parts += [rows for _, rows in gone.groupby(chosen.by, observed=True)]
    counts = [count for rows in parts for count in (len(rows), int((rows[event] == 1).sum()))]
    if is_settled_at_landmark(cohort, chosen):
        settled = _settle(cohort, known.loc[stays], chosen)
        counts.append(int((settled.fillna("") != known.loc[stays, chosen.by].fillna("")).sum()))
    return counts


def is_settled_at_landmark(cohort: Cohort, chosen: Comparison) -> bool:
    """Return whether a landmark says who has joined: both count from the same time zero."""
    if not (chosen.by and chosen.landmark_months and chosen.endpoint == "os"):
        return False
    declared = get_factor(cohort, chosen.by)
    is_known = bool(declared.switches_at) and cohort.has(declared.switches_at)
    return is_known and len(declared.levels) == 2


def _settle(cohort: Cohort, table: pd.DataFrame, chosen: Comparison) -> pd.Series:
    declared = get_factor(cohort, chosen.by)
    groups, at = table[chosen.by].copy(), table[declared.switches_at]
    exposed = groups.notna() & (groups != declared.reference)
    groups[exposed & at.isna()] = None
    groups[exposed & (at > chosen.landmark_months)] = declared.reference
    return groups
