"""Protected multiverse: estimates without the counts of each specification.

Two specifications may differ in few patients: those without a value, those beside a cut, those
followed for longer. How many patients and events each has is therefore not told but for the
base. An interval's width tells the number of events, so that limits carry two digits and
p-values one, from which no difference of few events can be read. A specification of which
either compared group has few patients or events is not shown.
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from helpers.analysis.multiverse import measure_influence, record_all, record_influence
from helpers.analysis.populations import EVERYONE, Population
from helpers.disclosure.masking import mask, round_digits, round_estimate
from helpers.disclosure.populations import read_behind
from helpers.disclosure.rule import Rule
from helpers.results import Result, ResultSet

_ESTIMATE_DIGITS, _LIMIT_DIGITS, _P_DIGITS = 3, 2, 1
_SIZES = ["n_smaller", "events_smaller"]


def protect_specifications(results: ResultSet, rule: Rule, *, n_patients: int) -> ResultSet | None:
    """Return a multiverse as it may be shown.

    Parameters
    ----------
    results : ResultSet
        From :func:`helpers.analysis.choices.vary_choices`, with a frame ``sizes``.
    rule : Rule
        How counts are printed.
    n_patients : int
        Of the cohort.

    Returns
    -------
    ResultSet or None
        Its summary made anew from what is shown; None where nothing is.
    """
    sizes, table = results.frames["sizes"], results.frames["specifications"]
    if not set(_SIZES) <= set(sizes):
        return None
    is_large = (sizes[_SIZES] > rule.largest_small).all(axis=1).to_numpy()
    if not is_large.any():
        return None
    alpha = float(results.meta["alpha"])
    shown = _round_table(table[is_large].reset_index(drop=True), alpha)
    whole = results["all"]
    influence = measure_influence(results.meta["choices"], shown)
    for name in ("ratio", "lowest", "highest"):
        influence[name] = [round_digits(value, _ESTIMATE_DIGITS) for value in influence[name]]
    made = [
        *_protect_base(results, table[is_large], rule, n_patients),
        record_all(
            shown,
            results.id,
            whole.label,
            n=int(whole.quantities["n_specifications"]),
            alpha=alpha,
        ),
        *record_influence(influence, results.id),
    ]
    meta = {
        **results.meta,
        "n_withheld": int((~is_large).sum()),
        "disclosure": rule.name,
        "disclosure_note": rule.reason,
    }
    frames = {"specifications": shown, "influence": influence}
    return ResultSet.collect(results.id, made, frames=frames, meta=meta)


def _round_table(table: pd.DataFrame, alpha: float) -> pd.DataFrame:
    digits = {"estimate": _ESTIMATE_DIGITS, "ci_lower": _LIMIT_DIGITS, "ci_upper": _LIMIT_DIGITS}
    kept = table.drop(columns=["n", "events", "reason"], errors="ignore").copy()
    for name, number in digits.items():
        kept[name] = [round_digits(float(value), number) for value in table[name]]
    kept["p_value"] = [_round_p(float(value), alpha) for value in table["p_value"]]
    return kept.sort_values("estimate", kind="stable").reset_index(drop=True)


def _round_p(p_value: float, alpha: float) -> float:
    """Round to a digit, remaining on the same side of a level."""
    rounded = round_digits(p_value, _P_DIGITS) or 0.0
    if (rounded < alpha) == (p_value < alpha):
        return rounded
    return alpha if p_value >= alpha else round(alpha * 0.9, 4)


def _protect_base(
    results: ResultSet, table: pd.DataFrame, rule: Rule, n_patients: int
) -> list[Result]:
    base = results.find("base")
    if base is None or base.n is None:
        return []
    whole = Population(
        key="whole",
        n=base.n,
        events=base.events,
        parts_of=((EVERYONE, "compared"),),
        is_whole=True,
    )
    behind = read_behind([whole], rule, n_patients=n_patients, hidden_margins=frozenset())
    n, events = behind.publish("whole"), behind.publish_events("whole")
    is_shown = bool((table["estimate"] == base.estimate).any())
    if behind.has_exposed() or behind.is_protected(whole) or not is_shown:
        return [mask(base, rule, n=n)]
    return [round_estimate(replace(base, n=n, events=events, quantities={}))]
