"""Agreement of the summaries and tests of table one with R."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from agreement_ledger import Ledger
from reference_files import read_data, read_reference

from helpers.stats.contingency import fisher_test
from helpers.stats.descriptive import compare_categorical, compare_numeric, summarise_numeric
from helpers.stats.proportions import estimate_proportion, standardised_difference
from helpers.stats.significance import adjust_p_values

WRITTEN = "tables written for the test"
LEAST_FISHER_P = 1e-12  # below, fisher.test is not the sum that it stands for; see test_agreement
SUMMARY = ("Summaries of numbers", "median, quantile, mean, sd")
CATEGORICAL = ("Chi-square test, with and without Yates", "chisq.test")
FISHER = ("Fisher's exact test, r by c", "fisher.test")
PROPORTION = ("Exact interval of a proportion", "binom.test")
DIFFERENCE = ("Standardised mean difference", "formula in descriptive.R")
ADJUSTMENT = ("Adjusted p-values, Holm and BH", "p.adjust")
TESTS = {
    "rank_sum": (("Wilcoxon rank sum test", "wilcox.test"), compare_numeric, {}),
    "kruskal": (("Kruskal-Wallis test", "kruskal.test"), compare_numeric, {}),
    "chi_square": (CATEGORICAL, compare_categorical, {"method": "chi-square"}),
    "chi_square_yates": (CATEGORICAL, compare_categorical, {"method": "chi-square-yates"}),
}


def add_table_one(ledger: Ledger) -> None:
    """Compare every number of descriptive.json."""
    reference = read_reference("descriptive")
    for data, columns, expected in _read_columns(reference["summaries"]):
        found = summarise_numeric(*columns)
        ours = [getattr(found, name) for name in expected]
        ledger.add((*SUMMARY, "estimate"), data, ours, list(expected.values()))
    for topic, (kind, compare, options) in TESTS.items():
        for data, columns, expected in _read_columns(reference[topic]):
            test = compare(*columns, **options)
            ledger.add((*kind, "statistic"), data, test.statistic, expected["statistic"])
            ledger.add((*kind, "p"), data, test.p_value, expected["p_value"])
    for case in reference["fisher"]:
        if case["p_value"] > LEAST_FISHER_P:
            test = fisher_test(np.array(case["table"]))
            ledger.add((*FISHER, "p"), WRITTEN, test.p_value, case["p_value"])
    for case in reference["proportions"]:
        found = estimate_proportion(case["count"], case["n"], conf_level=case["conf_level"])
        limits = [found.ci_lower, found.ci_upper]
        ledger.add((*PROPORTION, "limits"), WRITTEN, limits, case["limits"])
    for kind in ("numeric", "categorical"):
        for data, columns, expected in _read_columns(reference[f"{kind}_difference"]):
            found = standardised_difference(*columns, kind=kind)
            ledger.add((*DIFFERENCE, "estimate"), data, found.estimate, expected)
    adjusted = reference["adjusted"]
    for method in ("holm", "bh"):
        ours = adjust_p_values(adjusted["p_value"], method)
        ledger.add((*ADJUSTMENT, "p"), WRITTEN, ours, adjusted[method])


def _read_columns(cases: dict[str, Any]) -> Iterator[tuple[str, list[pd.Series], Any]]:
    for key, expected in cases.items():
        data, *names = key.split(" ")
        frame = read_data(data)
        yield data, [frame[name] for name in names], expected
