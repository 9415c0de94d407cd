"""Models: hazard ratios from the score equation, who enters, and what cannot be estimated."""

from __future__ import annotations

import math

import pytest
from small_cohorts import EIGHT, FEMALE, MALE, Z, append, fit_ratio_by_hand, make_cohort

from helpers.analysis.cross_check import cross_check
from helpers.analysis.models import fit_incidence_model, fit_survival_model
from helpers.errors import ParameterError

IS_MAN = [sex == MALE for sex in EIGHT["sex"]]

#: AML at 1, 3, 4 and 6, deaths before AML at 2 and 5; nobody is censored before the last AML.
SIX = {
    "time_to_aml_months": [1, None, 3, 4, None, 6],
    "os_months": [9, 2, 10, 12, 5, 11],
    "dead": [1, 1, 0, 0, 1, 0],
    "sex": [FEMALE, FEMALE, MALE, FEMALE, MALE, MALE],
}
FIRST = [1, 2, 3, 4, 5, 6]
IS_AML = [1, 0, 1, 1, 0, 1]


@pytest.fixture(scope="module")
def eight():
    return make_cohort(**EIGHT)


def test_hazard_ratio_solves_the_score_equation(eight):
    results = fit_survival_model(eight, set_id="m", factors=["sex"])
    ratio, error, gain = fit_ratio_by_hand(EIGHT["os_months"], EIGHT["dead"], IS_MAN)
    man = results["sex.male"]
    assert man.estimate == pytest.approx(ratio, rel=1e-6)
    assert man.std_error == pytest.approx(error, rel=1e-5)
    assert man.ci_upper == pytest.approx(ratio * math.exp(Z * error), rel=1e-5)
    assert (man.n, man.events, man.label) == (4, 3, "Male")
    whole = results["model"]
    assert whole.statistic == pytest.approx(gain, rel=1e-6)
    assert whole.p_value == pytest.approx(math.erfc(math.sqrt(gain / 2)), rel=1e-5)
    assert (whole.n, whole.events, whole.df) == (8, 6, 1)


def test_reference_stands_in_the_table_as_one(eight):
    results = fit_survival_model(eight, set_id="m", factors=["sex"])
    woman = results["sex.female"]
    assert (woman.status, woman.estimate, woman.p_value) == ("reference", 1.0, None)
    assert (woman.n, woman.events) == (4, 3)
    terms = results.frames["terms"]
    assert terms["result_id"].to_list() == ["m.sex.female", "m.sex.male"]
    assert terms["is_reference"].to_list() == [True, False]


def test_medians_stand_beside_the_levels(eight):
    results = fit_survival_model(eight, set_id="m", factors=["sex"])
    assert results["sex.female.median"].estimate == 6
    assert results["sex.male.median"].estimate == 4


def test_wald_test_of_a_factor_of_two_levels_is_that_of_its_ratio(eight):
    results = fit_survival_model(eight, set_id="m", factors=["sex"])
    ratio, error, _ = fit_ratio_by_hand(EIGHT["os_months"], EIGHT["dead"], IS_MAN)
    assert results["sex.test"].statistic == pytest.approx((math.log(ratio) / error) ** 2, rel=1e-5)
    assert results["sex.test"].p_value == pytest.approx(results["sex.male"].p_value)


def test_proportionality_is_tested_for_each_factor_and_for_all(eight):
    results = fit_survival_model(eight, set_id="m", factors=["sex"])
    assert results["ph.sex"].label == "Sex"
    assert 0 < results["ph.sex"].p_value < 1
    assert results["ph.global"].p_value == pytest.approx(results["ph.sex"].p_value)


def test_ties_are_handled_as_asked():
    """Two deaths at 1, of a woman and a man among four: Breslow's score is solved by one."""
    cohort = make_cohort(os_months=[1, 2, 1, 3], dead=[1, 0, 1, 1], sex=[FEMALE] * 2 + [MALE] * 2)
    breslow = fit_survival_model(cohort, set_id="m", factors=["sex"], ties="breslow")
    efron = fit_survival_model(cohort, set_id="m", factors=["sex"], ties="efron")
    assert breslow["sex.male"].estimate == pytest.approx(1, abs=1e-6)
    assert "Breslow" in breslow["sex.male"].method
    # Efron's second term takes half of either who died: (1.5 r) of (1.5 r + 1.5), still one
    assert efron["sex.male"].estimate == pytest.approx(1, abs=1e-6)
    assert "Efron" in efron["model"].method
    with pytest.raises(ParameterError, match="ties"):
        fit_survival_model(cohort, set_id="m", factors=["sex"], ties="exact")


def test_a_factor_may_bear_another_name(eight):
    results = fit_survival_model(eight, set_id="m", factors=["sex"], rename={"sex": "treatment"})
    assert "m.treatment.male" in results
    assert not [result.id for result in results if ".sex" in result.id]
    assert set(results.frames["terms"]["factor"]) == {"treatment"}


def test_patients_without_a_covariate_are_counted_and_left_out(eight):
    more = make_cohort(**append(EIGHT, os_months=3.5, dead=1))
    before = fit_survival_model(eight, set_id="m", factors=["sex"])
    after = fit_survival_model(more, set_id="m", factors=["sex"])
    assert [result.to_record() for result in after] == [r.to_record() for r in before]
    assert (before.meta["missing"], after.meta["missing"]) == (0, 1)


