"""Protected weighted comparisons: balance from printed counts, standardised curves at few times."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.disclosure.curves import protect_at_risk
from helpers.disclosure.life_table import find_step
from helpers.disclosure.masking import mask, round_coarsely, round_digits
from helpers.disclosure.populations import Behind
from helpers.disclosure.rule import Rule
from helpers.results import Result, ResultSet

_DECIMALS = 2
_RATIO_DIGITS = 3
_RATIOS = ("bootstrap_lower", "bootstrap_upper", "limit")
_SIDES = ("comparator", "treatment")
_BEFORE = tuple(f"{side}_before" for side in _SIDES)
_MEANS = (*_BEFORE, *(f"{side}_after" for side in _SIDES))
_DECLARED = ("n_replicates", "alpha", "power")


def finish_weighting(results: ResultSet, shown: ResultSet, behind: Behind) -> ResultSet:
    """Return the set with coarse weights, balance of printed counts and standardised points.

    The largest weight is a maximum, and how many weights were truncated tells of single
    patients: neither is shown.
    """
    drawn, times = _protect_curves(results, shown, behind)
    made = {result.id: _protect(result, drawn, behind, times) for result in results}
    frames = {**drawn.frames, "balance": protect_balance(results, behind)}
    return replace(drawn, results=made, frames=frames)


def finish_weighted_curves(results: ResultSet, shown: ResultSet, behind: Behind) -> ResultSet:
    """Return the set with points of the curves between which enough had the event."""
    drawn, times = _protect_curves(results, shown, behind)
    made = dict(shown.results)
    for result in results:
        if "time_months" in result.quantities:
            level = result.id.removeprefix(f"{results.id}.").rpartition(".")[0]
            made[result.id] = _protect_point(
                result, behind, times, n=behind.publish(f"arm/{level}")
            )
        elif "alpha" in result.quantities and made[result.id].status == "estimated":
            alpha = {"alpha": result.quantities["alpha"]}
            made[result.id] = replace(made[result.id], quantities=alpha)
    meta = {name: value for name, value in shown.meta.items() if name != "n_truncated"}
    return replace(drawn, results=made, meta=meta)


def _protect_curves(
    results: ResultSet, shown: ResultSet, behind: Behind
) -> tuple[ResultSet, list[float]]:
    """Return the set with its curves drawn between some times, and these times."""
    closing = _Closing(behind, results.id)
    is_closed = any(map(closing.is_closed, closing.groups))
    times = [] if is_closed else find_anchors(results, behind.rule)
    curve = results.frames["curve"]
    frames = [
        _draw_straight(block, times, find_step(results.frames["at_risk"]), behind.rule)
        for _, block in curve.groupby("group", sort=False)
        if len(times) > 1
    ]
    drawn = {
        **shown.frames,
        "curve": pd.concat(frames, ignore_index=True) if frames else curve.iloc[:0],
        "at_risk": protect_at_risk(
            results.frames["at_risk"], closing, behind.rule, set_id=results.id
        ),
    }
    return replace(shown, frames=drawn), times


@dataclass(frozen=True, slots=True)
class _Closing:
    """Tells of which treatment a count is hidden."""

    behind: Behind
    set_id: str

    @property
    def groups(self) -> list[str]:
        """Return the ids of the two treatments."""
        keys = [key for key in self.behind.populations if key.startswith("arm/")]
        return [f"{self.set_id}.{key.removeprefix('arm/')}" for key in keys]

    def is_closed(self, group: str) -> bool:
        """Return whether nothing may be said of a treatment."""
        key = f"arm/{group.removeprefix(f'{self.set_id}.')}"
        return self.behind.is_protected(self.behind.populations[key])


def _protect(result: Result, shown: ResultSet, behind: Behind, times: Iterable[float]) -> Result:
    made, rule = shown.results[result.id], behind.rule
    if "time_months" in result.quantities:
        return _protect_point(result, behind, times, n=behind.publish("whole"))
    if made.status in {"masked", "not_computable"}:
        return made
    if result.id.endswith(".effective"):
        size = rule.publish(round(result.estimate or 0))
        return mask(result, rule, n=made.n) if size is None else replace(made, estimate=size)
    kept = dict(made.quantities)
    kept |= {name: v for name, v in result.quantities.items() if name in _DECLARED}
    kept |= {
        name: round_digits(value, _RATIO_DIGITS)
        for name, value in result.quantities.items()
        if name in _RATIOS
    }
    if result.id.endswith(".propensity"):
        outside = behind.publish("outside")
        kept |= {} if outside is None else {"n_outside": float(outside)}
    return replace(made, quantities=kept)


def _protect_point(
    result: Result, behind: Behind, times: Iterable[float], *, n: int | None
) -> Result:
    time = result.quantities["time_months"]
    if time not in times:
        return mask(result, behind.rule, n=n)
    values = {
        name: None if value is None else round(value, _DECIMALS)
        for name in ("estimate", "ci_lower", "ci_upper")
        for value in [getattr(result, name)]
    }
    return replace(result, n=n, std_error=None, quantities={"time_months": time}, **values)


def find_anchors(results: ResultSet, rule: Rule) -> list[float]:
    """Return the times at which a weighted or standardised curve may be told, 0 first.

    Between two of them more than a small number of those had the event on whom the curve
    rests, and at each more than a small number of either treatment is at risk; the times of
    results come first, then those of the axis.
    """
    events = results.frames["event_times"].groupby("group", sort=False)["time_months"]
    by_group = [np.sort(times.to_numpy(dtype=float)) for _, times in events]
    horizons = {
        result.quantities["time_months"] for result in results if "time_months" in result.quantities
    }
    ticks = set(results.frames["at_risk"]["time_months"])
    kept = [0.0]
    for time in [*sorted(horizons), *sorted(ticks - horizons)]:
        tried = sorted({*kept, float(time)})
        gaps = [
            int(np.searchsorted(times, later, "right") - np.searchsorted(times, earlier, "right"))
            for times in by_group
            for earlier, later in itertools.pairwise(tried)
        ]
        if min(gaps, default=0) > rule.largest_small and _is_observed(results, time, rule):
            kept = tried
    return kept


def _is_observed(results: ResultSet, time: float, rule: Rule) -> bool:
    curve = results.frames["curve"]
    later = curve[curve["time_months"] >= time]
    at_risk = later.groupby("group")["n_at_risk"].max()
    n_groups = curve["group"].nunique()
    return len(at_risk) == n_groups and bool((at_risk > rule.largest_small).all())


def _draw_straight(
    block: pd.DataFrame, anchors: list[float], step: float, rule: Rule
) -> pd.DataFrame:
    """Return straight lines between the curve's rounded heights at some times."""
    times = np.unique([*np.arange(0, anchors[-1], step), *anchors])
    known = block["time_months"].to_numpy(dtype=float)

    def read(column: str) -> NDArray[np.float64]:
        heights = np.interp(anchors, known, block[column].to_numpy(dtype=float)).round(_DECIMALS)
        return np.interp(times, anchors, heights)

    before = np.searchsorted(anchors, times, side="right") - 1
    counts = np.interp(anchors, known, block["n_at_risk"].to_numpy(dtype=float))
    return pd.DataFrame(
        {
            "group": block["group"].iloc[0],
            "time_months": times,
            "n_at_risk": [rule.stand_in(int(counts[at])) for at in before],
            "n_events": np.nan,
            "n_censored": 0,
            **{name: read(name) for name in ("estimate", "ci_lower", "ci_upper")},
        }
    )


