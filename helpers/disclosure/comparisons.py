"""Protected analyses that compare groups of patients: estimates with the counts behind them.

Such an analysis hands on, beside its results, the patients that each of them rests on
(:mod:`helpers.analysis.populations`). An estimate is shown where each of these counts, and
of the events among them, is neither small nor hidden for another's sake. No quantity of a
result is shown that is not known here to be safe.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from helpers.analysis.populations import read_populations
from helpers.disclosure import robustness, switched, weighted
from helpers.disclosure.margins import Margin
from helpers.disclosure.masking import (
    blur_text,
    keep_ratios,
    mask,
    round_digits,
    round_estimate,
)
from helpers.disclosure.populations import Behind, read_behind
from helpers.disclosure.rule import Rule
from helpers.results import Result, ResultSet

Finish = Callable[[ResultSet, ResultSet, Behind], ResultSet]

#: What remains to be done for an analysis once its counts and estimates are protected; it is
#: given the true set, the protected one, and the counts.
FINISH: Mapping[str, Finish] = {
    "check_hazards": robustness.finish_hazards,
    "compare_centres": robustness.finish_centres,
    "compare_subgroups": lambda _, shown, __: shown,
    "estimate_switch_effect": switched.finish_switching,
    "estimate_weighted_curves": weighted.finish_weighted_curves,
    "estimate_weighted_effect": weighted.finish_weighting,
    "fit_imputed_model": robustness.finish_imputation,
    "validate_model": robustness.finish_stability,
}


#: Frames that name the rows of a table.
_WITHOUT_NUMBERS = ("terms", "rows")


def protect_comparison(
    results: ResultSet, rule: Rule, *, n_patients: int, hidden_margins: frozenset[Margin]
) -> ResultSet | None:
    """Return a set that compares groups as it may be shown.

    Parameters
    ----------
    results : ResultSet
        Of an analysis of :data:`FINISH`, with a frame ``populations``.
    rule : Rule
        How counts are printed.
    n_patients : int
        Of the cohort.
    hidden_margins : frozenset
        What is hidden everywhere.

    Returns
    -------
    ResultSet or None
        None where a small count could be worked out whatever were hidden.
    """
    behind = read_behind(
        read_populations(results.frames["populations"]),
        rule,
        n_patients=n_patients,
        hidden_margins=hidden_margins,
    )
    if behind.has_exposed():
        return None
    shown = ResultSet(
        results.id,
        {result.id: protect_estimate(result, behind) for result in results},
        {name: frame for name, frame in results.frames.items() if name in _WITHOUT_NUMBERS},
        {
            **{name: value for name, value in results.meta.items() if name != "missing"},
            "left_out": [blur_text(str(text)) for text in results.meta.get("left_out") or ()],
            "disclosure": rule.name,
            "disclosure_note": rule.reason,
        },
    )
    analysis = str(results.meta["definition"]["analysis"])
    return FINISH[analysis](results, shown, behind)


def protect_estimate(result: Result, behind: Behind) -> Result:
    """Return a result with its printed counts, and its estimate where it may be shown."""
    one = behind.find_counted(result.id)
    n = None if one is None or result.n is None else behind.publish(one.key)
    events = None if one is None or result.events is None else behind.publish_events(one.key)
    if result.status == "not_computable":
        reason = blur_text(result.reason)
        return replace(mask(result, behind.rule), status="not_computable", reason=reason)
    if behind.is_closed(result.id) or not behind.knows(result.id):
        return replace(mask(result, behind.rule, n=n), events=events)
    quantities = keep_ratios(result.quantities)
    kept = replace(result, n=n, events=events, missing=None, quantities=quantities)
    if result.kind != "test":
        return round_estimate(kept)
    statistic = None if result.statistic is None else round(result.statistic, 2)
    return replace(kept, p_value=round_digits(result.p_value, 2), statistic=statistic)
