"""What an estimate can bear: unmeasured confounding, and effects too small to be seen."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

from helpers.errors import ParameterError


@dataclass(frozen=True, slots=True, kw_only=True)
class EValue:
    """Strength of confounding that would explain an estimate away.

    Attributes
    ----------
    estimate : float
        Smallest risk ratio that an unmeasured confounder would need with both treatment and
        outcome, beyond the measured ones.
    limit : float
        The same for the confidence limit next to 1; it is 1 where the interval holds 1.
    """

    estimate: float
    limit: float


def compute_e_value(
    hazard_ratio: float, ci_lower: float, ci_upper: float, *, common: bool
) -> EValue:
    """Return the E-value of a hazard ratio.

    Parameters
    ----------
    hazard_ratio, ci_lower, ci_upper : float
        Above zero.
    common : bool
        Whether more than about 15 % of the patients had the event; then the hazard ratio is
        turned into an approximate risk ratio first.

    Returns
    -------
    EValue

    Raises
    ------
    ParameterError
        If the three are not positive and in order.

    References
    ----------
    VanderWeele TJ, Ding P (2017), Ann Intern Med 167:268-274.

    Examples
    --------
    >>> round(compute_e_value(0.80, 0.71, 0.91, common=False).estimate, 2)
    1.81
    """
    if not 0 < ci_lower <= hazard_ratio <= ci_upper < math.inf:
        raise ParameterError(
            "hazard_ratio must be positive and within its limits, but was "
            f"{hazard_ratio!r} ({ci_lower!r} to {ci_upper!r})"
        )
    near = ci_upper if hazard_ratio < 1 else ci_lower
    crosses = ci_lower <= 1 <= ci_upper
    return EValue(
        estimate=_explain_away(_to_risk_ratio(hazard_ratio, common=common)),
        limit=1.0 if crosses else _explain_away(_to_risk_ratio(near, common=common)),
    )


def find_detectable_hazard_ratio(
    n_events: int, share: float, *, power: float = 0.8, alpha: float = 0.05
) -> float:
    """Return the smallest hazard ratio above 1 that a comparison would have detected.

    Parameters
    ----------
    n_events : int
        Events in both groups.
    share : float
        Fraction of the patients in one of the groups, 0 to 1.
    power, alpha : float, optional
        Of a two-sided test.

    Returns
    -------
    float
        Its inverse is the largest one below 1.

    Raises
    ------
    ParameterError
        If an argument is out of its domain.

    References
    ----------
    Schoenfeld D (1981), Biometrika 68:316-319.

    Examples
    --------
    >>> round(find_detectable_hazard_ratio(247, 0.5), 2)
    1.43
    """
    if not 0 < share < 1:
        raise ParameterError(f"share must be between 0 and 1, but was {share!r}")
    if n_events < 1:
        raise ParameterError(f"n_events must be 1 or more, but was {n_events!r}")
    distance = _measure_distance(power, alpha)
    return math.exp(distance / math.sqrt(n_events * share * (1 - share)))


def find_detectable_by_error(std_error: float, *, power: float = 0.8, alpha: float = 0.05) -> float:
    """Return the smallest ratio above 1 that an estimate of this precision would have shown.

    Parameters
    ----------
    std_error : float
        Of the log hazard ratio, above zero.
    power, alpha : float, optional
        Of a two-sided test.

    Returns
    -------
    float
        Its inverse is the largest one below 1.

    Raises
    ------
    ParameterError
        If an argument is out of its domain.

    Notes
    -----
    :func:`find_detectable_hazard_ratio` with the model's own information in place of that of two
    groups alone, so that it holds for adjusted, weighted and time-varying estimates and numbers.

    References
    ----------
    Schoenfeld D (1981), Biometrika 68:316-319. Hsieh FY, Lavori PW (2000), Control Clin Trials
    21:552-560.

    Examples
    --------
    >>> round(find_detectable_by_error(2 / 247**0.5), 2)  # 247 events in two equal groups
    1.43
    """
    if not 0 < std_error < math.inf:
        raise ParameterError(f"std_error must be positive, but was {std_error!r}")
    return math.exp(_measure_distance(power, alpha) * std_error)


def _measure_distance(power: float, alpha: float) -> float:
    """Return how many standard errors an effect must be from none."""
    for name, value in {"power": power, "alpha": alpha}.items():
        if not 0 < value < 1:
            raise ParameterError(f"{name} must be between 0 and 1, but was {value!r}")
    normal = NormalDist()
    return normal.inv_cdf(1 - alpha / 2) + normal.inv_cdf(power)


def _to_risk_ratio(hazard_ratio: float, *, common: bool) -> float:
    if not common:
        return hazard_ratio
    return (1 - 0.5 ** math.sqrt(hazard_ratio)) / (1 - 0.5 ** math.sqrt(1 / hazard_ratio))


def _explain_away(risk_ratio: float) -> float:
    ratio = max(risk_ratio, 1 / risk_ratio)
    return ratio + math.sqrt(ratio * (ratio - 1))
