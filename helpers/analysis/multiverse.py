"""Every combination of analytic choices, and which of them move the result."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from helpers.analysis.specifications import Multiverse
from helpers.analysis.subset import explain_omission, get_factor
from helpers.errors import NotComputableError
from helpers.results import Result, ResultSet
from helpers.stats.mapped import MapChunks

if TYPE_CHECKING:
    from helpers.cohort import Cohort

#: Columns that only disclosure control reads.
_SIZES = ("n_smaller", "events_smaller")
ESTIMATES = ("estimate", "ci_lower", "ci_upper", "p_value", "n", "events", "reason")


@explain_omission
def estimate_multiverse(
    cohort: Cohort,
    *,
    set_id: str,
    factor: str,
    level: str,
    choices: Mapping[str, Sequence[Any]],
    models: Mapping[str, Sequence[str]] | None = None,
    subsets: Mapping[str, Mapping[str, Sequence[str]]] | None = None,
    cuts: Mapping[str, float] | None = None,
    published: float | None = None,
    title: str = "",
    alpha: float = 0.05,
    map_chunks: MapChunks | None = None,
) -> ResultSet:
    """Estimate a hazard ratio under every combination of choices.

    Parameters
    ----------
    cohort : Cohort
        Whose analysis table is used.
    set_id : str
        Beginning of the results' ids.
    factor, level, choices, models, subsets, cuts
        As in :class:`helpers.analysis.specifications.Multiverse`.
    published : float, optional
        Hazard ratio to mark.
    title : str
        Of the figure.
    alpha : float
        Level at which an estimate counts as significant.
    map_chunks : callable, optional
        Where the models are fitted; see
        :meth:`helpers.analysis.specifications.Multiverse.fit_all`.

    Returns
    -------
    ResultSet
        As of :func:`summarise_specifications`.
    """
    given = {} if cuts is None else {"cuts": cuts}
    multiverse = Multiverse(cohort, factor, level, choices, models or {}, subsets or {}, **given)
    rows = list(multiverse.fit_all(multiverse.list_specifications(), map_chunks))
    return summarise_specifications(
        multiverse, rows, set_id=set_id, published=published, title=title, alpha=alpha
    )


def summarise_specifications(
    multiverse: Multiverse,
    rows: Sequence[Mapping[str, Any]],
    *,
    set_id: str,
    published: float | None = None,
    title: str = "",
    alpha: float = 0.05,
) -> ResultSet:
    """Summarise the hazard ratios of many specifications.

    Parameters
    ----------
    multiverse : Multiverse
        Its choices.
    rows : sequence of mapping
        From :meth:`Multiverse.fit`, in any order.
    set_id, published, title, alpha
        As in :func:`estimate_multiverse`.

    Returns
    -------
    ResultSet
        ``<id>.base`` (the first value of every choice), ``<id>.all`` (median, range, and shares
        above 1 and significant, in its `quantities`), and ``<id>.<choice>.<value>`` (by how much
        the hazard ratio changes against the choice's base, all else equal: the median factor).
        Frames ``specifications`` (sorted by estimate) and ``influence``.

    Raises
    ------
    NotComputableError
        If no specification has an estimate.

    References
    ----------
    Simonsohn U, Simmons JP, Nelson LD (2020), Nat Hum Behav 4:1208-1214.
    """
    table = pd.DataFrame(list(rows))
    known = table[table["estimate"].notna()] if "estimate" in table else table.iloc[:0]
    if known.empty:
        raise NotComputableError("no specification has an estimate.")
    choices = {name: [_name(v) for v in values] for name, values in multiverse.choices.items()}
    influence = measure_influence(choices, known)
    shown = known.sort_values("estimate", kind="stable").reset_index(drop=True)
    sizes = [name for name in _SIZES if name in shown]
    declared = get_factor(multiverse.cohort, multiverse.factor)
    contrast = f"{declared.label}: {declared.levels[multiverse.level]}"
    return ResultSet.collect(
        set_id,
        [
            *_record_base(multiverse, rows, set_id, contrast),
            record_all(known, set_id, contrast, n=len(table), alpha=alpha),
            *record_influence(influence, set_id),
        ],
        frames={
            "specifications": shown.drop(columns=sizes),
            "influence": influence,
            "sizes": shown[sizes],
        },
        meta={
            "title": title or f"Specification curve of {contrast}",
            "population": "all patients",
            "contrast": contrast,
            "choices": choices,
            "published": published,
            "n_failed": len(table) - len(known),
            "alpha": alpha,
            "synthetic": multiverse.cohort.synthetic,
        },
    )


def _name(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "none"
    return f"{value:g}" if isinstance(value, float) else str(value)


def measure_influence(choices: Mapping[str, Sequence[str]], known: pd.DataFrame) -> pd.DataFrame:
    """Return by which factor each value of a choice changes the estimate, all else equal."""
    names = list(choices)
    shown = known.assign(**{name: known[name].map(_name, na_action=None) for name in names})
    logs = shown.set_index(names)["estimate"].map(math.log)
    rows = []
    for name, values in choices.items():
        base, *others = values
        if not others:
            continue
        wide = logs.unstack(name)
        for other in others:
            if base not in wide or other not in wide:
                continue
            shift = (wide[other] - wide[base]).dropna()
            if len(shift):
                rows.append(
                    {
                        "choice": name,
                        "base": base,
                        "value": other,
                        "ratio": math.exp(shift.median()),
                        "lowest": math.exp(shift.min()),
                        "highest": math.exp(shift.max()),
                        "n_pairs": len(shift),
                    }
                )
    columns = ["choice", "base", "value", "ratio", "lowest", "highest", "n_pairs"]
    table = pd.DataFrame(rows, columns=columns)
    distance = table["ratio"].map(math.log).abs() if len(table) else table["ratio"]
    order = distance.sort_values(ascending=False, kind="stable").index
    return table.loc[order].reset_index(drop=True)


def _record_base(
    multiverse: Multiverse, rows: Sequence[Mapping[str, Any]], set_id: str, contrast: str
) -> Iterator[Result]:
    base = {name: values[0] for name, values in multiverse.choices.items()}
    for row in rows:
        if all(row[name] == value for name, value in base.items()) and "estimate" in row:
            yield Result(
                id=f"{set_id}.base",
                kind="hazard_ratio",
                label=contrast,
                estimate=row["estimate"],
                ci_lower=row["ci_lower"],
                ci_upper=row["ci_upper"],
                conf_level=0.95,
                p_value=row["p_value"],
                n=row["n"],
                events=row["events"],
                method="Cox model, the first value of every choice",
            )


def record_all(known: pd.DataFrame, set_id: str, contrast: str, *, n: int, alpha: float) -> Result:
    """Return the median and the range of n specifications, of which some are known."""
    estimates = known["estimate"].to_numpy(float)
    return Result(
        id=f"{set_id}.all",
        kind="statistic",
        label=contrast,
        estimate=float(np.median(estimates)),
        quantities={
            "n_specifications": float(n),
            "n_estimated": float(len(known)),
            "lowest": float(estimates.min()),
            "highest": float(estimates.max()),
            "share_above_1": float((estimates > 1).mean()),
            "share_significant": float((known["p_value"] < alpha).mean()),
        },
        method="median of the hazard ratios of all specifications",
    )


def record_influence(influence: pd.DataFrame, set_id: str) -> Iterator[Result]:
    """Yield by how much each choice changes the hazard ratio."""
    for row in influence.to_dict("records"):
        yield Result(
            id=f"{set_id}.{row['choice']}.{row['value'].replace('.', '_')}",
            kind="statistic",
            label=f"{row['choice']}: {row['value']} instead of {row['base']}",
            estimate=row["ratio"],
            quantities={name: float(row[name]) for name in ("lowest", "highest", "n_pairs")},
            method="median factor by which the hazard ratio changes, all else equal",
        )
