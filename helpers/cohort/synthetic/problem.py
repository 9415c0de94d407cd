"""Set the search up: tables from targets and settings, state from drawn patients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from helpers.cohort.synthetic import targets
from helpers.cohort.synthetic.covariates import Patients
from helpers.cohort.synthetic.margins import DAYS_PER_MONTH, level_code
from helpers.cohort.synthetic.targets import ATTRIBUTES, GROUP_BIT, GROUPS

N_DRAWN = len(ATTRIBUTES) - 2
UNKNOWN_LOSS = 1.0e9
ALLO_FIRST = level_code("first_treatment", "allo")
MIN_ALLO_DAYS = 180
"""A start gives transplanted patients at least so long, as the search demands."""


def make_aims(settings: Mapping[str, Any]) -> Any:
    """Build the tables of targets.

    Parameters
    ----------
    settings : mapping
        Section ``search`` of the configuration.

    Returns
    -------
    scoring.Aims
        Arrays for the compiled search.
    """
    from helpers.cohort.synthetic.moves import make_bundle_table
    from helpers.cohort.synthetic.scoring import Aims

    edge = settings["edge"]
    pairs, chi_square = targets.make_test_table(edge)
    members, terms, cox = targets.make_cox_tables(edge)
    smooth = np.array(
        [
            (GROUP_BIT[rule["group"]], rule["months"], rule["at_risk"], rule["deaths"], place)
            for place, rule in enumerate(settings["smooth"])
        ],
        dtype=np.int64,
    )
    four = np.array([1 << GROUP_BIT[name] for name in targets.FOUR_GROUPS], dtype=np.uint64)
    follow_up = [21.5, 22.5, 86.65, 87.35, 5.06, 5.44]
    follow_up[:2] = targets.narrow(21.5, 22.5, edge)
    return Aims(
        groups=targets.make_group_table(),
        km=targets.make_km_table(edge),
        pairs=pairs,
        chi_square=chi_square,
        four=four,
        four_min=targets.FOUR_GROUPS_MIN_CHI_SQUARE,
        members=members,
        terms=terms,
        cox=cox,
        weights=_make_weights(settings),
        smooth=smooth,
        bundles=make_bundle_table(),
        moves=np.cumsum(np.array(settings["moves"], dtype=float)),
        outside=float(settings["rounds"][-1]["outside"]),
        coarse=np.array([settings["coarse_tests"], settings["coarse_cox"]], dtype=float),
        limits=np.array([rule["limit"] for rule in settings["smooth"]], dtype=float),
        follow_up=np.array(follow_up) * DAYS_PER_MONTH,
    )


def _make_weights(settings: Mapping[str, Any]) -> np.ndarray:
    weights = settings["weights"]
    curves = np.zeros(len(GROUPS))
    for name in {**targets.MEDIANS, **targets.PROBABILITIES}:
        curves[GROUP_BIT[name]] = weights["curves"]
    return np.concatenate(
        [
            curves,
            np.full(len(targets.TESTS) + 1, weights["tests"]),
            np.full(len(targets.COX_MODELS), weights["cox"]),
            [rule["weight"] for rule in settings["smooth"]],
            [weights["follow_up"]],
        ]
    ).astype(float)


def make_search(patients: Patients, aims: Any) -> Any:
    """Build the state of the search from drawn patients.

    Parameters
    ----------
    patients : dict of str to ndarray
        Coded covariates and outcomes.
    aims : scoring.Aims
        Tables of targets.

    Returns
    -------
    scoring.Search
        State whose derived parts are computed by ``annealing.refresh``.
    """
    from helpers.cohort.synthetic.scoring import Search
    from helpers.cohort.synthetic.smoothness import MAX_DAY

    n = len(patients["age"])
    table = np.zeros((n, len(ATTRIBUTES)), dtype=np.int64)
    for column, name in enumerate(ATTRIBUTES[:N_DRAWN]):
        table[:, column] = patients[name]
    return Search(
        table=table,
        days=patients["t"].astype(np.int64),
        event=patients["dead"].astype(np.int64),
        order=np.argsort(patients["t"], kind="stable").astype(np.int64),
        mask=np.zeros(n, dtype=np.uint64),
        shared=np.zeros(MAX_DAY, dtype=np.int64),
        covariates=np.zeros((len(aims.members), n), dtype=np.int64),
        losses=np.zeros(len(aims.weights)),
        betas=np.zeros((len(aims.members), 8)),
    )


def make_trial(search: Any) -> Any:
    """Build the working space of the search."""
    from helpers.cohort.synthetic.annealing import Trial

    models = len(search.covariates)
    return Trial(
        table=search.table.copy(),
        days=search.days.copy(),
        event=search.event.copy(),
        order=search.order.copy(),
        mask=np.zeros(2, dtype=np.uint64),
        bits=np.zeros((2, models), dtype=np.int64),
        models=np.zeros(models, dtype=np.bool_),
        dirty=np.zeros(len(search.losses), dtype=np.int64),
        fresh=np.zeros(len(search.losses)),
        betas=np.zeros_like(search.betas),
        scratch=np.zeros(8),
        pair=np.zeros(2, dtype=np.int64),
    )


def make_best(table: np.ndarray, days: np.ndarray, event: np.ndarray) -> Any:
    """Build the record of the best patients, with a loss that any patients improve on."""
    from helpers.cohort.synthetic.annealing import Best

    return Best(
        table=table.copy(), days=days.copy(), event=event.copy(), loss=np.full(1, UNKNOWN_LOSS)
    )


def take_patients(best: Any, patients: Patients) -> Patients:
    """Put the attributes and outcomes that were found back among the coded patients.

    Parameters
    ----------
    best : annealing.Best
        Of the search.
    patients : dict of str to ndarray
        The start that the search began with.

    Returns
    -------
    dict of str to ndarray
        New columns.
    """
    taken = {name: values.copy() for name, values in patients.items()}
    for column, name in enumerate(ATTRIBUTES[:N_DRAWN]):
        taken[name] = best.table[:, column].copy()
    taken["t"], taken["dead"] = best.days.copy(), best.event.copy()
    return taken
