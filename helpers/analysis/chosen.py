"""Comparisons of survival that the parameters ask for: whom, since when, adjusted for what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers.analysis.immortal import TIME_ZERO
from helpers.analysis.models import fit_survival_model
from helpers.analysis.subset import (
    ENDPOINTS,
    Where,
    describe_where,
    find_endpoint,
    get_factor,
    get_label,
)
from helpers.analysis.survival import estimate_survival
from helpers.errors import NotComputableError
from helpers.results import ResultSet

if TYPE_CHECKING:
    from helpers.cohort import Cohort

#: Since when survival may be counted.
CHOSEN_ENDPOINTS = ("os", "os_len", "os_dx")
_SINCE = {"os": "after {failure}", "os_len": "from the start of {treatment}"}


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


def estimate_chosen(
    cohort: Cohort, *, set_id: str, comparison: Mapping[str, Any], **options: Any
) -> ResultSet:
    """Estimate survival as a comparison asks for it.

    Parameters
    ----------
    cohort : Cohort
        Whose analysis table is used.
    set_id : str
        Beginning of the results' ids.
    comparison : mapping
        See :meth:`Comparison.read`.
    **options
        Of :func:`helpers.analysis.survival.estimate_survival`.

    Returns
    -------
    ResultSet
        As of that function. Its meta has `cautions`: what a reader must know of the choice.
    """
    chosen = Comparison.read(comparison)
    title = title_chosen(cohort, chosen)
    try:
        moved = start_at_landmark(cohort, chosen)
    except NotComputableError as error:
        return ResultSet.omitted(set_id, str(error), meta={"title": title})
    made = estimate_survival(
        moved,
        set_id=set_id,
        endpoint=chosen.endpoint,
        by=chosen.by or None,
        where=chosen.where or None,
        title=title,
        **options,
    )
    if not made.is_computable:
        return made
    has_joined = _is_settled_at_landmark(cohort, chosen)
    meta = {
        **made.meta,
        "time_label": _label_time(cohort, chosen),
        "is_immortal": made.meta["is_immortal"] and not has_joined,
        "cautions": list(_list_cautions(cohort, chosen)),
        "definition": _define(made, chosen),
    }
    return replace(made, meta=meta)


def fit_chosen(
    cohort: Cohort,
    *,
    set_id: str,
    comparison: Mapping[str, Any],
    adjusted: bool = False,
    **options: Any,
) -> ResultSet:
    """Fit the Cox model of a comparison's groups, alone or adjusted.

    Parameters
    ----------
    cohort, set_id, comparison
        As of :func:`estimate_chosen`.
    adjusted : bool
        With the factors of the comparison's `adjust`.
    **options
        Of :func:`helpers.analysis.models.fit_survival_model`.

    Returns
    -------
    ResultSet
        As of that function; the first factor makes the groups.
    """
    chosen = Comparison.read(comparison)
    title = title_chosen(cohort, chosen)
    others = [name for name in chosen.adjust if name != chosen.by] if adjusted else []
    try:
        moved = start_at_landmark(cohort, chosen)
    except NotComputableError as error:
        return ResultSet.omitted(set_id, str(error), meta={"title": title})
    made = fit_survival_model(
        moved,
        set_id=set_id,
        factors=[chosen.by, *others] if chosen.by else [],
        endpoint=chosen.endpoint,
        where=chosen.where or None,
        title=title,
        **options,
    )
    if not made.is_computable:
        return made
    if chosen.by not in set(made.frames["terms"]["factor"]):
        reason = f"{get_label(cohort, chosen.by)} has one level only."
        return ResultSet.omitted(set_id, reason, meta={"title": title})
    return replace(made, meta={**made.meta, "definition": _define(made, chosen)})


def _define(made: ResultSet, chosen: Comparison) -> Mapping[str, Any]:
    """Return how a set was made; a landmark is said beside the options of its analysis."""
    known = made.meta["definition"]
    if not (known and chosen.landmark_months):
        return known
    options = {**known["options"], "landmark_months": chosen.landmark_months}
    return {**known, "options": options}


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
    if _is_settled_at_landmark(cohort, chosen):
        columns[chosen.by] = _settle(cohort, table, chosen)
    return replace(cohort, table=table.assign(**columns))


def _is_settled_at_landmark(cohort: Cohort, chosen: Comparison) -> bool:
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


def title_chosen(cohort: Cohort, chosen: Comparison) -> str:
    """Return what is compared, in words.

    Examples
    --------
    >>> from helpers.cohort import read_cohort
    >>> title_chosen(read_cohort("synthetic"), Comparison(by="sex", endpoint="os_dx"))
    'Overall survival from diagnosis by sex'
    """
    words = [f"{{endpoint}} {_SINCE.get(chosen.endpoint, 'from diagnosis')}"]
    if chosen.by:
        label = get_label(cohort, chosen.by)
        words.append(f" by {label if label[1:2].isupper() else label[:1].lower() + label[1:]}")
    if chosen.where:
        words.append(f"; {describe_where(cohort, chosen.where)}")
    if chosen.landmark_months:
        words.append(f"; landmark at {chosen.landmark_months:g} months")
    return cohort.terms.fill("".join(words))


def _label_time(cohort: Cohort, chosen: Comparison) -> str:
    label = find_endpoint(cohort.terms, chosen.endpoint).time_label
    if not chosen.landmark_months:
        return label
    since = label.removeprefix("Months since ")
    return f"Months since the landmark, {chosen.landmark_months:g} months after {since}"


def _list_cautions(cohort: Cohort, chosen: Comparison) -> Sequence[str]:
    """Return sentences on time in which no patient could have had the event."""
    cautions = []
    if chosen.endpoint != "os":
        cautions.append(
            f"Every patient lived until {cohort.terms.time_zero_name}, so that the time before it "
            "counts as survived by all."
        )
    late = [
        get_factor(cohort, name).label
        for name in chosen.where
        if get_factor(cohort, name).is_settled_after(TIME_ZERO[chosen.endpoint])
    ]
    if late:
        cautions.append(
            f"The subset is chosen by what is known only after time zero ({'; '.join(late)}): "
            "who died before could not be in it."
        )
    return cautions
