"""Comparisons of treatments against R's survival, glm and mice, and against published examples."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from reference_files import read_data, read_reference
from treatment_cases import COVARIATES, INTERACTIONS, STANDARDISED, flag, read_colon, read_hearts

from helpers.errors import ParameterError, StatisticsError
from helpers.stats.cox import fit_cox
from helpers.stats.design import Factor, build_design
from helpers.stats.interaction import compare_effects
from helpers.stats.landmark import select_landmark
from helpers.stats.outcome import check_survival_outcome
from helpers.stats.rubin import pool_estimates
from helpers.stats.survival import estimate_kaplan_meier, estimate_survival_at
from helpers.stats.treatment.balance import compare_balance
from helpers.stats.treatment.propensity import fit_propensity, weight_by_propensity
from helpers.stats.treatment.sensitivity import (
    compute_e_value,
    find_detectable_by_error,
    find_detectable_hazard_ratio,
)
from helpers.stats.treatment.standardised import (
    estimate_baseline_hazard,
    standardise_survival,
)
from helpers.stats.treatment.switching import (
    compare_switched,
    estimate_simon_makuch,
    split_at_switch,
)

R = read_reference("treatment")


@pytest.fixture(scope="module")
def colon():
    return read_colon()


@pytest.fixture(scope="module")
def propensity(colon):
    return fit_propensity(build_design(colon, COVARIATES), colon["treated"])


class TestStanfordHearts:
    def test_records_are_those_of_r(self):
        records = split_at_switch(*read_hearts())
        heart = read_data("heart")
        ours = pd.DataFrame(
            {
                "start": records.outcome.entry_months,
                "stop": records.outcome.time_months,
                "event": records.outcome.event.astype(int),
                "transplant": records.exposed.astype(int),
            }
        )
        columns = list(ours)
        assert_allclose(
            ours.sort_values(columns).to_numpy(float),
            heart[columns].sort_values(columns).to_numpy(float),
        )
        assert records.n_switched == int(heart["transplant"].sum())

    def test_time_varying_hazard_ratio(self):
        records = split_at_switch(*read_hearts())
        fit = fit_cox(records.outcome, flag(records.exposed))
        answer = R["switching"]["time_varying"]
        assert_allclose(fit.coefficients[0], answer["coefficient"], rtol=1e-6)
        assert_allclose(fit.std_errors[0], answer["std_error"], rtol=1e-6)

    def test_mantel_byar_is_the_exact_score_test(self):
        test = compare_switched(split_at_switch(*read_hearts()))
        assert_allclose(test.statistic, R["switching"]["mantel_byar"], rtol=1e-8)
        assert (test.method, test.df) == ("Mantel-Byar", 1)

    @pytest.mark.parametrize(("side", "name"), [(False, "before"), (True, "after")])
    def test_simon_makuch_curves(self, side, name):
        curve = estimate_simon_makuch(split_at_switch(*read_hearts()))[side]
        answer = R["switching"][name]
        frame = pd.DataFrame(
            {
                "time": curve.time_months,
                "at_risk": curve.n_at_risk,
                "survival": curve.survival,
                "lower": curve.ci_lower,
                "upper": curve.ci_upper,
            }
        ).set_index("time")
        known = frame.loc[answer["time"]]
        assert_allclose(known["at_risk"], answer["at_risk"])
        assert_allclose(known["survival"], answer["survival"], rtol=1e-10)
        for limit in ("lower", "upper"):
            theirs = np.array(answer[limit], float)
            sure = np.isfinite(theirs) & (np.array(answer["survival"]) < 1)
            assert_allclose(known[limit].to_numpy()[sure], theirs[sure], rtol=1e-8)

    def test_the_naive_estimate_is_another_one(self):
        outcome, switch = read_hearts()
        fit = fit_cox(outcome, flag(~np.isnan(switch)))
        assert_allclose(fit.coefficients[0], R["switching"]["naive"]["coefficient"], rtol=1e-6)
        assert fit.coefficients[0] < R["switching"]["time_varying"]["coefficient"] - 1

    @pytest.mark.parametrize("answer", R["switching"]["landmarks"], ids=lambda one: str(one["at"]))
    def test_landmark_estimates(self, answer):
        outcome, switch = read_hearts()
        left = select_landmark(outcome, answer["at"])
        joined = switch[left.kept] <= answer["at"]
        fit = fit_cox(left.outcome, flag(joined))
        assert (left.outcome.n_subjects, int(joined.sum())) == (answer["n"], answer["joined"])
        assert fit.n_events == answer["events"]
        assert_allclose(fit.coefficients[0], answer["coefficient"], rtol=1e-6)
        assert_allclose(fit.std_errors[0], answer["std_error"], rtol=1e-6)


class TestSplitAtSwitch:
    def test_edges_of_follow_up(self):
        """At time zero, at the last moment, after it, never; and a patient without time."""
        outcome = check_survival_outcome([4, 4, 4, 4, 0], [1, 1, 0, 1, 1])
        records = split_at_switch(outcome, [0, 4, 9, np.nan, np.nan])
        assert records.patient.tolist() == [1, 2, 3, 0]
        assert records.exposed.tolist() == [False, False, False, True]
        assert records.outcome.entry_months.tolist() == [0, 0, 0, 0]
        assert records.outcome.event.tolist() == [True, False, True, True]
        assert (records.n_switched, records.n_without_time) == (1, 1)

    @given(
        st.lists(
            st.tuples(
                st.integers(0, 30),
                st.booleans(),
                st.one_of(st.none(), st.integers(0, 40)),
            ),
            min_size=1,
            max_size=40,
        ).filter(lambda rows: any(time for time, _, _ in rows))
    )
    def test_time_and_events_are_kept(self, rows):
        times, events, switches = zip(*rows, strict=True)
        outcome = check_survival_outcome(times, np.array(events, bool))
        records = split_at_switch(outcome, np.array(switches, float))
        spent = records.outcome.time_months - records.outcome.entry_months
        assert (spent > 0).all()
        assert spent.sum() == sum(times)
        assert records.outcome.n_events == sum(e for t, e, _ in rows if t > 0)

    @pytest.mark.parametrize("switch", [[-1.0, 2.0], [np.inf, 1.0]])
    def test_refuses_times_that_are_none(self, switch):
        outcome = check_survival_outcome([3, 4], [1, 0])
        with pytest.raises(StatisticsError, match="switch_months must be zero or later"):
            split_at_switch(outcome, switch)

    def test_refuses_late_entry(self):
        outcome = check_survival_outcome([3, 4], [1, 0], entry=[1, 0])
        with pytest.raises(StatisticsError, match="without late entry"):
            split_at_switch(outcome, [1.0, np.nan])

    def test_nobody_joined_leaves_one_curve_and_no_test(self):
        records = split_at_switch(check_survival_outcome([3, 4], [1, 0]), [np.nan, np.nan])
        assert set(estimate_simon_makuch(records)) == {False}
        with pytest.raises(StatisticsError, match="at least 2 levels"):
            compare_switched(records)


class TestPropensity:
    def test_logistic_model(self, propensity):
        answer = R["propensity"]
        ours = [propensity.intercept, *propensity.coefficients]
        assert_allclose(ours, answer["coefficients"], rtol=1e-7, atol=1e-10)
        assert_allclose(propensity.std_errors, answer["std_errors"][1:], rtol=1e-6)
        assert_allclose(propensity.c_statistic, answer["concordance"], rtol=1e-12)
        assert_allclose(propensity.scores.mean(), answer["score"]["mean"], rtol=1e-10)
        assert_allclose(propensity.scores.max(), answer["score"]["largest"], rtol=1e-8)

    @pytest.mark.parametrize("name", ["iptw", "att", "overlap", "iptw_truncated"])
    def test_weights_and_what_they_weigh(self, colon, propensity, name):
        kind, _, cut = name.partition("_")
        made = weight_by_propensity(propensity, kind=kind, truncate=(0.01, 0.99) if cut else None)
        answer = R["propensity"]["weighted"][name]
        outcome = check_survival_outcome(colon["time"], colon["status"], weights=made.weights)
        fit = fit_cox(outcome, flag(colon["treated"]), robust=True)
        assert_allclose(made.weights.sum(), answer["weights_sum"], rtol=1e-8)
        sizes = [made.effective_size[False], made.effective_size[True]]
        assert_allclose(sizes, answer["effective"], rtol=1e-8)
        assert_allclose(fit.coefficients[0], answer["coefficient"], rtol=1e-6)
        assert_allclose(fit.std_errors[0], answer["std_error"], rtol=1e-6)
        seen = []
        for group in (0, 1):
            rows = (colon["treated"] == group).to_numpy()
            curve = estimate_kaplan_meier(outcome.select(rows))
            seen += [estimate_survival_at(curve, t).estimate for t in (365, 1096, 1826)]
        assert_allclose(seen, answer["survival"], rtol=1e-8)
        balance = compare_balance(
            build_design(colon, COVARIATES), colon["treated"], weights=made.weights
        )
        assert_allclose(balance["smd"], answer["smd"], rtol=1e-6, atol=1e-9)

    def test_limits_of_truncation(self, propensity):
        made = weight_by_propensity(propensity, truncate=(0.01, 0.99))
        assert_allclose(made.truncation, R["propensity"]["limits"], rtol=1e-8)
        assert made.n_truncated == np.count_nonzero(
            weight_by_propensity(propensity).weights != made.weights
        )
        assert made.n_truncated > 0

    def test_balance_before_weighting(self, colon):
        balance = compare_balance(build_design(colon, COVARIATES), colon["treated"])
        assert_allclose(balance["smd"], R["propensity"]["smd"], rtol=1e-9)
        assert np.isnan(balance["variance_ratio"][1])  # sex is 0 or 1
        assert balance["variance_ratio"][0] > 0

    def test_overlap_weights_balance_means_exactly(self, colon, propensity):
        made = weight_by_propensity(propensity, kind="overlap")
        balance = compare_balance(
            build_design(colon, COVARIATES), colon["treated"], weights=made.weights
        )
        assert_allclose(balance["smd"], 0, atol=1e-9)

    def test_refuses_groups_without_overlap(self):
        design = flag([0, 0, 0, 1, 1, 1], "x")
        with pytest.raises(StatisticsError, match="must overlap"):
            fit_propensity(design, [0, 0, 0, 1, 1, 1])

    def test_refuses_one_group_and_idle_covariates(self):
        with pytest.raises(StatisticsError, match="both 0 and 1"):
            fit_propensity(flag([0, 1, 1], "x"), [1, 1, 1])
        frame = pd.DataFrame({"x": [0, 1, 1, 0], "again": [0, 1, 1, 0]})
        with pytest.raises(StatisticsError, match="not repeat each other"):
            fit_propensity(build_design(frame, [Factor("x"), Factor("again")]), [0, 1, 0, 1])
        with pytest.raises(StatisticsError, match="both 0 and 1"):
            compare_balance(flag([0, 1, 1], "x"), [1, 1, 1])
        with pytest.raises(StatisticsError, match="two patients or more"):
            compare_balance(flag([0, 1, 1], "x"), [1, 1, 0])

    def test_refuses_unknown_weights(self, propensity):
        with pytest.raises(ParameterError, match="kind must be one of iptw, att, overlap"):
            weight_by_propensity(propensity, kind="ate")
        with pytest.raises(ParameterError, match="truncate must be two fractions"):
            weight_by_propensity(propensity, truncate=(0.9, 0.1))


class TestStandardisedSurvival:
    @pytest.mark.parametrize("ties", ["efron", "breslow"])
    def test_against_the_mean_of_r_curves(self, colon, ties):
        outcome = check_survival_outcome(colon["time"], colon["status"])
        fit = fit_cox(outcome, build_design(colon, STANDARDISED), ties=ties)
        answer = R["standardised"][ties]
        at = np.array(answer["at"], float)
        for group, name in ((0, "untreated"), (1, "treated")):
            assert_allclose(
                standardise_survival(fit, "treated", group, at), answer[name], rtol=1e-7
            )
        times, hazard = estimate_baseline_hazard(fit)
        reached = hazard[np.searchsorted(times, at, side="right") - 1]
        assert_allclose(reached, answer["hazard"], rtol=1e-6)

    def test_refuses_what_the_model_lacks(self, colon):
        outcome = check_survival_outcome(colon["time"], colon["status"])
        fit = fit_cox(outcome, build_design(colon, [Factor("treated", (0, 1))]))
        with pytest.raises(StatisticsError, match="must be in the model"):
            standardise_survival(fit, "treated", 2, np.array([1.0]))
        stratified = fit_cox(
            outcome, build_design(colon, [Factor("treated", (0, 1))]), strata=colon["sex"]
        )
        with pytest.raises(StatisticsError, match="one stratum"):
            estimate_baseline_hazard(stratified)


class TestInteraction:
    @pytest.mark.parametrize(("name", "factor"), INTERACTIONS.items())
    def test_likelihood_ratio(self, colon, name, factor):
        outcome = check_survival_outcome(colon["time"], colon["status"])
        design = build_design(colon, [Factor("treated", (0, 1)), factor])
        test = compare_effects(outcome, design, "treated", name)
        answer = R["interactions"][name]
        assert_allclose(test.statistic, answer["statistic"], rtol=1e-6)
        assert test.df == answer["df"]

    def test_refuses_what_is_not_there_and_what_says_nothing(self, colon):
        outcome = check_survival_outcome(colon["time"], colon["status"])
        design = build_design(colon, [Factor("treated", (0, 1)), Factor("sex", (0, 1))])
        with pytest.raises(StatisticsError, match="factors must be in the design"):
            compare_effects(outcome, design, "treated", "age")
        few = check_survival_outcome([1, 2, 3, 4], [1, 1, 1, 1])
        frame = pd.DataFrame({"a": [0, 0, 1, 1], "b": [0, 1, 0, 0]})
        with pytest.raises(StatisticsError, match="occur together"):
            compare_effects(few, build_design(frame, [Factor("a"), Factor("b")]), "a", "b")


class TestSensitivity:
    def test_published_e_values(self):
        """VanderWeele and Ding's examples: a rare and a common outcome."""
        rare = compute_e_value(3.9, 1.8, 8.7, common=False)
        assert (round(rare.estimate, 1), round(rare.limit, 1)) == (7.3, 3.0)
        common = compute_e_value(0.56, 0.46, 0.69, common=True)
        ratio = (1 - 0.5 ** np.sqrt(0.56)) / (1 - 0.5 ** np.sqrt(1 / 0.56))
        assert_allclose(common.estimate, 1 / ratio + np.sqrt(1 / ratio * (1 / ratio - 1)))

    def test_an_interval_that_holds_1_needs_no_confounder(self):
        assert compute_e_value(1.2, 0.9, 1.6, common=True).limit == 1.0

    def test_refuses_limits_out_of_order(self):
        with pytest.raises(ParameterError, match="within its limits"):
            compute_e_value(1.2, 1.3, 1.6, common=True)

    def test_schoenfeld_both_ways(self):
        """The events that the formula asks for a ratio of 1.5 detect that ratio."""
        n_events = (1.959964 + 0.841621) ** 2 / (np.log(1.5) ** 2 * 0.25)
        assert find_detectable_hazard_ratio(round(n_events), 0.5) == pytest.approx(1.5, abs=2e-3)

    def test_a_model_s_own_error_in_place_of_events(self, colon):
        """A Cox model of one group: its information is near events x share x (1 - share)."""
        outcome = check_survival_outcome(colon["time"], colon["status"])
        fit = fit_cox(outcome, flag(colon["treated"]))
        by_error = find_detectable_by_error(float(fit.std_errors[0]))
        by_events = find_detectable_hazard_ratio(outcome.n_events, colon["treated"].mean())
        assert by_error == pytest.approx(by_events, rel=0.02)
        z = np.log(by_error) / fit.std_errors[0]
        assert z == pytest.approx(1.959963985 + 0.841621234, abs=1e-8)

    @pytest.mark.parametrize("given", [0.0, -1.0, np.inf])
    def test_refuses_an_error_that_is_none(self, given):
        with pytest.raises(ParameterError, match="std_error must be positive"):
            find_detectable_by_error(given)

    @pytest.mark.parametrize(
        ("given", "words"),
        [((0, 0.5), "n_events must be 1"), ((10, 1.0), "share must be between 0 and 1")],
    )
    def test_refuses_what_cannot_be(self, given, words):
        with pytest.raises(ParameterError, match=words):
            find_detectable_hazard_ratio(*given)


