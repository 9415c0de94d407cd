"""Characteristics, durations, follow-up, flow and what is known, on small cohorts."""

from __future__ import annotations

import math

import pytest
from small_cohorts import EIGHT, FEMALE, MALE, append, make_cohort

from helpers.analysis.characteristics import summarise_characteristics
from helpers.analysis.durations import summarise_follow_up, summarise_groups
from helpers.analysis.flow import count_available, count_flow
from helpers.analysis.variables import RESPONDERS
from helpers.errors import ParameterError

SIX = {
    "os_months": [1, 2, 3, 4, 5, 6],
    "dead": [1] * 6,
    "age_years": [60, 62, 64, 70, 80, None],
    "sex": [FEMALE] * 3 + [MALE] * 3,
    "len_response": [1, 1, 0, 0, 0, None],
    "failure_type": ["loss_hi", "loss_hi", "no_response", "no_response", "progression", None],
    "len_duration_months": [10, 20, 4, 6, 2, 3],
}


@pytest.fixture(scope="module")
def six():
    return make_cohort(**SIX)


def test_a_number_is_summarised_without_the_missing(six):
    age = summarise_characteristics(six, set_id="t", variables=["age_years"])["age_years"]
    assert (age.estimate, age.n, age.missing, age.unit) == (64, 5, 1, "years")
    numbers = dict(age.quantities)
    assert (numbers["minimum"], numbers["maximum"], numbers["mean"]) == (60, 80, 67.2)
    assert numbers["sd"] == pytest.approx(math.sqrt(sum(
        (age - 67.2) ** 2 for age in (60, 62, 64, 70, 80)) / 4))  # fmt: skip


def test_levels_are_counted_among_the_known(six):
    results = summarise_characteristics(six, set_id="t", variables=["len_response", "sex"])
    assert (results["len_response.yes"].estimate, results["len_response.yes"].n) == (2, 5)
    assert (results["len_response.missing"].estimate, results["len_response.missing"].n) == (1, 6)
    assert (results["sex.female"].estimate, results["sex.female"].n) == (3, 6)
    assert results["sex.missing"].estimate == 0
    assert results.meta["groups"] == {}


def test_rows_of_the_table(six):
    rows = summarise_characteristics(
        six, set_id="t", variables=["age_years", "len_response", "sex"]
    ).frames["rows"]
    assert rows["variable"].to_list() == ["age_years", *["len_response"] * 2, *["sex"] * 2]
    assert rows["kind"].to_list() == ["numeric", "binary", "binary", "categorical", "categorical"]
    assert rows["level"].to_list() == [None, "no", "yes", "female", "male"]
    assert rows["unit"].to_list()[0] == "years"


def test_groups_have_columns_and_tests(six):
    results = summarise_characteristics(
        six, set_id="t", variables=["age_years", "len_response"], by="sex"
    )
    assert results["female.age_years"].estimate == 62
    assert (results["male.age_years"].estimate, results["male.age_years"].missing) == (75, 1)
    assert results.meta["group_sizes"] == {FEMALE: 3, MALE: 3}
    # three women are younger than both men: one of ten orders each way
    age = results["age_years.test"]
    assert age.p_value == pytest.approx(2 / 10)
    assert (age.n, age.missing, age.method) == (5, 1, "Wilcoxon rank sum test, exact")
    # responders 2 of 3 women, 0 of 2 men: three of ten tables, and one of ten is rarer
    response = results["len_response.test"]
    assert response.p_value == pytest.approx(4 / 10)
    assert response.method == "Fisher's exact test"


def test_three_groups_are_tested_by_kruskal_and_wallis():
    """Rank sums 3, 7 and 11: H = 12 / (6 x 7) x (9/2 + 49/2 + 121/2) - 3 x 7."""
    cohort = make_cohort(
        os_months=[1] * 6,
        dead=[1] * 6,
        age_years=[60, 61, 62, 63, 64, 65],
        failure_type=["no_response"] * 2 + ["loss_hi"] * 2 + ["intolerance"] * 2,
    )
    test = summarise_characteristics(
        cohort, set_id="t", variables=["age_years"], by="failure_type"
    )["age_years.test"]
    statistic = 12 / 42 * (9 + 49 + 121) / 2 - 21
    assert test.statistic == pytest.approx(statistic)
    assert test.p_value == pytest.approx(math.exp(-statistic / 2))
    assert test.method == "Kruskal-Wallis test"


def test_patients_of_unknown_group_are_in_no_column(six):
    more = make_cohort(**append(SIX, os_months=9, dead=0, age_years=90, len_response=1))
    variables = ["age_years", "len_response"]
    before = summarise_characteristics(six, set_id="t", variables=variables, by="sex")
    after = summarise_characteristics(more, set_id="t", variables=variables, by="sex")
    assert [result.to_record() for result in after] == [r.to_record() for r in before]
    assert after.meta["n"] == 6


def test_a_number_unknown_in_one_group():
    cohort = make_cohort(os_months=[1, 2], dead=[1, 1], age_years=[60, None], sex=[FEMALE, MALE])
    results = summarise_characteristics(cohort, set_id="t", variables=["age_years"], by="sex")
    unknown = results["male.age_years"]
    assert (unknown.status, unknown.estimate, unknown.n) == ("not_computable", None, 0)
    assert unknown.reason == "no value is known"
    assert results["age_years.test"].status == "not_computable"


