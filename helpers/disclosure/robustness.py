"""Protected analyses of what an estimate depends on: centres, imputation, selection, residuals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from helpers.disclosure.masking import mask, round_digits
from helpers.disclosure.populations import Behind
from helpers.results import ResultSet

_RATIO_DIGITS = 3
_DECIMALS = 2
#: Points at which the line through residuals is shown; too few for the residuals to be read.
_LINE_POINTS = 25


def finish_centres(results: ResultSet, shown: ResultSet, behind: Behind) -> ResultSet:
    """Return the set with ranges over the centres of which neither count is small.

    Leaving out a centre of few patients would say what these few do to the estimate. How many
    centres there are is told where they have more than a small number of patients on average.
    """
    without, rule = results.frames["without"], behind.rule
    is_large = (without[["n", "events"]] > rule.largest_small).all(axis=1)
    told = without[is_large & without["ratio"].notna()]
    made = dict(shown.results)
    for result in results:
        ratios = told.loc[told["result_id"] == result.id, "ratio"]
        if not result.id.endswith(".left_out") or made[result.id].status != "estimated":
            continue
        if len(ratios) < 2:
            made[result.id] = mask(result, rule)
            continue
        quantities = {"lowest": float(ratios.min()), "highest": float(ratios.max())}
        made[result.id] = replace(
            made[result.id],
            estimate=round_digits(float(ratios.median()), _RATIO_DIGITS),
            quantities={
                name: round_digits(value, _RATIO_DIGITS) for name, value in quantities.items()
            },
        )
    n_centres = int(results.meta["n_centres"])
    is_told = n_centres * (rule.largest_small + 1) <= behind.populations["whole"].n
    meta = {
        **shown.meta,
        "n_centres": n_centres if is_told else None,
        "smallest_left_out": rule.largest_small + 1,
    }
    return replace(shown, results=made, meta=meta)


def finish_imputation(results: ResultSet, shown: ResultSet, behind: Behind) -> ResultSet:
    """Return the set with the share of information that is lost, where not few have it missing."""
    made = dict(shown.results)
    whole = behind.populations["whole"].n
    for result in results:
        complete = behind.find_counted(f"{result.id.rpartition('.')[0]}.complete")
        if not result.quantities or made[result.id].status != "estimated":
            continue
        quantities = {
            name: value for name, value in result.quantities.items() if name == "n_imputations"
        }
        lost = result.quantities.get("missing_information")
        if lost is not None and complete is not None:
            is_small = behind.rule.is_small(whole - complete.n)
            if not is_small and behind.publish(complete.key) is not None:
                quantities["missing_information"] = round(lost, _DECIMALS)
        made[result.id] = replace(made[result.id], quantities=quantities)
    meta = {**shown.meta, "n_incomplete": behind.publish("incomplete")}
    return replace(shown, results=made, meta=meta)


def finish_stability(results: ResultSet, shown: ResultSet, behind: Behind) -> ResultSet:
    """Return the set with coarse frequencies; they count samples, not patients."""
    made = dict(shown.results)
    for result in results:
        if result.id.endswith(".frequency"):
            share = None if result.estimate is None else round(result.estimate, _DECIMALS)
            made[result.id] = replace(result, estimate=share, n=None, events=None)
            continue
        made[result.id] = replace(
            made[result.id],
            quantities={
                name: round(value, _DECIMALS)
                for name, value in result.quantities.items()
                if name in {"apparent", "optimism"} and made[result.id].status == "estimated"
            },
        )
    rows = shown.frames["rows"]
    frames = {**shown.frames, "rows": rows.assign(frequency=rows["frequency"].round(_DECIMALS))}
    return replace(shown, results=made, frames=frames)


def finish_hazards(results: ResultSet, shown: ResultSet, behind: Behind) -> ResultSet:
    """Return the set with lines through the residuals, and without these.

    A residual is one patient's event. The line is a regression on few terms; it is shown at
    few points, in whole months, of the terms whose level is not of few patients.
    """
    residuals = results.frames["residuals"]
    frames = [
        _keep_line(block)
        for label, block in residuals.groupby("label", sort=False)
        if not behind.is_closed(f"{results.id}.residuals.{label}")
    ]
    kept = pd.concat(frames, ignore_index=True) if frames else residuals.iloc[:0]
    return replace(shown, frames={**shown.frames, "residuals": kept})


def _keep_line(block: pd.DataFrame) -> pd.DataFrame:
    """Return points on a line at equal parts of its events, none of them its ends."""
    inner = np.linspace(0, 1, _LINE_POINTS + 2)[1:-1]
    times = np.quantile(block["time_months"], inner).round()
    smooth = np.interp(times, block["time_months"], block["smooth"])
    return pd.DataFrame(
        {
            "factor": block["factor"].iloc[0],
            "label": block["label"].iloc[0],
            "time_months": times,
            "residual": np.nan,
            "smooth": smooth.round(_DECIMALS),
        }
    ).drop_duplicates(["label", "time_months"])
