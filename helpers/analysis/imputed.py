"""A model of complete cases beside the model of imputed data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.analysis.imputed_populations import (
    list_complete_populations,
    list_imputed_populations,
)
from helpers.analysis.model_data import prepare_model
from helpers.analysis.model_results import SLOPE, make_term_row, record_hazard_ratio
from helpers.analysis.populations import tabulate_populations
from helpers.analysis.subset import (
    Where,
    describe_where,
    explain_omission,
    find_endpoint,
    get_factor,
    select_patients,
)
from helpers.analysis.survival_results import read_outcome
from helpers.errors import NotComputableError
from helpers.results import Result, ResultSet
from helpers.stats.cox import fit_cox
from helpers.stats.cox_result import CoxFit
from helpers.stats.design import build_design
from helpers.stats.factors import Factor
from helpers.stats.imputed_models import pool_models
from helpers.stats.mapped import MapChunks
from helpers.stats.outcome import SurvivalOutcome
from helpers.stats.rubin import PooledEstimate

if TYPE_CHECKING:
    from helpers.cohort import Cohort
    from helpers.cohort import Factor as Declared

LABELS = {"complete": "Complete cases", "imputed": "Multiple imputation"}
#: Chained equations of more patients would take hours.
MOST_IMPUTED = 20_000


@dataclass(frozen=True, slots=True)
class _Incomplete:
    """The factors of a model with values missing, as the imputation takes them."""

    codes: pd.DataFrame
    factors: tuple[Factor, ...]
    n_missing: int


@explain_omission
def fit_imputed_model(
    cohort: Cohort,
    *,
    set_id: str,
    factors: Sequence[str],
    auxiliary: Sequence[str] = (),
    each: bool = False,
    endpoint: str = "os",
    where: Where | None = None,
    title: str = "",
    n_imputations: int = 20,
    seed: int = 0,
    ties: str = "efron",
    conf_level: float = 0.95,
    map_chunks: MapChunks | None = None,
) -> ResultSet:
    """Fit a Cox model to complete cases and to multiply imputed data.

    Parameters
    ----------
    cohort : Cohort
        Whose analysis table is used.
    set_id : str
        Beginning of the results' ids.
    factors : sequence of str
        Of the model. A factor that does not apply to some patients is left out: there is
        nothing to impute.
    auxiliary : sequence of str
        Further factors of the imputation, not of the model.
    each : bool
        Whether each factor is a model of its own (a univariate screen).
    n_imputations, seed : int
        Of the imputation.
    endpoint, where, title, ties, conf_level
        As in :func:`helpers.analysis.models.fit_survival_model`.
    map_chunks : callable, optional
        Where the models are fitted; see :func:`helpers.stats.imputed_models.pool_models`.

    Returns
    -------
    ResultSet
        For each level that is no reference ``<id>.<factor>.<level>.complete`` and ``.imputed``
        (its `quantities` hold the fraction of missing information). Frame ``terms``. No results
        where no value is missing.
    """
    measured = find_endpoint(cohort.terms, endpoint)
    needs = [measured.time, measured.event]
    frame = select_patients(cohort, where=where, needs=needs).dropna(subset=needs)
    outcome = read_outcome(frame, measured)
    declared = [get_factor(cohort, name) for name in dict.fromkeys([*factors, *auxiliary])]
    data, left_out = _encode(frame, declared, cohort)
    wanted = [factor for factor in data.factors if factor.name in set(factors)]
    about = {
        "title": title or "Complete cases and multiple imputation",
        "population": describe_where(cohort, where),
        "endpoint_label": measured.label,
        "event_noun": measured.event_noun,
        "n_imputations": n_imputations,
        "seed": seed,
        "left_out": left_out,
        "synthetic": cohort.synthetic,
    }
    if not any(data.codes[factor.name].isna().any() for factor in wanted):
        return ResultSet.collect(set_id, [], meta={**about, "n_incomplete": 0})
    if len(frame) > MOST_IMPUTED:
        raise NotComputableError(f"at most {MOST_IMPUTED:,} patients are imputed.")
    models = [[factor] for factor in wanted] if each else [wanted]
    pooled = pool_models(
        data.codes,
        outcome,
        data.factors,
        models,
        n_imputations=n_imputations,
        seed=seed,
        ties=ties,
        conf_level=conf_level,
        map_chunks=map_chunks,
    )
    results: list[Result] = []
    behind = list(list_imputed_populations(frame, outcome, wanted, set_id, data.n_missing))
    for model, estimates in zip(models, pooled, strict=True):
        complete = prepare_model(cohort, [one.name for one in model], where=where, needs=needs)
        known = read_outcome(complete.frame, measured)
        design = build_design(complete.frame, complete.factors)
        fit = fit_cox(known, design, ties=ties, conf_level=conf_level)
        behind += list_complete_populations(complete, known, set_id)
        results += _record_complete(fit, set_id)
        results += _record_imputed(model, estimates, outcome, set_id, conf_level)
    return ResultSet.collect(
        set_id,
        results,
        frames={"terms": _tabulate(wanted, set_id), "populations": tabulate_populations(behind)},
        meta={**about, "n_incomplete": data.n_missing},
    )


def _encode(
    frame: pd.DataFrame, declared: Sequence[Declared], cohort: Cohort
) -> tuple[_Incomplete, list[str]]:
    """Return numbers and level codes, nan where missing, of the factors that can be imputed."""
    variables, codes = cohort.dictionary.variables, {}
    usable, left_out = [], []
    for one in declared:
        if one.name not in frame or not frame[one.name].notna().any():
            left_out.append(f"{one.label} is not known.")
            continue
        if _is_not_applicable(frame, one).any():
            left_out.append(f"{one.label} does not apply to all patients.")
            continue
        if frame[one.name].nunique() < 2:
            left_out.append(f"{one.label} has one level only.")
            continue
        if not one.levels:
            codes[one.name] = frame[one.name].astype(float) / variables[one.name].per
            usable.append(Factor(one.name, label=one.label))
            continue
        levels = tuple(level for level in one.levels if (frame[one.name] == level).any())
        numbers = {level: float(code) for code, level in enumerate(levels)}
        codes[one.name] = frame[one.name].map(numbers).astype(float)
        reference = one.reference if one.reference in levels else levels[0]
        labels = tuple(one.levels[level] for level in levels)
        usable.append(Factor(one.name, levels, reference, one.label, labels))
    if not usable:
        raise NotComputableError("no factor of the model is known in two levels in these data.")
    table = pd.DataFrame(codes, index=frame.index)
    return _Incomplete(table, tuple(usable), int(table.isna().any(axis=1).sum())), left_out


def _is_not_applicable(frame: pd.DataFrame, factor: Declared) -> pd.Series:
    """Return who has no level although all that makes it is known."""
    sources = [name for name in factor.needs if name in frame and name != factor.name]
    known = frame[sources].notna().all(axis=1) if sources else pd.Series(False, frame.index)
    return frame[factor.name].isna() & known


def _record_complete(fit: CoxFit, set_id: str) -> Iterator[Result]:
    for i, term in enumerate(fit.terms):
        yield record_hazard_ratio(
            fit,
            i,
            {
                "id": f"{set_id}.{term.factor}.{term.level or SLOPE}.complete",
                "kind": "hazard_ratio",
                "label": LABELS["complete"],
                "n": fit.n_subjects,
                "events": fit.n_events,
                "method": f"Cox model of complete cases, {fit.ties.capitalize()} ties",
            },
        )


def _record_imputed(
    model: Sequence[Factor],
    pooled: PooledEstimate,
    outcome: SurvivalOutcome,
    set_id: str,
    conf_level: float,
) -> Iterator[Result]:
    names = [(factor.name, key) for factor in model for key, _ in _list_compared(factor)]
    for i, (name, level) in enumerate(names):
        yield Result(
            id=f"{set_id}.{name}.{level}.imputed",
            kind="hazard_ratio",
            label=LABELS["imputed"],
            estimate=float(np.exp(pooled.estimate[i])),
            std_error=float(pooled.std_error[i]),
            ci_lower=float(np.exp(pooled.ci_lower[i])),
            ci_upper=float(np.exp(pooled.ci_upper[i])),
            conf_level=conf_level,
            p_value=float(pooled.p_value[i]),
            n=outcome.n_subjects,
            events=outcome.n_events,
            quantities={
                "missing_information": float(pooled.missing_information[i]),
                "n_imputations": float(pooled.n_imputations),
            },
            method="Cox model, multiple imputation by chained equations, Rubin's rules",
        )


def _list_compared(factor: Factor) -> Iterator[tuple[str, str]]:
    """Yield keys and labels of a factor's levels that are no reference; of a number, its slope."""
    if factor.is_numeric:
        yield SLOPE, factor.label
    for level, label in zip(factor.levels, factor.level_labels, strict=True):
        if level != factor.reference:
            yield str(level), f"{factor.label}: {label}"


def _tabulate(wanted: Sequence[Factor], set_id: str) -> pd.DataFrame:
    return pd.DataFrame(
        [
            make_term_row(
                f"{factor.name}.{key}",
                label,
                name,
                words,
                f"{set_id}.{factor.name}.{key}.{name}",
            )
            for factor in wanted
            for key, label in _list_compared(factor)
            for name, words in LABELS.items()
        ]
    )
