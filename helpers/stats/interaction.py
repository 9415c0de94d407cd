"""Whether the effect of one factor differs between the levels of another."""

from __future__ import annotations

import numpy as np

from helpers.errors import StatisticsError
from helpers.stats.cox import fit_cox
from helpers.stats.cox_tests import ModelTest, likelihood_ratio_test
from helpers.stats.design import Design, design_from_columns
from helpers.stats.outcome import SurvivalOutcome


def compare_effects(
    outcome: SurvivalOutcome, design: Design, first: str, second: str, *, ties: str = "efron"
) -> ModelTest:
    """Test that the effect of one factor is the same at all levels of another.

    Parameters
    ----------
    outcome : SurvivalOutcome
        Of n patients.
    design : Design
        Of both factors and of what the model adjusts for.
    first, second : str
        Names of the factors.
    ties : {"efron", "breslow"}, optional
        How tied event times are treated.

    Returns
    -------
    ModelTest
        Likelihood ratio of the models with and without the products of both factors' columns;
        a product that the data leave constant or collinear takes no part.

    Raises
    ------
    StatisticsError
        If a factor is not in the design, no product can be told from the factors themselves, or
        a model cannot be fitted.

    References
    ----------
    Cox DR. Regression models and life-tables. J R Stat Soc B 1972;34:187-220.
    """
    columns = [design.columns_of(name) for name in (first, second)]
    if not all(columns):
        raise StatisticsError(
            f"factors must be in the design, but was {first!r} and {second!r}; there are "
            f"{[factor.name for factor in design.factors]}"
        )
    main = design.matrix
    products = [main[:, i] * main[:, j] for i in columns[0] for j in columns[1]]
    full, added = main, 0
    for product in products:
        wider = np.column_stack([full, product])
        if np.linalg.matrix_rank(wider - wider.mean(axis=0)) > full.shape[1]:
            full, added = wider, added + 1
    if not added:
        raise StatisticsError(
            f"{first} and {second} must occur together in at least two ways each, but their "
            "combinations tell no more than they do alone"
        )
    names = [f"x{i}" for i in range(full.shape[1])]
    smaller = fit_cox(outcome, design_from_columns(main, names[: main.shape[1]]), ties=ties)
    larger = fit_cox(outcome, design_from_columns(full, names), ties=ties)
    return likelihood_ratio_test(smaller.log_likelihood, larger.log_likelihood, added)