class TestRubin:
    @pytest.mark.parametrize("which", [0, 1])
    def test_against_mice(self, which):
        answer = R["rubin"]
        complete = [np.inf, answer["complete_df"]][which]
        pooled = pool_estimates(answer["estimates"], answer["variances"], complete_df=complete)
        for i, one in enumerate(answer["pooled"][which]):
            assert_allclose(pooled.estimate[i], one["estimate"], rtol=1e-12)
            assert_allclose(pooled.std_error[i] ** 2, one["variance"], rtol=1e-12)
            assert_allclose(pooled.df[i], one["df"], rtol=1e-10)
            assert_allclose(pooled.missing_information[i], one["fmi"], rtol=1e-10)

    def test_intervals_are_student_s(self):
        pooled = pool_estimates([[1.0], [1.2], [1.1]], [[0.04]] * 3)
        share = (4 / 3 * 0.01) / (0.04 + 4 / 3 * 0.01)
        assert_allclose(pooled.df, 2 / share**2)
        assert pooled.ci_lower[0] < 1.1 - 1.96 * pooled.std_error[0]

    @pytest.mark.parametrize(
        ("estimates", "variances", "words"),
        [
            ([[1.0]], [[1.0]], "two or more imputed"),
            ([[1.0], [2.0]], [[1.0]], "same shape"),
            ([[1.0], [2.0]], [[1.0], [0.0]], "variances positive"),
        ],
    )
    def test_refuses(self, estimates, variances, words):
        with pytest.raises(StatisticsError, match=words):
            pool_estimates(estimates, variances)
