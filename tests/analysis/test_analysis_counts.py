"""Counts and their denominators: who is counted, among whom, and who is not known."""

from __future__ import annotations

import pytest
from small_cohorts import FEMALE, MALE, make_cohort

from helpers.analysis.counts import CountRow, compare_proportions, count_levels, count_subsets
from helpers.analysis.treatment import list_allo_rows, list_response_rows
from helpers.errors import ParameterError

#: Seven patients; response of five known, failure of six.
SEVEN = {
    "os_months": [1] * 7,
    "dead": [0] * 7,
    "len_response": [1, 1, 1, 0, 0, None, None],
    "failure_type": ["loss_hi"] * 3 + ["no_response"] * 2 + ["progression", None],
    "sex": [FEMALE] * 4 + [MALE] * 3,
}


@pytest.fixture(scope="module")
def seven():
    return make_cohort(**SEVEN)


def test_missing_values_are_outside_the_denominator(seven):
    results = count_levels(seven, set_id="response", variable="len_response", known_id="known")
    assert (results["yes"].estimate, results["yes"].n) == (3, 5)
    assert (results["no"].estimate, results["no"].n) == (2, 5)
    assert results["yes"].fraction == pytest.approx(3 / 5)
    assert (results["known"].estimate, results["known"].n) == (5, 7)
    assert results.meta["title"] == "Response to LEN"


def test_a_level_without_patients_is_counted_as_none(seven):
    results = count_levels(seven, set_id="failure", variable="failure_type")
    counts = {result.id: (result.estimate, result.n) for result in results}
    assert counts == {
        "failure.no_response": (2, 6),
        "failure.loss_hi": (3, 6),
        "failure.intolerance": (0, 6),
        "failure.progression": (1, 6),
    }
    assert results.frames["rows"]["result_id"].to_list() == list(counts)
    assert results.frames["rows"]["label"].to_list()[2] == "Intolerance"


def test_intervals_are_exact(seven):
    """None of n: the upper limit solves (1 - p)^n = 0.025."""
    none = count_levels(seven, set_id="failure", variable="failure_type")["intolerance"]
    assert none.quantities["proportion_lower"] == 0
    assert none.quantities["proportion_upper"] == pytest.approx(1 - 0.025 ** (1 / 6))
    wider = count_levels(seven, set_id="f", variable="failure_type", conf_level=0.99)
    upper = wider["intolerance"].quantities["proportion_upper"]
    assert upper == pytest.approx(1 - 0.005 ** (1 / 6))
    assert wider["intolerance"].conf_level == 0.99


def test_a_subset_is_the_denominator(seven):
    results = count_levels(
        seven, set_id="r", variable="len_response", where={"sex": [MALE]}, known_id="known"
    )
    assert (results["no"].estimate, results["no"].n) == (1, 1)
    assert (results["known"].estimate, results["known"].n) == (1, 3)
    assert results["no"].population == "Sex: Male"


def test_a_factor_unknown_in_the_subset_is_omitted(seven):
    results = count_levels(
        seven, set_id="r", variable="len_response", where={"failure_type": ["progression"]}
    )
    assert results.reason == "Response to LEN is not known of any patient"
    absent = count_levels(seven, set_id="r", variable="tp53")
    assert "tp53" in absent.reason
    assert absent.meta["title"] == "TP53 mutation"


def test_shares_are_compared_by_fisher_where_few_are_expected(seven):
    """Women 3 of 4, men 0 of 1: only the table with the man a responder is otherwise possible."""
    results = compare_proportions(
        seven, set_id="r", variable="len_response", level="yes", by="sex", title="Response"
    )
    assert (results["female"].estimate, results["female"].n) == (3, 4)
    assert (results["male"].estimate, results["male"].n) == (0, 1)
    assert results["test"].method == "Fisher's exact test"
    assert results["test"].n == 5
    assert results["test"].p_value == pytest.approx(2 / 5)
    assert "r.test" not in results.frames["rows"]["result_id"].to_list()


def test_shares_are_compared_by_chi_square_where_many_are_expected():
    """Of 20 women 15, of 20 men 5: chi-square = 40 x (15 x 15 - 5 x 5)^2 / 20^4 = 10."""
    cohort = make_cohort(
        os_months=[1] * 40,
        dead=[0] * 40,
        sex=[FEMALE] * 20 + [MALE] * 20,
        len_response=[1] * 15 + [0] * 5 + [1] * 5 + [0] * 15,
    )
    test = compare_proportions(cohort, set_id="r", variable="len_response", level="yes", by="sex")[
        "test"
    ]
    assert test.statistic == pytest.approx(10)
    assert test.df == 1
    assert test.p_value == pytest.approx(0.001565402258002549)


