import numpy as np
import pandas as pd
import pytest
from competing_data import CASES, CAUSES, read_competing
from reference_files import read_reference

from helpers.errors import ParameterError, StatisticsError
from helpers.stats.comparison import compare_survival
from helpers.stats.gray import compare_cumulative_incidence
from helpers.stats.outcome import check_competing_outcome, check_survival_outcome


def agrees(test, expected):
    assert test.statistic == pytest.approx(expected["stat"], rel=1e-9)
    # cuminc prints 1 - pchisq(), which loses the last digits of small p-values
    assert test.p_value == pytest.approx(expected["pv"], rel=1e-8, abs=3e-16)
    assert test.df == expected["df"]


@pytest.mark.parametrize(("name", "cause"), CASES)
@pytest.mark.parametrize("variant", ["gray", "gray_stratified", "gray_rho_1"])
def test_statistic_equals_cuminc(name, cause, variant):
    data = read_competing(name)
    options = {
        "gray": {},
        "gray_stratified": {"strata": data.strata},
        "gray_rho_1": {"rho": 1.0},
    }[variant]
    test = compare_cumulative_incidence(data.outcome, data.group, cause=CAUSES[cause], **options)
    agrees(test, read_reference("competing")[name][variant][cause])
    assert ("stratified" in test.method) == (variant == "gray_stratified")


def test_empty_arm_is_left_out_with_a_warning():
    data = read_competing("ties")
    group = pd.Series(pd.Categorical(data.group, categories=["a", "b", "c", "d"]))
    test = compare_cumulative_incidence(data.outcome, group, group_name="arm")
    agrees(test, read_reference("competing")["ties"]["gray_empty_arm"])
    assert test.groups == ("a", "b", "c")
    assert any("'d'" in warning for warning in test.warnings)


def test_observed_and_expected_by_hand():
    # At 1 three of each group count. At 3 one of a is left; its competing event at 2 took
    # S from 2/3 to 1/3 with F = 1/3: it counts 1 (1 - 1/3) / (1/3) = 2. All 3 of b count.
    outcome = check_competing_outcome([1, 2, 5, 3, 4, 6], [1, 2, 0, 1, 0, 0])
    test = compare_cumulative_incidence(outcome, ["a", "a", "a", "b", "b", "b"])
    assert test.observed == (1.0, 1.0)
    assert test.expected == pytest.approx((1 / 2 + 2 / 5, 1 / 2 + 3 / 5))
    assert test.n == (3, 3)


def test_without_competing_events_the_score_is_the_log_rank_score():
    rng = np.random.default_rng(4)
    time, event = rng.exponential(size=120), rng.integers(0, 2, 120)
    group = rng.integers(0, 3, 120)
    gray = compare_cumulative_incidence(check_competing_outcome(time, event), group)
    logrank = compare_survival(check_survival_outcome(time, event), group)
    np.testing.assert_allclose(gray.expected, logrank.expected, rtol=1e-12)
    assert gray.statistic == pytest.approx(logrank.statistic, rel=0.1)


def test_labels_and_order_of_patients_do_not_matter():
    data = read_competing("ties")
    test = compare_cumulative_incidence(data.outcome, data.group)
    order = np.random.default_rng(2).permutation(data.outcome.n_subjects)
    renamed = data.group.map({"a": "z", "b": "y", "c": "x"})
    other = compare_cumulative_incidence(
        data.outcome.select(order), renamed.iloc[order].reset_index(drop=True)
    )
    assert other.statistic == pytest.approx(test.statistic, rel=1e-10)
    assert other.observed == test.observed[::-1]


def test_missing_groups_are_counted_and_take_no_part():
    data = read_competing("ties")
    known = data.group != "c"
    partly = data.group.where(known)
    test = compare_cumulative_incidence(data.outcome, partly)
    alone = compare_cumulative_incidence(
        data.outcome.select(known.to_numpy()), data.group[known].reset_index(drop=True)
    )
    assert test.missing == int((~known).sum())
    assert test.statistic == pytest.approx(alone.statistic)


def test_a_stratum_without_events_adds_nothing():
    outcome = check_competing_outcome([1, 2, 3, 4, 5, 6, 7], [1, 2, 1, 1, 0, 0, 0])
    test = compare_cumulative_incidence(outcome, list("ababaab"), strata=list("xxxxxyy"))
    alone = compare_cumulative_incidence(outcome.select(np.arange(5)), list("ababa"))
    assert test.statistic == pytest.approx(alone.statistic)
    assert test.n == (4, 3)


def test_a_group_without_events_of_the_cause_is_named():
    outcome = check_competing_outcome([1, 2, 3, 4, 5, 6], [1, 1, 2, 1, 0, 2])
    test = compare_cumulative_incidence(outcome, list("aabbab"))
    assert test.observed == (2.0, 1.0)
    assert test.warnings == ()
    without = compare_cumulative_incidence(outcome.select(np.arange(6) != 3), list("aabab"))
    assert without.warnings == ("group 'b' has no event of cause 1",)


def test_one_group_is_refused():
    outcome = check_competing_outcome([1, 2, 3], [1, 0, 2])
    with pytest.raises(StatisticsError, match="arm must be a column of at least 2 levels"):
        compare_cumulative_incidence(outcome, ["a", "a", "a"], group_name="arm")


def test_groups_that_are_never_at_risk_together_are_refused():
    outcome = check_competing_outcome([1, 1, 5, 6], [0, 0, 1, 1])
    with pytest.raises(StatisticsError, match="without variance between them"):
        compare_cumulative_incidence(outcome, ["a", "a", "b", "b"])


def test_cause_without_events_and_bad_rho_are_refused():
    outcome = check_competing_outcome([1, 2, 3, 4], [2, 0, 2, 2])
    with pytest.raises(StatisticsError, match="at least one event, but was 1"):
        compare_cumulative_incidence(outcome, list("abab"))
    with pytest.raises(ParameterError, match="rho must be a finite number, but was nan"):
        compare_cumulative_incidence(outcome, list("abab"), cause=2, rho=float("nan"))