def test_variables_that_the_data_lack_are_listed(six):
    results = summarise_characteristics(six, set_id="t", variables=["tp53", "sex", "ipss"])
    assert results.meta["left_out"] == ["TP53 mutation", "IPSS"]
    assert set(results.frames["rows"]["variable"]) == {"sex"}


def test_a_table_of_nothing_is_omitted(six):
    results = summarise_characteristics(six, set_id="t", variables=["tp53", "ipss"])
    assert results.reason == "none of its variables is known of any patient."
    assert results.meta["title"] == "Characteristics of the patients"


def test_durations_by_group_and_subset(six):
    results = summarise_groups(
        six, set_id="d", variable="len_duration_months", by="failure_type", subsets=RESPONDERS
    )
    medians = {result.id: (result.estimate, result.n) for result in results}
    assert medians == {
        "d.overall": (5, 6),
        "d.responders": (15, 2),
        "d.no_response": (5, 2),
        "d.loss_hi": (15, 2),
        "d.progression": (2, 1),
    }
    assert results["overall"].unit == "months"
    assert results.meta["title"] == "Duration of LEN"


def test_durations_without_the_groups_column():
    cohort = make_cohort(os_months=[1, 2], dead=[1, 1], len_duration_months=[3, 5])
    results = summarise_groups(
        cohort, set_id="d", variable="len_duration_months", by="failure_type", subsets=RESPONDERS
    )
    assert {result.id: result.estimate for result in results} == {"d.overall": 4}
    without = make_cohort(os_months=[1, 2], dead=[1, 1])
    omitted = summarise_groups(
        without, set_id="d", variable="len_duration_months", by="failure_type"
    )
    assert "len_start_date" in omitted.reason
    assert omitted.meta["title"] == "Duration of LEN"


def test_follow_up_of_survivors_and_by_reverse_kaplan_meier():
    """Last contacts at 4 and 7: the reverse curve is 4/5 from 4 and 2/5 from 7."""
    results = summarise_follow_up(make_cohort(**EIGHT))
    assert (results["alive"].estimate, results["dead"].estimate) == (2, 6)
    assert (results["alive"].n, results["dead"].n) == (8, 8)
    survivors = results["survivors"]
    assert (survivors.estimate, survivors.n) == (5.5, 2)
    assert (survivors.quantities["minimum"], survivors.quantities["maximum"]) == (4, 7)
    reverse = results["reverse_km"]
    assert (reverse.estimate, reverse.n, reverse.events) == (7, 8, 2)


def test_follow_up_where_everybody_died():
    results = summarise_follow_up(make_cohort(os_months=[1, 2], dead=[1, 1]))
    assert results["survivors"].status == "not_computable"
    assert results["reverse_km"].status == "not_reached"
    assert results["alive"].estimate == 0


def test_flow_counts_each_patient_at_the_first_step_that_excludes():
    cohort = make_cohort(
        os_months=[1] * 6,
        dead=[0] * 6,
        mds_who2008=[1, 1, 0, 0, 1, 1],
        higher_risk_disease=[0, 1, 1, 0, 1, 0],
        consent=[1] * 6,
    )
    results = count_flow(cohort)
    counts = {result.id: (result.estimate, result.n) for result in results}
    assert counts == {
        "flow.screened": (6, 6),
        "flow.excluded.mds": (2, 6),
        "flow.remaining.mds": (4, 6),
        "flow.excluded.higher_risk": (2, 6),
        "flow.remaining.higher_risk": (2, 6),
        "flow.excluded.consent": (0, 6),
        "flow.remaining.consent": (2, 6),
        "flow.included": (2, 6),
    }
    steps = results.frames["steps"].set_index("step")
    assert steps.index.to_list()[:3] == ["mds", "del5q", "higher_risk"]
    assert not steps.loc["del5q", "is_applied"]
    assert steps.loc["higher_risk", "reason"] == "RAEB-2 or AML before LEN"
    assert results.meta["illustrative"] is False


def test_known_values_are_counted_for_columns_that_are_not_there_too(six):
    results = count_available(six, variables=["age_years", "tp53", "sex"])
    counts = {result.id: (result.estimate, result.n) for result in results}
    assert counts == {
        "availability.age_years": (5, 6),
        "availability.tp53": (0, 6),
        "availability.sex": (6, 6),
    }
    assert results.frames["rows"]["n_missing"].to_list() == [1, 6, 0]


@pytest.mark.parametrize(
    ("analyse", "options"),
    [
        (summarise_characteristics, {"set_id": "t", "variables": ["shoe_size"]}),
        (summarise_characteristics, {"set_id": "t", "variables": ["sex"], "by": "shoe_size"}),
        (summarise_groups, {"set_id": "t", "variable": "shoe_size", "by": "sex"}),
        (summarise_groups, {"set_id": "t", "variable": "age_years", "by": "shoe_size"}),
        (count_available, {"variables": ["shoe_size"]}),
    ],
)
def test_an_unknown_column_is_an_error(six, analyse, options):
    with pytest.raises(ParameterError, match="but was 'shoe_size'"):
        analyse(six, **options)