def test_a_factor_that_cannot_enter_costs_no_patient():
    """One level only, known of one patient; and one that is known of nobody."""
    cohort = make_cohort(**EIGHT, tp53=["mutated"] + [None] * 7)
    results = fit_survival_model(cohort, set_id="m", factors=["tp53", "sex", "ipss"])
    assert results["model"].n == 8
    assert results.meta["missing"] == 0
    assert results.meta["left_out"] == ["IPSS is not known.", "TP53 mutation has one level only."]


def test_a_factor_constant_among_complete_cases_is_left_out():
    """TP53 is known of women only, so that sex does not vary where both are known."""
    cohort = make_cohort(**EIGHT, tp53=["mutated", "wildtype"] * 2 + [None] * 4)
    results = fit_survival_model(cohort, set_id="m", factors=["sex", "tp53"])
    assert results["model"].n == 4
    assert results.meta["left_out"] == ["Sex has one level only."]


def test_two_factors_are_adjusted_for_each_other():
    """Within each sex the older die first: age is not one, whatever sex is."""
    cohort = make_cohort(
        os_months=[1, 4, 2, 6, 5, 7, 3, 8],
        dead=[1] * 8,
        age_years=[80, 60, 60, 80, 80, 60, 60, 80],
        sex=[FEMALE, FEMALE, FEMALE, MALE, MALE, MALE, FEMALE, MALE],
        cuts={"age_cut_years": 70},
    )
    both = fit_survival_model(cohort, set_id="m", factors=["age_75", "sex"])
    swapped = fit_survival_model(cohort, set_id="m", factors=["sex", "age_75"])
    assert both["age_75.yes"].label == "70 years or older"
    assert both["age_75.yes"].estimate == pytest.approx(swapped["age_75.yes"].estimate)
    assert both["model"].df == 2
    assert list(swapped.frames["terms"]["factor"].unique()) == ["sex", "age_75"]


def test_levels_that_the_event_separates_have_firths_ratio():
    cohort = make_cohort(
        os_months=[1, 2, 3, 9, 9, 9], dead=[1, 1, 1, 0, 0, 0], sex=[FEMALE] * 3 + [MALE] * 3
    )
    results = fit_survival_model(cohort, set_id="m", factors=["sex"])
    male = results["sex.male"]
    assert "Firth's correction" in male.method
    assert 0 < male.ci_lower < male.estimate < male.ci_upper < 1.5
    assert (male.n, male.events) == (3, 0)
    assert not any("no finite estimate" in warning for warning in results.meta["warnings"])


def test_models_that_cannot_be_made_say_why(eight):
    absent = fit_survival_model(eight, set_id="m", factors=["tp53"], title="Model")
    assert absent.reason == "TP53 mutation is not known."
    assert absent.meta["title"] == "Model"
    assert fit_survival_model(eight, set_id="m", factors=[]).reason.startswith("no factor is off")
    nobody_died = make_cohort(**{**EIGHT, "dead": [0] * 8})
    assert "event" in fit_survival_model(nobody_died, set_id="m", factors=["sex"]).reason
    with pytest.raises(ParameterError, match="but was 'shoe_size'"):
        fit_survival_model(eight, set_id="m", factors=["sex", "shoe_size"])


def test_factors_formed_after_time_zero_are_named():
    cohort = make_cohort(**EIGHT, first_treatment=["hma", "bsc"] * 4)
    results = fit_survival_model(cohort, set_id="m", factors=["sex", "hma_vs_bsc"])
    assert results.meta["after_time_zero"] == ["HMA against BSC"]


def test_cause_specific_model_censors_the_dead():
    results = fit_incidence_model(make_cohort(**SIX), set_id="a", factors=["sex"])
    ratio, error, _ = fit_ratio_by_hand(FIRST, IS_AML, [sex == MALE for sex in SIX["sex"]])
    assert results["sex.male"].estimate == pytest.approx(ratio, rel=1e-6)
    assert results["sex.male"].std_error == pytest.approx(error, rel=1e-5)
    assert (results["model"].n, results["model"].events) == (6, 4)
    assert "a.ph.sex" in results


def test_fine_gray_model_keeps_the_dead_at_risk():
    """Without censoring the dead count as never progressing: their time is put last."""
    results = fit_incidence_model(
        make_cohort(**SIX), set_id="a", factors=["sex"], model="fine_gray"
    )
    for_ever = [99 if event == 0 else time for time, event in zip(FIRST, IS_AML, strict=True)]
    ratio, _, _ = fit_ratio_by_hand(for_ever, IS_AML, [sex == MALE for sex in SIX["sex"]])
    assert results["sex.male"].estimate == pytest.approx(ratio, rel=1e-5)
    assert "Fine-Gray" in results["sex.male"].method
    assert "a.ph.sex" not in results


def test_incidence_models_that_cannot_be_made_say_why(eight):
    assert "aml_date" in fit_incidence_model(eight, set_id="a", factors=["sex"]).reason
    nobody = make_cohort(**{**SIX, "time_to_aml_months": [None] * 6, "aml": [0] * 6})
    for model in ("cause_specific", "fine_gray"):
        results = fit_incidence_model(nobody, set_id="a", factors=["sex"], model=model)
        assert not results.is_computable
        assert results.reason


def test_second_computation_agrees(eight):
    results = cross_check(eight, factors=["sex"])
    assert results.meta["agrees"] is True
    assert [result.label for result in results][1].endswith(": Sex")
    assert all(result.estimate <= 1e-6 for result in results)
    assert results.meta["n"] == sum(result.n for result in results)


def test_an_omitted_analysis_keeps_the_id_and_title_it_has_by_default(eight):
    results = cross_check(eight, factors=["tp53"])
    assert not results.is_computable
    assert (results.id, results.meta["title"]) == ("check", "Second computation by lifelines")
