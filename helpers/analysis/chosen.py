"""Comparisons of survival that the parameters ask for: whom, since when, adjusted for what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from helpers.analysis.chosen_patients import (
    Comparison,
    is_settled_at_landmark,
    start_at_landmark,
)
from helpers.analysis.immortal import TIME_ZERO
from helpers.analysis.models import fit_survival_model
from helpers.analysis.subset import (
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

_SINCE = {"os": "after {failure}", "os_len": "from the start of {treatment}"}


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
    has_joined = is_settled_at_landmark(cohort, chosen)
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
