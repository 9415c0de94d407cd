"""Make the built-in synthetic cohort, and larger ones like it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers.cohort.synthetic.calendar_dates import add_centres, add_dates
from helpers.cohort.synthetic.courses import assign_lengths, settle_courses, settle_leukaemia
from helpers.cohort.synthetic.covariates import Patients, draw_covariates
from helpers.cohort.synthetic.details import add_details
from helpers.cohort.synthetic.outcomes import draw_courses, draw_leukaemia, draw_outcomes
from helpers.cohort.synthetic.raw_frame import make_raw_frame
from helpers.cohort.synthetic.screened import SCREENED_OUT, add_screened
from helpers.cohort.synthetic.search import Report, search_patients
from helpers.cohort.synthetic.streams import Stream
from helpers.errors import ParameterError

_SCATTERED = (
    "haemoglobin_g_dl",
    "platelets_g_l",
    "blasts_pct",
    "blasts_len_pct",
    "therapy_related",
    "rbc_td",
    "esa_before",
    "hma_before",
    "ipss",
    "len_schedule",
    "diagnosis_date",
)
"""Columns in which values can go missing; never outcome, age, failure or treatment."""


def synthesise(
    config: Mapping[str, Any],
    *,
    progress: Report | None = None,
    checkpoint: Path | str | None = None,
) -> pd.DataFrame:
    """Make the calibrated cohort that the configuration describes.

    Parameters
    ----------
    config : mapping
        As ``search.read_schedule`` gives it.
    progress : callable, optional
        Called with a ``SearchProgress`` after every stretch of the search.
    checkpoint : Path or str, optional
        File that keeps the search, so that it can be stopped and resumed.

    Returns
    -------
    DataFrame
        Raw columns of 392 eligible patients and of screened ones who are not.

    Notes
    -----
    Three searches: survival after failure and the characteristics that it goes with, by
    simulated annealing; durations of lenalidomide and times from diagnosis; days of
    leukaemia. All counts of steps, so that the result does not depend on the machine.
    """
    patients, _ = search_patients(config, progress=progress, checkpoint=checkpoint)
    return complete_cohort(patients, config)


def complete_cohort(patients: Patients, config: Mapping[str, Any]) -> pd.DataFrame:
    """Add to patients found by the search all that their survival does not depend on.

    Parameters
    ----------
    patients : dict of str to ndarray, shape (392,)
        From ``search.search_patients``.
    config : mapping
        The configuration.

    Returns
    -------
    DataFrame
        Raw columns, screened patients included.
    """
    seed = config["seed"]
    patients = dict(patients)
    assign_lengths(patients, Stream(seed, 2))
    settle_courses(patients, config["courses"], seed)
    settle_leukaemia(patients, config["leukaemia"], seed)
    _finish(patients, seed, 4)
    screened = _draw_patients(sum(SCREENED_OUT.values()), seed, 20)
    return add_screened(make_raw_frame(patients), screened, Stream(seed, 30))


def simulate_cohort(
    n_patients: int,
    *,
    seed: int,
    treatment_effect: bool = True,
    missing_fraction: float = 0.0,
) -> pd.DataFrame:
    """Draw a cohort of any size from the model behind the built-in one.

    Parameters
    ----------
    n_patients : int
        100 or more; all are eligible.
    seed : int
        Not negative.
    treatment_effect : bool, optional
        False makes survival independent of the first treatment: a cohort under the null.
    missing_fraction : float, optional
        Fraction of values that go missing, 0 to 0.5, in columns where records have gaps.

    Returns
    -------
    DataFrame, shape (n_patients, 45)
        Raw columns; the margins are the paper's, its survival only nearly.

    Raises
    ------
    ParameterError
        If a size, seed or fraction is out of its domain.

    Examples
    --------
    >>> cohort = simulate_cohort(784, seed=1)
    >>> int(cohort["dead"].sum())
    444
    """
    _check_domain("n_patients", n_patients, n_patients >= 100, "100 or more", "ask for more")
    _check_domain("seed", seed, seed >= 0, "0 or more", "give a whole number")
    _check_domain(
        "missing_fraction",
        missing_fraction,
        0.0 <= missing_fraction <= 0.5,
        "from 0 to 0.5",
        "give 0 for complete records",
    )
    patients = _draw_patients(n_patients, seed, 40, treatment_effect=treatment_effect)
    frame = make_raw_frame(patients)
    if missing_fraction > 0:
        scatter_missing(frame, missing_fraction, seed=seed)
    return frame


def scatter_missing(frame: pd.DataFrame, fraction: float, *, seed: int) -> None:
    """Remove values at random from columns where records have gaps.

    Parameters
    ----------
    frame : DataFrame
        Raw columns; changed in place.
    fraction : float
        0 to 0.5; registry patients lose 1.5 times as many as trial patients.
    seed : int
        Not negative.
    """
    stream = Stream(seed, 50)
    registry = (frame["source"] == "registry").to_numpy()
    share = fraction * np.where(registry, 1.5, 1.0) / (1.0 + 0.5 * registry.mean())
    for name in _SCATTERED:
        frame[name] = frame[name].mask(stream.uniform(len(frame)) < share)


def _draw_patients(
    n_patients: int, seed: int, purpose: int, *, treatment_effect: bool = True
) -> Patients:
    stream = Stream(seed, purpose)
    patients = draw_covariates(n_patients, stream)
    draw_outcomes(patients, stream, treatment_effect=treatment_effect)
    draw_courses(patients, stream)
    draw_leukaemia(patients, stream)
    _finish(patients, seed, purpose + 1)
    return patients


def _finish(patients: Patients, seed: int, purpose: int) -> None:
    stream = Stream(seed, purpose)
    add_details(patients, stream)
    add_centres(patients, stream)
    add_dates(patients, stream)


def _check_domain(name: str, value: object, holds: bool, domain: str, advice: str) -> None:
    if not holds:
        raise ParameterError(f"{name} must be {domain}, but was {value!r}; {advice}")
