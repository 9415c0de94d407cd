"""The rows of a forest plot whose rows are centres."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from helpers.analysis.model_results import make_term_row
from helpers.analysis.pooled_ratios import PREDICTION, RANDOM, STRATIFIED, TOO_FEW
from helpers.results import Result, ResultSet

FEWEST_DRAWN = 2
_LONGEST = 64
_TOGETHER = "All centres"


def select_forest(results: ResultSet, factor: str, *, title: str) -> ResultSet:
    """Return the rows of a forest plot of one factor: centres, then what they give together.

    Parameters
    ----------
    results : ResultSet
        Of :func:`pool_hazard_ratios`.
    factor : str
        Whose contrasts are drawn, each a block of rows.
    title : str
        Of the figure.

    Returns
    -------
    ResultSet
        With the frame ``terms`` of :func:`helpers.figures.plot_forest`; contrasts of which
        fewer than two centres show a hazard ratio are left out.
    """
    contrasts = results.frames["contrasts"]
    lines = contrasts[contrasts["factor"] == factor].to_dict("records")
    rows, kept = [], []
    for line in lines:
        key = f"{line['factor']}.{line['level']}"
        block = list(_list_forest_rows(results, key))
        if sum(_is_centre(result) for result in block) < FEWEST_DRAWN:
            continue
        kept += block
        label = _shorten(str(line["level_label"]), str(line["factor_label"]))
        for result in block:
            name = result.id.rpartition(".")[2]
            part, head = (key, label) if _is_centre(result) else (f"{key}.all", _TOGETHER)
            rows.append(make_term_row(part, head, name, result.label, result.id))
    set_id = f"{results.id}.{factor}"
    if not kept:
        return ResultSet.omitted(set_id, f"{TOO_FEW}.", meta={"title": title})
    meta = {**results.meta, "title": title, "row_label": "Centre"}
    return ResultSet.collect(set_id, kept, frames={"terms": pd.DataFrame(rows)}, meta=meta)


def _shorten(label: str, factor_label: str) -> str:
    """Return what is compared without its factor, which the figure's title names."""
    words = label.removeprefix(f"{factor_label}: ")
    words = words[:1].upper() + words[1:]
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1].rstrip()}\u2026"


def _is_centre(result: Result) -> bool:
    return result.id.rpartition(".")[2].startswith("centre_")


def _list_forest_rows(results: ResultSet, key: str) -> Iterator[Result]:
    prefix = f"{results.id}.{key}."
    for result in results:
        if result.id.startswith(f"{prefix}centre_"):
            yield result
    for name in (RANDOM, PREDICTION, STRATIFIED):
        result = results.find(f"{prefix}{name}")
        if result is not None and result.status == "estimated":
            yield result
