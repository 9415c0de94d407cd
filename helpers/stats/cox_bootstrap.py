"""Bootstrap of a Cox model."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from helpers.errors import StatisticsError
from helpers.stats.bootstrap_result import BootstrapResult, make_bootstrap_result
from helpers.stats.cox import check_ties, fit_cox
from helpers.stats.design import Design
from helpers.stats.grouping import check_group
from helpers.stats.outcome import SurvivalOutcome
from helpers.stats.resampled_curves import sort_patients
from helpers.stats.resampling_core import check_plain_outcome, run_replicates

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]


def bootstrap_cox(
    outcome: SurvivalOutcome,
    design: Design,
    *,
    ties: str = "efron",
    strata: ArrayLike | None = None,
    n_replicates: int = 1000,
    seed: int = 0,
    n_workers: int = 1,
) -> BootstrapResult:
    """Resample the coefficients of a Cox model.

    Parameters
    ----------
    outcome : SurvivalOutcome
        Of n patients, without weights and entry times.
    design : Design
        Covariates of the same n patients.
    ties : {"efron", "breslow"}, default "efron"
        How tied event times are treated; a patient who is drawn twice is tied with himself.
    strata : array_like, shape (n,), optional
        Resample within these, so that each keeps its size; the model itself is not stratified.
    n_replicates, seed, n_workers
        As in :func:`helpers.stats.resampling.bootstrap_medians`.

    Returns
    -------
    BootstrapResult
        Log hazard ratios. A resample without a finite estimate (a level without events, a
        covariate that is constant) is nan in all its coefficients, and counted.

    Raises
    ------
    ParameterError
        If a number or `ties` is out of its domain.
    StatisticsError
        As :func:`helpers.stats.cox.fit_cox`; also if the outcome has weights or entry times, or
        the model has no finite estimate in the patients themselves.

    Notes
    -----
    Each replicate is Newton's method from the estimate of all patients, in compiled code (numba,
    loaded at the first call). It gives what a fit of the repeated rows gives.

    Examples
    --------
    >>> from helpers.stats.design import design_from_columns
    >>> from helpers.stats.outcome import check_survival_outcome
    >>> rng = np.random.default_rng(1)
    >>> outcome = check_survival_outcome(rng.exponential(9, 60), rng.integers(0, 2, 60))
    >>> design = design_from_columns(rng.integers(0, 2, (60, 2)), ["age_75", "raeb"])
    >>> bootstrap_cox(outcome, design, n_replicates=20).replicates.shape
    (20, 2)
    """
    check_plain_outcome(outcome)
    check_ties(ties)
    fit = fit_cox(outcome, design, ties=ties)
    if fit.infinite.any():
        raise StatisticsError(
            f"design must have a finite estimate for each covariate, but was without for "
            f"{[term.name for term, no in zip(fit.terms, fit.infinite, strict=True) if no]}; "
            "leave these out or use Firth's correction"
        )
    from helpers.stats.resampling_kernel import PatientsByTime, fit_replicates

    patients = sort_patients(outcome, np.arange(outcome.n_subjects))
    spread = design.matrix.std(axis=0)
    X = ((design.matrix - design.matrix.mean(axis=0)) / spread)[patients.order]
    bounds = np.append(patients.starts, outcome.n_subjects)
    by_time = PatientsByTime(X, patients.event, bounds, ties == "efron")
    start = fit.coefficients * spread

    def statistic(counts: IntArray) -> FloatArray:
        ordered = np.ascontiguousarray(counts[:, patients.order])
        return fit_replicates(by_time, ordered, start) / spread

    codes = np.zeros(outcome.n_subjects, dtype=np.intp)
    if strata is not None:
        codes = _complete_codes(strata, outcome)
    replicates = run_replicates(
        statistic, codes, n_replicates=n_replicates, seed=seed, n_workers=n_workers
    )
    return make_bootstrap_result(
        "log hazard ratio",
        design.names,
        fit.coefficients,
        replicates,
        n_subjects=outcome.n_subjects,
        n_events=outcome.n_events,
        seed=seed,
    )


def _complete_codes(strata: ArrayLike, outcome: SurvivalOutcome) -> IntArray:
    grouping = check_group(strata, outcome.n_subjects, name="strata", min_levels=1)
    if grouping.n_missing:
        raise StatisticsError(
            f"strata must be complete, but was missing for {grouping.n_missing} of "
            f"{outcome.n_subjects} patients; leave these out or give them a value"
        )
    return grouping.codes
