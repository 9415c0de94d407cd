"""The loops of analyses that may be computed elsewhere, each as its numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from helpers.analysis.imputed import fit_imputed_model
from helpers.analysis.multiverse import estimate_multiverse
from helpers.analysis.stability import validate_model
from helpers.cohort import Cohort, read_cohort
from helpers.results import ResultSet

FACTORS = ["age_75", "adverse_karyotype", "len_response"]


@cache
def read_incomplete() -> Cohort:
    cohort = read_cohort("synthetic")
    table = cohort.table.copy()
    table.loc[np.random.default_rng(2).random(len(table)) < 0.2, ["len_response"]] = None
    return replace(cohort, table=table)


def bootstrap_a_selection(**options: Any) -> ResultSet:
    """Thirty samples are two parts."""
    given = {"set_id": "s", "factors": FACTORS, "n_replicates": 30, "seed": 3}
    return validate_model(read_cohort("synthetic"), **given, **options)


def impute(**options: Any) -> ResultSet:
    given = {"set_id": "i", "factors": FACTORS, "n_imputations": 3, "seed": 4}
    return fit_imputed_model(read_incomplete(), **given, **options)


def vary(**options: Any) -> ResultSet:
    return estimate_multiverse(
        read_incomplete(),
        set_id="m",
        factor="age_75",
        level="yes",
        choices={
            "ties": ["efron", "breslow"],
            "model": ["alone", "two"],
            "age_cut_years": [75, 70],
        },
        models={"two": ["len_response"]},
        **options,
    )


LOOPS: tuple[Callable[..., ResultSet], ...] = (bootstrap_a_selection, impute, vary)


def list_numbers(results: ResultSet) -> list[dict[str, Any]]:
    assert results.reason == ""
    assert len(list(results)) > 2
    return [one.to_record() for one in results]
