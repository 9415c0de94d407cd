"""What a bootstrap returns, and intervals from its replicates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from helpers.errors import ParameterError
from helpers.stats.intervals import normal_quantile

FloatArray = NDArray[np.float64]
BootstrapMethod = Literal["percentile", "basic", "normal"]

MOST_FAILED = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class BootstrapInterval:
    """An estimate with its interval from resamples.

    Attributes
    ----------
    name : str
        Group or term.
    estimate : float or None
        From the patients themselves; None where not reached.
    std_error : float or None
        Standard deviation of the replicates; None where some do not reach the value.
    ci_lower, ci_upper : float or None
        None where not reached in so many resamples that the limit is not.
    conf_level : float
        Of the interval, 0 to 1.
    method : str
        How it was made.
    n_replicates : int
        Resamples with an estimate, those that do not reach the value included.
    """

    name: str
    estimate: float | None
    std_error: float | None
    ci_lower: float | None
    ci_upper: float | None
    conf_level: float
    method: str
    n_replicates: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BootstrapResult:
    """Replicates of k estimates.

    Attributes
    ----------
    statistic : str
        What was estimated, with its unit.
    names : tuple of str, length k
        Groups or terms.
    estimates : ndarray, shape (k,)
        From the patients themselves; infinite where not reached.
    replicates : ndarray, shape (n_replicates, k)
        From the resamples; infinite where not reached, nan where a model has no finite estimate.
    n_replicates, n_failed, n_not_reached : int
        Resamples, those with an estimate that is nan, those with an infinite one.
    n_subjects, n_events : int
        Of the patients that were resampled.
    seed : int
        With which the same replicates come again.
    warnings : tuple of str
        What a reader should know.
    """

    statistic: str
    names: tuple[str, ...]
    estimates: FloatArray
    replicates: FloatArray
    n_replicates: int
    n_failed: int
    n_not_reached: int
    n_subjects: int
    n_events: int
    seed: int
    warnings: tuple[str, ...]

    def intervals(
        self, *, method: BootstrapMethod = "percentile", conf_level: float = 0.95
    ) -> tuple[BootstrapInterval, ...]:
        """Return an interval for each estimate.

        Parameters
        ----------
        method : {"percentile", "basic", "normal"}
            Percentiles of the replicates; these reflected at the estimate; or the estimate less
            the bias that the replicates show, -+ z standard errors.
        conf_level : float, default 0.95
            0 to 1.

        Raises
        ------
        ParameterError
            If `method` or `conf_level` is out of its domain.

        Notes
        -----
        The percentile p of m replicates is the one at rank ``p (m + 1)``, interpolated. Values
        that are not reached rank above all others. Failed fits are left out.

        References
        ----------
        Davison AC, Hinkley DV (1997). Bootstrap Methods and their Application, chapter 5.
        """
        if method not in ("percentile", "basic", "normal"):
            raise ParameterError(
                f"method must be one of ['percentile', 'basic', 'normal'], but was {method!r}"
            )
        z = normal_quantile(conf_level)
        return tuple(
            self._interval(k, method=method, conf_level=conf_level, z=z)
            for k in range(len(self.names))
        )

    def _interval(self, k: int, *, method: str, conf_level: float, z: float) -> BootstrapInterval:
        values = np.sort(self.replicates[~np.isnan(self.replicates[:, k]), k])
        estimate = _finite(self.estimates[k])
        all_finite = len(values) > 1 and bool(np.isfinite(values).all())
        std_error = float(values.std(ddof=1)) if all_finite else None
        tail = (1.0 - conf_level) / 2.0
        lower, upper = _percentile(values, tail), _percentile(values, 1.0 - tail)
        if method == "basic":
            lower, upper = _reflect(estimate, upper), _reflect(estimate, lower)
        elif method == "normal":
            lower = upper = None
            if estimate is not None and std_error is not None:
                centre = 2.0 * estimate - float(values.mean())
                lower, upper = centre - z * std_error, centre + z * std_error
        return BootstrapInterval(
            name=self.names[k],
            estimate=estimate,
            std_error=std_error,
            ci_lower=lower,
            ci_upper=upper,
            conf_level=conf_level,
            method=method,
            n_replicates=len(values),
        )


def make_bootstrap_result(
    statistic: str,
    names: tuple[str, ...],
    estimates: FloatArray,
    replicates: FloatArray,
    *,
    n_subjects: int,
    n_events: int,
    seed: int,
) -> BootstrapResult:
    """Return a result with its counts of failures, and a warning where there are many."""
    n_replicates = len(replicates)
    n_failed = int(np.isnan(replicates).any(axis=1).sum())
    warnings = ()
    if n_failed > MOST_FAILED * n_replicates:
        warnings = (
            f"{n_failed} of {n_replicates} resamples have no finite estimate and are left out: "
            "intervals are too narrow; drop rare levels or use Firth's correction",
        )
    return BootstrapResult(
        statistic=statistic,
        names=names,
        estimates=estimates,
        replicates=replicates,
        n_replicates=n_replicates,
        n_failed=n_failed,
        n_not_reached=int(np.isinf(replicates).any(axis=1).sum()),
        n_subjects=n_subjects,
        n_events=n_events,
        seed=seed,
        warnings=warnings,
    )


def _percentile(ordered: FloatArray, fraction: float) -> float | None:
    if not len(ordered):
        return None
    rank = min(max(round(fraction * (len(ordered) + 1) - 1.0, 9), 0.0), len(ordered) - 1.0)
    below = int(rank)
    above = min(below + 1, len(ordered) - 1)
    part = rank - below
    if part == 0.0:
        return _finite(ordered[below])
    if not np.isfinite(ordered[above]):
        return None
    return float(ordered[below] + part * (ordered[above] - ordered[below]))


def _reflect(estimate: float | None, limit: float | None) -> float | None:
    return None if estimate is None or limit is None else 2.0 * estimate - limit


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