def test_nothing_to_compare_leaves_the_counts():
    cohort = make_cohort(os_months=[1, 2], dead=[0, 0], sex=[FEMALE] * 2, len_response=[1, 0])
    results = compare_proportions(
        cohort, set_id="r", variable="len_response", level="yes", by="sex"
    )
    assert (results["female"].estimate, results["female"].n) == (1, 2)
    assert results["test"].status == "not_computable"
    assert "at least 2 levels" in results["test"].reason


def test_each_row_has_a_denominator_of_its_own(seven):
    rows = [
        CountRow("women", "Women", {}, {"sex": [FEMALE]}),
        CountRow("women_known", "Response known", {}, {"sex": [FEMALE]}, ("len_response",)),
        CountRow("loss", "Responders with loss of HI", {"len_response": ["yes"]},
                 {"failure_type": ["loss_hi"]}),
        CountRow("mutated", "TP53 mutated", {}, {"tp53": ["mutated"]}),
    ]  # fmt: skip
    results = count_subsets(seven, set_id="c", rows=rows, title="Counts")
    counts = {result.id: (result.estimate, result.n) for result in results}
    assert counts == {"c.women": (4, 7), "c.women_known": (4, 5), "c.loss": (3, 3)}
    assert results["loss"].population == "Response to LEN: Yes"


def test_a_denominator_of_none_has_no_interval():
    cohort = make_cohort(os_months=[1], dead=[0], sex=[FEMALE], len_response=[1])
    rows = [CountRow("men", "Men who responded", {"sex": [MALE]}, {"len_response": ["yes"]})]
    result = count_subsets(cohort, set_id="c", rows=rows)["men"]
    assert (result.estimate, result.n, result.fraction) == (0, 0, None)
    assert not result.quantities
    assert result.conf_level is None


def test_rows_that_the_data_cannot_count_are_omitted_together(seven):
    rows = [CountRow("mutated", "TP53 mutated", {}, {"tp53": ["mutated"]})]
    results = count_subsets(seven, set_id="tx.tp53", rows=rows)
    assert "tp53" in results.reason
    assert results.meta["title"] == "TP53 mutated"
    assert count_subsets(seven, set_id="c", rows=[]).reason == "there is nothing to count"


def test_responses_are_counted_among_the_evaluable():
    cohort = make_cohort(
        os_months=[5] * 6,
        dead=[0] * 6,
        first_treatment=["hma"] * 5 + ["bsc"],
        treatment_response=["cr", "pr", "hi", "none", None, None],
    )
    results = count_subsets(cohort, set_id="tx", rows=list_response_rows(cohort))
    counts = {key: (results[key].estimate, results[key].n) for key in
              ("hma.evaluable", "hma.any", "hma.cr_pr", "hma.cr", "esa.any")}  # fmt: skip
    assert counts == {
        "hma.evaluable": (4, 5),
        "hma.any": (3, 4),
        "hma.cr_pr": (2, 4),
        "hma.cr": (1, 4),
        "esa.any": (0, 0),
    }


def test_transplants_are_counted_by_their_place():
    cohort = make_cohort(
        os_months=[9] * 5,
        dead=[0] * 5,
        first_treatment=["allo", "hma", "bsc", "hma", None],
        transplant_months=[1, 5, 6, None, None],
    )
    results = count_subsets(cohort, set_id="a", rows=list_allo_rows(cohort))
    counts = {result.id: (result.estimate, result.n) for result in results}
    assert counts == {"a.any": (3, 5), "a.immediate": (1, 3), "a.later": (2, 3)}


@pytest.mark.parametrize(
    ("analyse", "options", "words"),
    [
        (count_levels, {"variable": "shoe_size"}, "but was 'shoe_size'"),
        (count_levels, {"variable": "os_months"}, "but was 'os_months'"),
        (compare_proportions, {"variable": "sex", "level": "yes", "by": "len_response"},
         "level of sex must be one of female, male, but was 'yes'"),
        (compare_proportions, {"variable": "sex", "level": "male", "by": "shoe_size"},
         "but was 'shoe_size'"),
        (count_subsets, {"rows": [CountRow("x", "X", {}, {"sex": ["men"]})]}, "but was 'men'"),
    ],
)  # fmt: skip
def test_a_mistake_of_the_caller_is_an_error(seven, analyse, options, words):
    with pytest.raises(ParameterError, match=words):
        analyse(seven, set_id="x", **options)
