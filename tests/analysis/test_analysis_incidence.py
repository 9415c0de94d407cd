"""Incidence of AML with deaths competing, against fractions worked by hand."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from small_cohorts import FEMALE, MALE, append, make_cohort

from helpers.analysis.incidence import estimate_incidence, invert_curve
from helpers.errors import ParameterError

#: AML at 1, 3 and 6; deaths before AML at 2 and 5; one censored at 4.
SIX = {
    "time_to_aml_months": [1, None, 3, None, None, 6],
    "os_months": [9, 2, 10, 4, 5, 11],
    "dead": [1, 1, 0, 0, 1, 0],
    "sex": [FEMALE, MALE] * 3,
}


def take_curve(results, estimator):
    curve = results.frames["curve"]
    return curve[curve["estimator"] == estimator]


def test_cumulative_incidence_of_all():
    """Free of both: 5/6 after 1, 4/6 after 2, 3/6 after 3, 1/4 after 5."""
    results = estimate_incidence(make_cohort(**SIX), set_id="aml", horizons_months=[2, 4])
    direct = take_curve(results, "cumulative_incidence")
    assert direct["time_months"].to_list() == [0, 1, 2, 3, 4, 5, 6]
    expected = [0, 1 / 6, 1 / 6, 2 / 6, 2 / 6, 2 / 6, 7 / 12]
    assert direct["estimate"].to_list() == pytest.approx(expected)
    assert results["cumulative_incidence.overall.prob_2m"].estimate == pytest.approx(1 / 6)
    assert results["cumulative_incidence.overall.prob_4m"].estimate == pytest.approx(1 / 3)


def test_one_minus_kaplan_meier_is_larger_once_somebody_died():
    results = estimate_incidence(make_cohort(**SIX), set_id="aml", horizons_months=[1, 4])
    naive = take_curve(results, "one_minus_km")
    expected = [0, 1 / 6, 1 / 6, 3 / 8, 3 / 8, 3 / 8, 1]
    assert naive["estimate"].to_list() == pytest.approx(expected)
    for horizon, larger in ((1, False), (4, True)):
        direct = results[f"cumulative_incidence.overall.prob_{horizon}m"].estimate
        assert (results[f"one_minus_km.overall.prob_{horizon}m"].estimate > direct) is larger


def test_interval_of_one_minus_kaplan_meier_is_turned_over():
    """S(1) = 5/6 with Greenwood's variance of its log 1/(6 x 5)."""
    results = estimate_incidence(make_cohort(**SIX), set_id="aml", horizons_months=[1])
    made = results["one_minus_km.overall.prob_1m"]
    spread = math.exp(1.959963984540054 * math.sqrt(1 / 30) / -math.log(5 / 6))
    assert made.ci_lower == pytest.approx(1 - (5 / 6) ** (1 / spread))
    assert made.ci_upper == pytest.approx(1 - (5 / 6) ** spread)
    assert made.ci_lower < made.estimate < made.ci_upper


def test_counts_of_both_events():
    n = estimate_incidence(make_cohort(**SIX), set_id="aml")["overall.n"]
    assert (n.estimate, n.n, n.events, n.quantities["competing_events"]) == (6, 6, 3, 2)


def test_methods_are_named():
    results = estimate_incidence(make_cohort(**SIX), set_id="aml", horizons_months=[4])
    assert "Aalen-Johansen" in results["cumulative_incidence.overall.prob_4m"].method
    assert "deaths censored" in results["one_minus_km.overall.prob_4m"].method
    assert set(results.meta["estimators"]) == {"cumulative_incidence", "one_minus_km"}


def test_two_groups_are_compared_by_gray():
    results = estimate_incidence(make_cohort(**SIX), set_id="aml", by="sex", horizons_months=[3])
    # women: AML at 1, 3 and a death at 5; men: death at 2, censored at 4, AML at 6
    assert results["cumulative_incidence.female.prob_3m"].estimate == pytest.approx(2 / 3)
    assert results["cumulative_incidence.male.prob_3m"].estimate == 0
    assert (results["gray"].df, results["gray"].n) == (1, 6)
    assert 0 < results["gray"].p_value < 1
    assert list(results.meta["groups"]) == [FEMALE, MALE]


def test_numbers_at_risk_are_of_those_free_of_both():
    results = estimate_incidence(make_cohort(**SIX), set_id="aml", axis_step_months=3)
    at_risk = results.frames["at_risk"]
    assert at_risk["n_at_risk"].to_list() == [6, 4, 1]
    assert at_risk["n_events"].to_list() == [0, 2, 3]


def test_a_horizon_that_nobody_reached_says_so():
    censored_last = {**SIX, "time_to_aml_months": [1, None, 3, None, None, None]}
    results = estimate_incidence(make_cohort(**censored_last), set_id="a", horizons_months=[24])
    for estimator in ("cumulative_incidence", "one_minus_km"):
        late = results[f"{estimator}.overall.prob_24m"]
        assert (late.status, late.estimate) == ("not_computable", None)
        assert late.reason == "nobody was followed for 24 months"


def test_nobody_got_aml():
    columns = {**SIX, "time_to_aml_months": [None] * 6, "aml": [0] * 6}
    results = estimate_incidence(make_cohort(**columns), set_id="a", by="sex", horizons_months=[3])
    assert results["cumulative_incidence.male.prob_3m"].estimate == 0
    assert results["one_minus_km.male.prob_3m"].estimate == 0
    assert results["gray"].status == "not_computable"
    assert results["gray"].reason


def test_one_group_is_compared_with_nothing():
    columns = {**SIX, "sex": [MALE] * 6}
    results = estimate_incidence(make_cohort(**columns), set_id="aml", by="sex")
    assert "gray" not in results
    assert results["male.n"].estimate == 6


def test_patients_of_unknown_group_change_nothing_but_their_number():
    more = append(SIX, os_months=7, dead=1, time_to_aml_months=2)
    before = estimate_incidence(make_cohort(**SIX), set_id="aml", by="sex", horizons_months=[4])
    after = estimate_incidence(make_cohort(**more), set_id="aml", by="sex", horizons_months=[4])
    assert [result.to_record() for result in after] == [r.to_record() for r in before]
    assert (before.meta["missing"], after.meta["missing"]) == (0, 1)


def test_what_the_data_lack_is_named():
    cohort = make_cohort(os_months=[1, 2], dead=[1, 0])
    results = estimate_incidence(cohort, set_id="aml")
    assert "aml_date" in results.reason
    assert results.meta["title"] == "Incidence of acute myeloid leukaemia"
    with pytest.raises(ParameterError, match="but was 'shoe_size'"):
        estimate_incidence(make_cohort(**SIX), set_id="aml", by="shoe_size")


def test_a_curve_is_turned_over_with_its_limits():
    curve = pd.DataFrame({"estimate": [1.0, 0.75], "ci_lower": [1.0, 0.5], "ci_upper": [1.0, 0.9]})
    turned = invert_curve(curve)
    assert turned["estimate"].to_list() == [0.0, 0.25]
    assert turned["ci_lower"].to_list() == pytest.approx([0.0, 0.1])
    assert turned["ci_upper"].to_list() == [0.0, 0.5]
