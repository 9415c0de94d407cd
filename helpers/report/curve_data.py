"""The numbers of a figure's curves, for a page on which they are read by pointing."""

from __future__ import annotations

import csv
import io
import json
import math
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from helpers.document import FigureBlock

#: Rows of one curve; more are read off at common times.
_MAX_ROWS = 1500
_N_TIMES = 600
_COLUMNS = ("estimate", "ci_lower", "ci_upper", "n_at_risk")

Number = float | int | None


@dataclass(frozen=True, slots=True)
class CurveRows:
    """One curve: the rows of its estimate in the order of time; a number may be unknown."""

    time: Sequence[float]
    columns: Mapping[str, Sequence[Number]]


def make_curve_data(block: FigureBlock) -> dict[str, Any]:
    """Return what a page needs to tell a curve's numbers at a time.

    Parameters
    ----------
    block : FigureBlock
        With the place of its curves in the drawing and its data.

    Returns
    -------
    dict
        ``box``, ``x``, ``y`` as :func:`helpers.figures.reading.locate_curves` gives them;
        ``unit`` of the time and name of the ``value``; ``curves``, each with ``label``,
        ``colour`` and lists of ``time``, ``estimate``, ``ci_lower``, ``ci_upper`` and
        ``n_at_risk`` (just before the time). ``snap``: whether the times are the only ones at
        which the numbers are exact. Empty where the figure has no curves, or its data lack
        one of them.
    """
    place = block.curves
    described = place.get("curves", ())
    rows = _read_rows(block.data_csv)
    found = [_select_rows(rows, str(one["group"]), str(one["estimator"])) for one in described]
    if not found or not all(curve.time for curve in found):
        return {}
    snap = max(len(curve.time) for curve in found) > _MAX_ROWS
    if snap:
        found = _read_at_common_times(found)
    curves = [
        {"label": one["label"], "colour": one["colour"], "time": curve.time, **curve.columns}
        for one, curve in zip(described, found, strict=True)
    ]
    return {
        **{key: place[key] for key in ("box", "x", "y")},
        "unit": str(place.get("time_label", "")).split(" ")[0].lower() or "months",
        "value": str(place.get("value_label", "")).removesuffix(" (%)") or "Estimate",
        "snap": snap,
        "curves": curves,
    }


def dump_for_page(data: Mapping[str, Any]) -> str:
    r"""Return data as JSON that cannot end the script element in which it stands.

    Examples
    --------
    >>> dump_for_page({"label": "</script>"})
    '{"label":"\\u003c/script\\u003e"}'
    """
    text = json.dumps(data, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _read_rows(data_csv: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data_csv)))


def _select_rows(rows: Sequence[Mapping[str, str]], group: str, estimator: str) -> CurveRows:
    chosen = []
    for row in rows:
        is_here = row.get("group") == group and (row.get("estimator") or "") == estimator
        is_here = is_here and (row.get("drawn_as") or "curve") == "curve"
        time = _read_number(row.get("time_months")) if is_here else None
        if time is not None:
            chosen.append((time, row))
    chosen.sort(key=lambda pair: pair[0])
    columns = {name: [_read_number(row.get(name)) for _, row in chosen] for name in _COLUMNS}
    return CurveRows([round(time, 4) for time, _ in chosen], columns)


def _read_number(text: str | None) -> Number:
    """Return a number to five decimals; None of what is empty, masked or not finite."""
    try:
        number = float(text or "")
    except ValueError:
        return None
    if not math.isfinite(number):
        return None
    return int(number) if number.is_integer() else round(number, 5)


def _read_at_common_times(curves: Sequence[CurveRows]) -> list[CurveRows]:
    """Return all curves at the same times, evenly chosen from those at which any changes."""
    times = sorted({time for curve in curves for time in curve.time})
    step = max(len(times) // _N_TIMES, 1)
    common = sorted({*times[::step], *(curve.time[-1] for curve in curves)})
    return [_read_at(curve, common) for curve in curves]


def _read_at(curve: CurveRows, times: Sequence[float]) -> CurveRows:
    inside = [time for time in times if curve.time[0] <= time <= curve.time[-1]]
    steps = [bisect_right(curve.time, time) - 1 for time in inside]
    before = [bisect_left(curve.time, time) for time in inside]
    columns = {
        name: [values[at] for at in (before if name == "n_at_risk" else steps)]
        for name, values in curve.columns.items()
    }
    return CurveRows(inside, columns)
