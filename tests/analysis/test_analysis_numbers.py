"""Numbers as factors of models, and Firth's correction where a level separates."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from helpers.analysis.cross_check import cross_check
from helpers.analysis.models import fit_survival_model
from helpers.analysis.screen import screen_factors
from helpers.analysis.selection import list_candidates, select_model
from helpers.cohort import build_cohort, check_factor_names
from helpers.cohort.declarations import extend_dictionary
from helpers.cohort.dictionary import read_dictionary
from helpers.cohort.sources.raw_table import convert_to_text
from helpers.errors import FaultsError
from helpers.narrative import describe_model, describe_screen
from helpers.stats.cox import fit_cox
from helpers.stats.design import Factor, build_design
from helpers.stats.firth import fit_firth
from helpers.stats.outcome import SurvivalOutcome, check_survival_outcome
from helpers.tables import make_model_table, make_screen_table

DECLARED = {
    "variables": {
        "age_years": {"per": 10},
        "nodes": {"label": "Positive nodes", "type": "integer"},
        "arm": {"label": "Arm", "type": "category", "levels": {"a": "A", "b": "B"}},
    },
    "eligibility": [],
    "terms": {"disease": "breast cancer", "time_zero": "surgery"},
}


def make_table(n: int = 120, *, separated: bool = False) -> pd.DataFrame:
    rng = np.random.default_rng(20)
    age, nodes = rng.integers(40, 85, n), rng.integers(0, 12, n)
    arm = rng.choice(["a", "b"], n)
    time = rng.exponential(60 * np.exp(-0.03 * (age - 60) - 0.1 * nodes))
    dead = (time < 50).astype(int)
    if separated:
        dead[arm == "b"] = 0
    return pd.DataFrame(
        {
            "patient_id": [f"p{number}" for number in range(n)],
            "os_months": np.minimum(time, 50).round(3) + 0.01,
            "dead": dead,
            "age_years": age,
            "nodes": nodes,
            "arm": arm,
        }
    )


def make_outcome(frame: pd.DataFrame) -> SurvivalOutcome:
    return check_survival_outcome(frame["os_months"], frame["dead"] == 1)


def build(frame: pd.DataFrame):
    return build_cohort(convert_to_text(frame, name="own"), declarations=DECLARED)


def test_a_number_has_the_hazard_ratio_of_its_step():
    frame = make_table()
    fitted = fit_survival_model(build(frame), set_id="cox", factors=["age_years", "nodes", "arm"])
    outcome = make_outcome(frame)
    decades = frame.assign(age_years=frame["age_years"] / 10)
    factors = [Factor("age_years"), Factor("nodes"), Factor("arm", ("a", "b"))]
    expected = fit_cox(outcome, build_design(decades, factors))
    for position, name in enumerate(("age_years.slope", "nodes.slope", "arm.b")):
        result = fitted[name]
        assert result.estimate == pytest.approx(expected.hazard_ratios[position], rel=1e-9)
        assert result.ci_upper == pytest.approx(expected.ci_upper[position], rel=1e-9)
    assert fitted["age_years.slope"].n == 120
    texts = [row[0].text for row in make_model_table(fitted).rows]
    assert texts == ["Age, per 10 years", "Positive nodes, per unit", "Arm", "A", "B"]
    told = describe_model(fitted).markdown
    assert "age, per 10 years (HR" in told


def test_the_screen_tests_a_number_by_wald():
    cohort = build(make_table())
    screen = screen_factors(cohort, set_id="os.uni", factors=["arm", "age_years"])
    assert screen.find("age_years.logrank") is None
    test, ratio = screen["age_years.test"], screen["age_years.slope.hr"]
    assert test.p_value == pytest.approx(ratio.p_value, rel=1e-9)
    rows = make_screen_table(screen).rows
    assert [row[0].text for row in rows] == ["Arm", "A", "B", "Age, per 10 years"]
    assert rows[-1][-1].value == test.p_value
    assert "log-rank tests, Wald tests for numbers" in describe_screen(screen).markdown
    assert "age_years" in list_candidates(screen, entry_p=0.15)
    path = select_model(cohort, set_id="path", candidates=["age_years", "nodes"])
    assert path.meta["selected_labels"] == ["Age, per 10 years", "Positive nodes, per unit"]


def test_numbers_are_computed_again_by_lifelines():
    check = cross_check(build(make_table()), factors=["age_years", "arm"])
    assert check.meta["agrees"]


def test_a_level_without_events_gets_firths_estimate():
    frame = make_table(separated=True)
    fitted = fit_survival_model(build(frame), set_id="cox", factors=["arm", "age_years"])
    outcome = make_outcome(frame)
    decades = frame.assign(age_years=frame["age_years"] / 10)
    design = build_design(decades, [Factor("arm", ("a", "b")), Factor("age_years")])
    expected = fit_firth(outcome, design)
    result = fitted["arm.b"]
    assert 0 < result.estimate == pytest.approx(expected.hazard_ratios[0], rel=1e-6)
    assert result.ci_upper == pytest.approx(expected.ci_upper[0], rel=1e-6)
    assert "Firth's correction" in result.method
    assert "Firth's correction" in describe_model(fitted).markdown
    notes = " ".join(make_model_table(fitted).notes.values())
    assert notes.startswith("Penalised likelihood-ratio test, with Firth's correction")
    plain = fit_survival_model(build(make_table()), set_id="cox", factors=["arm"])
    assert "Firth" not in describe_model(plain).markdown


def test_outcomes_and_groups_are_told_from_numbers():
    lists = {
        "model_factors": ["age_years", "os_months"],
        "subgroup_factors": ["nodes"],
        "univariate_factors": ["centre"],
    }
    with pytest.raises(FaultsError) as caught:
        check_factor_names(lists, DECLARED)
    first, second, third = caught.value.faults
    assert first.startswith("model_factors: 'os_months' is not a number or factor")
    assert second.endswith("it is a number: declare groups of it under factors (bands or at_least)")
    assert third.endswith("declare it under variables as a category with its levels")


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"per": 0}, "variables.age_years.per must be a positive number, but was 0"),
        ({"per": "ten"}, "variables.age_years.per must be a positive number, but was 'ten'"),
    ],
)
def test_a_step_must_be_positive(entry, message):
    with pytest.raises(FaultsError) as caught:
        extend_dictionary(read_dictionary(), {"variables": {"age_years": entry}})
    assert message in caught.value.faults[0]