def protect_balance(results: ResultSet, behind: Behind) -> pd.DataFrame:
    """Return shares and standardised differences before weighting anew, from printed counts.

    Those after weighting keep two decimals, means of numbers as many as in other tables. Of a
    covariate of which a level is of few patients with either treatment, or of none, nothing is
    shown.
    """
    balance, rule = results.frames["balance"], behind.rule
    arms = [key for key in behind.populations if key.startswith("arm/")]
    totals = [behind.publish(key) for key in arms]
    smallest = min(behind.populations[key].n for key in arms)
    columns = list(balance.select_dtypes("float").columns)
    kept = balance.copy()
    kept[columns] = kept[columns].round(_DECIMALS)
    cells = results.frames["sizes"].set_index(["variable", "label"]).to_dict("index")
    for at, line in enumerate(balance.to_dict("records")):
        cell = cells.get((line["variable"], line["label"]))
        least = smallest // 2 if cell is None else cell["least"]
        if least <= rule.largest_small or None in totals:
            kept.loc[at, columns] = np.nan
        elif cell is None:
            means = [name for name in columns if name in _MEANS]
            kept.loc[at, means] = [round_coarsely(float(line[name])) for name in means]
        else:
            shares = [
                min((rule.publish(int(cell[side])) or 0) / total, 1.0)
                for side, total in zip(_SIDES, totals, strict=True)
            ]
            kept.loc[at, "smd_before"] = _differ(shares, totals)
            kept.loc[at, [name for name in _BEFORE if name in columns]] = np.round(
                shares[: 2 * (_BEFORE[0] in columns)], _DECIMALS
            )
    return kept


def _differ(shares: list[float], totals: list[int]) -> float:
    """Return the standardised difference of two shares, treatment less comparator."""
    spread = [
        share * (1 - share) * total / (total - 1)
        for share, total in zip(shares, totals, strict=True)
    ]
    if not sum(spread):
        return float("nan")
    return round((shares[1] - shares[0]) / float(np.sqrt(sum(spread) / 2)), _DECIMALS)
