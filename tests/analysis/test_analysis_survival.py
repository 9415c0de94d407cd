"""Survival analyses on cohorts small enough for paper and pencil."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_cohorts import (
    EIGHT,
    FEMALE,
    MALE,
    Z,
    append,
    chi_square_tail,
    fit_ratio_by_hand,
    log_rank_by_hand,
    make_cohort,
)

from helpers.analysis.survival import estimate_survival
from helpers.errors import ParameterError


@pytest.fixture(scope="module")
def eight():
    return make_cohort(**EIGHT)


def test_curve_of_all_patients(eight):
    """Deaths at 1, 2, 3, 5, 6, 8 of eight; censored at 4 and 7."""
    results = estimate_survival(eight, set_id="os", horizons_months=[4, 5.5, 24])
    n = results["overall.n"]
    assert (n.estimate, n.n, n.events, n.label) == (8, 8, 6, "All patients")
    curve = results.frames["curve"]
    assert list(curve["time_months"]) == [0, 1, 2, 3, 4, 5, 6, 7, 8]
    expected = [1, 7 / 8, 6 / 8, 5 / 8, 5 / 8, 15 / 32, 5 / 16, 5 / 16, 0]
    assert curve["estimate"].to_list() == pytest.approx(expected)
    assert curve["n_at_risk"].to_list() == [8, 8, 7, 6, 5, 4, 3, 2, 1]
    assert results["overall.prob_5.5m"].estimate == pytest.approx(15 / 32)


def test_interval_of_a_probability_is_log_log(eight):
    at = estimate_survival(eight, set_id="os", horizons_months=[4])["overall.prob_4m"]
    survival, error = 5 / 8, math.sqrt(1 / (8 * 7) + 1 / (7 * 6) + 1 / (6 * 5))
    spread = math.exp(Z * error / -math.log(survival))
    assert at.std_error == pytest.approx(survival * error)
    assert at.ci_lower == pytest.approx(survival**spread)
    assert at.ci_upper == pytest.approx(survival ** (1 / spread))
    assert dict(at.quantities) == {"time_months": 4.0, "n_at_risk": 5.0}
    assert at.method == "Kaplan-Meier, log-log interval"


def test_plain_interval_and_another_level_are_obeyed(eight):
    at = estimate_survival(
        eight, set_id="os", horizons_months=[1], curve_interval="plain", conf_level=0.9
    )["overall.prob_1m"]
    half = 1.6448536269514722 * math.sqrt(7 / 8 * 1 / 8 / 8)
    assert (at.ci_lower, at.conf_level) == (pytest.approx(7 / 8 - half), 0.9)
    assert at.ci_upper == 1.0
    assert at.method == "Kaplan-Meier, plain interval"


def test_median_with_the_interval_of_spss(eight):
    """S falls below one half at 5; the density is taken between 3 and 6."""
    median = estimate_survival(eight, set_id="os")["overall.median"]
    error = 15 / 32 * math.sqrt(1 / 56 + 1 / 42 + 1 / 30 + 1 / 12) / ((5 / 8 - 5 / 16) / (6 - 3))
    assert (median.estimate, median.unit, median.events) == (5, "months", 6)
    assert median.std_error == pytest.approx(error)
    assert median.ci_upper == pytest.approx(5 + Z * error)
    assert median.ci_lower == pytest.approx(max(5 - Z * error, 0))
    assert median.method == "Kaplan-Meier, interval as SPSS prints it"


def test_numbers_at_risk_are_those_just_before_each_tick(eight):
    at_risk = estimate_survival(eight, set_id="os", axis_step_months=4).frames["at_risk"]
    assert at_risk["time_months"].to_list() == [0, 4, 8]
    assert at_risk["n_at_risk"].to_list() == [8, 5, 1]
    assert at_risk["n_events"].to_list() == [0, 3, 6]
    assert at_risk["n_censored"].to_list() == [0, 1, 2]


def test_two_groups(eight):
    results = estimate_survival(eight, set_id="os.sex", by="sex", horizons_months=[5])
    assert results.meta["groups"] == {"female": "Female", "male": "Male"}
    assert results["female.median"].estimate == 6
    assert results["male.median"].estimate == 4  # flat at one half from 3 to 5
    assert results["female.prob_5m"].estimate == pytest.approx(3 / 4)
    assert results["male.prob_5m"].estimate == pytest.approx(1 / 4)
    assert [results[f"{sex}.n"].estimate for sex in (FEMALE, MALE)] == [4, 4]
    assert [results[f"{sex}.n"].n for sex in (FEMALE, MALE)] == [8, 8]


def test_log_rank_of_two_groups(eight):
    """Expected deaths of women: 4/8 + 4/7 + 3/6 + 2/4 + 2/3 + 1."""
    test = estimate_survival(eight, set_id="os.sex", by="sex")["logrank"]
    expected = 4 / 8 + 4 / 7 + 3 / 6 + 2 / 4 + 2 / 3 + 1
    variance = 1 / 4 + 12 / 49 + 1 / 4 + 1 / 4 + 2 / 9
    statistic = (3 - expected) ** 2 / variance
    assert test.statistic == pytest.approx(statistic)
    assert test.p_value == pytest.approx(chi_square_tail(statistic, 1))
    assert (test.df, test.n, test.events) == (1, 8, 6)
    by_hand, _ = log_rank_by_hand(EIGHT["os_months"], EIGHT["dead"], EIGHT["sex"])
    assert by_hand == pytest.approx(statistic)


def test_hazard_ratio_is_against_the_reference_of_the_dictionary(eight):
    results = estimate_survival(eight, set_id="os.sex", by="sex")
    ratios = [result.id for result in results if result.kind == "hazard_ratio"]
    assert ratios == ["os.sex.male_vs_female.hr"]
    made = results[ratios[0]]
    ratio, error, _ = fit_ratio_by_hand(
        EIGHT["os_months"], EIGHT["dead"], [sex == MALE for sex in EIGHT["sex"]]
    )
    assert ratio > 1  # men die first
    assert made.estimate == pytest.approx(ratio, rel=1e-6)
    assert made.ci_lower == pytest.approx(ratio * math.exp(-Z * error), rel=1e-5)
    assert made.ci_upper == pytest.approx(ratio * math.exp(Z * error), rel=1e-5)
    assert made.p_value == pytest.approx(
        math.erfc(abs(math.log(ratio)) / error / math.sqrt(2)), rel=1e-5
    )
    assert made.label == "Male against Female"


def test_three_groups_in_the_order_of_the_dictionary_and_an_empty_level():
    columns = {
        "os_months": [9, 7, 5, 6, 4, 2, 3, 1, 8],
        "dead": [1, 0, 1, 1, 1, 1, 0, 1, 1],
        "failure_type": ["progression"] * 3 + ["no_response"] * 3 + ["loss_hi"] * 3,
    }
    results = estimate_survival(make_cohort(**columns), set_id="os", by="failure_type")
    assert list(results.meta["groups"]) == ["no_response", "loss_hi", "progression"]
    assert not [result.id for result in results if "intolerance" in result.id]
    assert not [result.id for result in results if result.kind == "hazard_ratio"]
    statistic, df = log_rank_by_hand(*columns.values())
    assert results["logrank"].statistic == pytest.approx(statistic)
    assert (results["logrank"].df, df) == (2, 2)
    assert results["logrank"].p_value == pytest.approx(chi_square_tail(statistic, 2))
    assert set(results.frames["at_risk"]["group"]) == set(results.meta["groups"])


def test_tied_deaths():
    columns = {
        "os_months": [1, 1, 2, 2, 1, 2, 3, 3],
        "dead": [1, 1, 1, 0, 1, 1, 0, 1],
        "sex": [FEMALE] * 4 + [MALE] * 4,
    }
    test = estimate_survival(make_cohort(**columns), set_id="os", by="sex")["logrank"]
    statistic, _ = log_rank_by_hand(*columns.values())
    assert test.statistic == pytest.approx(statistic)


def test_one_level_only_is_a_group_without_comparison():
    cohort = make_cohort(os_months=[1, 2], dead=[1, 1], sex=[FEMALE, FEMALE])
    results = estimate_survival(cohort, set_id="os", by="sex", horizons_months=[1])
    assert list(results.results) == ["os.female.n", "os.female.median", "os.female.prob_1m"]


def test_a_subset_is_named_and_is_all_that_counts(eight):
    results = estimate_survival(eight, set_id="os", where={"sex": [MALE]})
    assert results.meta["population"] == "Sex: Male"
    assert results["overall.n"].estimate == 4
    assert results["overall.median"].estimate == 4


def test_median_not_reached_is_a_value_of_its_own():
    cohort = make_cohort(os_months=[1, 2, 3, 4], dead=[1, 0, 0, 0])
    median = estimate_survival(cohort, set_id="os")["overall.median"]
    assert (median.status, median.estimate, median.ci_upper) == ("not_reached", None, None)
    assert (median.n, median.events) == (4, 1)


def test_a_horizon_that_nobody_reached_says_so():
    cohort = make_cohort(os_months=[1, 2, 3, 4], dead=[1, 1, 1, 0])
    results = estimate_survival(cohort, set_id="os", horizons_months=[4, 12])
    assert results["overall.prob_4m"].estimate == pytest.approx(1 / 4)
    late = results["overall.prob_12m"]
    assert (late.status, late.estimate) == ("not_computable", None)
    assert late.reason == "nobody was followed for 12 months"


def test_survival_stays_zero_after_the_last_death(eight):
    late = estimate_survival(eight, set_id="os", horizons_months=[60])["overall.prob_60m"]
    assert (late.status, late.estimate) == ("estimated", 0.0)


def test_nobody_died():
    cohort = make_cohort(os_months=[1, 2, 3, 4], dead=[0] * 4, sex=[FEMALE, MALE] * 2)
    results = estimate_survival(cohort, set_id="os", by="sex", horizons_months=[2])
    assert results.is_computable
    assert [results[f"{sex}.median"].status for sex in (FEMALE, MALE)] == ["not_reached"] * 2
    assert results["male.prob_2m"].estimate == 1.0
    assert results["logrank"].status == "not_computable"
    assert "0 events in 2 groups" in results["logrank"].reason
    assert results["male_vs_female.hr"].status == "not_computable"


def test_groups_that_are_never_at_risk_together_keep_their_curves():
    cohort = make_cohort(os_months=[1, 1, 5, 6], dead=[0, 0, 1, 1], sex=[FEMALE] * 2 + [MALE] * 2)
    results = estimate_survival(cohort, set_id="os", by="sex")
    assert results["male.median"].estimate == 5.5
    assert results["logrank"].status == "not_computable"
    assert "at risk together" in results["logrank"].reason


def test_a_group_without_deaths_has_no_hazard_ratio_but_a_test():
    columns = {"os_months": [1, 2, 3, 9, 9, 9], "dead": [1, 1, 1, 0, 0, 0]}
    cohort = make_cohort(**columns, sex=[FEMALE] * 3 + [MALE] * 3)
    results = estimate_survival(cohort, set_id="os", by="sex")
    ratio = results["male_vs_female.hr"]
    assert (ratio.status, ratio.estimate, ratio.ci_upper) == ("not_computable", None, None)
    assert "separated by the event" in ratio.reason
    statistic, _ = log_rank_by_hand(*columns.values(), [FEMALE] * 3 + [MALE] * 3)
    assert results["logrank"].statistic == pytest.approx(statistic)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"by": "tp53"}, "(tp53)"),
        ({"by": "progression"}, "failure_type"),
        ({"where": {"len_6m": ["yes"]}}, "len_start_date"),
        ({"endpoint": "os_len"}, "len_start_date"),
        ({"endpoint": "os_dx", "by": "sex"}, "diagnosis_date"),
    ],
)
def test_what_the_data_lack_is_named(eight, options, named):
    results = estimate_survival(eight, set_id="os.x", title="Survival", **options)
    assert not results.is_computable
    assert (results.id, dict(results.results), results.meta["title"]) == ("os.x", {}, "Survival")
    assert named in results.reason


def test_an_omitted_analysis_without_a_title_is_called_by_what_it_is_about(eight):
    assert estimate_survival(eight, set_id="os.x", by="tp53").meta["title"] == "TP53 mutation"
    omitted = estimate_survival(eight, set_id="os.x", endpoint="os_dx")
    assert omitted.meta["title"] == "Overall survival"


def test_a_subset_of_nobody_is_omitted():
    cohort = make_cohort(os_months=[1, 2], dead=[1, 1], sex=[FEMALE, FEMALE])
    results = estimate_survival(cohort, set_id="os", where={"sex": [MALE]})
    assert results.reason == "no patient is left of Sex: Male"


def test_groups_known_of_nobody_in_the_subset_are_omitted():
    cohort = make_cohort(os_months=[1, 2], dead=[1, 1], sex=[FEMALE, MALE], tp53=[None, "mutated"])
    results = estimate_survival(cohort, set_id="os", by="tp53", where={"sex": [FEMALE]})
    assert "TP53 mutation" in results.reason


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"by": "shoe_size"}, "factor must be one of .* but was 'shoe_size'"),
        ({"by": "age_years"}, "factor must be one of .* but was 'age_years'"),
        ({"where": {"shoe_size": ["9"]}}, "but was 'shoe_size'"),
        ({"where": {"sex": ["men"]}}, "level of sex must be one of female, male, but was 'men'"),
        ({"median_interval": "exact"}, "interval must be"),
        ({"conf_level": 95}, "conf_level must be"),
        ({"horizons_months": [-1]}, "time_months must be zero or later"),
    ],
)
def test_a_mistake_of_the_caller_is_an_error(eight, options, words):
    with pytest.raises(ParameterError, match=words):
        estimate_survival(eight, set_id="os", **options)


def test_other_origins_of_time():
    cohort = make_cohort(
        os_months=[1, 2, 3],
        dead=[1, 1, 1],
        len_duration_months=[10, 20, 30],
        diagnosis_to_failure_months=[100, 200, 300],
    )
    from_len = estimate_survival(cohort, set_id="a", endpoint="os_len")
    assert from_len["overall.median"].estimate == 22
    assert from_len.meta["time_label"] == "Months since lenalidomide initiation"
    from_diagnosis = estimate_survival(cohort, set_id="b", endpoint="os_dx")
    assert from_diagnosis["overall.median"].estimate == 202


def test_twelve_patients():
    """Deaths at 1, 2, ... 12: the curve is one half from 6 to 7."""
    cohort = make_cohort(os_months=range(1, 13), dead=[1] * 12)
    results = estimate_survival(cohort, set_id="os", horizons_months=[3, 12])
    assert results["overall.median"].estimate == 6.5
    assert results["overall.prob_3m"].estimate == pytest.approx(9 / 12)
    assert results["overall.prob_12m"].estimate == 0


@given(time=st.integers(0, 40), dead=st.integers(0, 1), count=st.integers(1, 3))
@settings(max_examples=25, deadline=None)
def test_patients_of_unknown_group_change_nothing_but_their_number(time, dead, count):
    columns = EIGHT
    for _ in range(count):
        columns = append(columns, os_months=time, dead=dead)
    before = estimate_survival(make_cohort(**EIGHT), set_id="os", by="sex")
    after = estimate_survival(make_cohort(**columns), set_id="os", by="sex")
    assert [result.to_record() for result in after] == [r.to_record() for r in before]
    assert (before.meta["missing"], after.meta["missing"]) == (0, count)
