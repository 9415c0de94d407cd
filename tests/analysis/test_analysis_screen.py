"""The univariate screen and the way from it to a model."""

from __future__ import annotations

import pandas as pd
import pytest
from small_cohorts import (
    EIGHT,
    FEMALE,
    MALE,
    chi_square_tail,
    fit_ratio_by_hand,
    log_rank_by_hand,
    make_cohort,
)

from helpers.analysis.screen import screen_factors, screen_incidence
from helpers.analysis.selection import list_candidates, select_model
from helpers.cohort import read_cohort
from helpers.errors import ParameterError
from helpers.narrative import describe_selection
from helpers.results import Result, ResultSet
from helpers.tables import make_selection_table

#: Sex tells when patients die, IPSS does not.
TWELVE = {
    "os_months": range(1, 13),
    "dead": [1] * 12,
    "sex": [MALE] * 5 + [FEMALE, MALE] + [FEMALE] * 5,
    "ipss": ["low", "int1"] * 6,
}


@pytest.fixture(scope="module")
def twelve():
    return make_cohort(**TWELVE)


def test_each_factor_alone():
    results = screen_factors(make_cohort(**EIGHT), set_id="u", factors=["sex"])
    statistic, _ = log_rank_by_hand(*EIGHT.values())
    ratio, _, _ = fit_ratio_by_hand(
        EIGHT["os_months"], EIGHT["dead"], [sex == MALE for sex in EIGHT["sex"]]
    )
    assert results["sex.logrank"].statistic == pytest.approx(statistic)
    assert results["sex.logrank"].p_value == pytest.approx(chi_square_tail(statistic, 1))
    assert results["sex.male.hr"].estimate == pytest.approx(ratio, rel=1e-6)
    assert results["sex.female.hr"].status == "reference"
    medians = [results[f"sex.{sex}.median"].estimate for sex in (FEMALE, MALE)]
    assert medians == [6, 4]


def test_missing_values_are_counted_factor_by_factor():
    cohort = make_cohort(**EIGHT, ipss=["low", "int1", "low", "int1", "low", None, None, "int1"])
    results = screen_factors(cohort, set_id="u", factors=["sex", "ipss"])
    counted = [(results[f"{key}.logrank"].n, results[f"{key}.logrank"].missing)
               for key in ("sex", "ipss")]  # fmt: skip
    assert counted == [(8, 0), (6, 2)]
    assert results.meta["n"] == 8
    assert results.frames["factors"]["factor"].to_list() == ["sex", "sex", "ipss", "ipss"]


def test_factors_that_cannot_be_screened_are_named_and_leave_nothing():
    """Nobody is at risk with both levels of IPSS when somebody dies."""
    cohort = make_cohort(
        os_months=[1, 2, 3, 4, 5, 6],
        dead=[0, 0, 0, 1, 1, 1],
        sex=[FEMALE, MALE, FEMALE, MALE, FEMALE, MALE],
        ipss=["low"] * 3 + ["int1"] * 3,
    )
    results = screen_factors(cohort, set_id="u", factors=["ipss", "sex", "tp53"])
    assert [text.split(":")[0] for text in results.meta["left_out"]] == [
        "IPSS",
        "TP53 mutation is not known.",
    ]
    assert not [result.id for result in results if "ipss" in result.id or "tp53" in result.id]
    assert set(results.frames["factors"]["factor"]) == {"sex"}


def test_a_cut_is_told_with_the_highest_value_below_it():
    cohort = make_cohort(**EIGHT, age_years=[60, 61, 80, 81, 75, 74, 90, 50])
    results = screen_factors(cohort, set_id="u", factors=["age_75", "sex"], cuts={"age_75": 75.0})
    cut = results["age_75.cut"]
    assert (cut.estimate, cut.quantities["maximum"]) == (75, 74)
    assert "u.sex.cut" not in results


def test_a_screen_of_nothing_is_omitted(twelve):
    results = screen_factors(twelve, set_id="u", factors=["tp53"])
    assert "no factor of the screen" in results.reason
    assert results.meta["title"] == "Univariate analysis of overall survival"
    assert list_candidates(results, entry_p=0.15) == []
    with pytest.raises(ParameterError, match="but was 'shoe_size'"):
        screen_factors(twelve, set_id="u", factors=["shoe_size"])


def test_candidates_are_below_the_entry_level(twelve):
    screen = screen_factors(twelve, set_id="u", factors=["ipss", "sex"])
    values = {key: screen[f"{key}.logrank"].p_value for key in ("ipss", "sex")}
    for key in values:
        statistic, _ = log_rank_by_hand(TWELVE["os_months"], TWELVE["dead"], TWELVE[key])
        assert values[key] == pytest.approx(chi_square_tail(statistic, 1))
    assert values["sex"] < 0.01
    assert values["ipss"] > 0.5
    assert list_candidates(screen, entry_p=0.15) == ["sex"]
    assert list_candidates(screen, entry_p=1) == ["ipss", "sex"]
    assert list_candidates(screen, entry_p=values["sex"]) == []


def test_selection_enters_what_matters_and_stops(twelve):
    path = select_model(twelve, set_id="p", candidates=["ipss", "sex"])
    steps = path.frames["steps"]
    assert steps[["action", "factor", "factor_label"]].to_numpy().tolist() == [
        ["enter", "sex", "Sex"]
    ]
    assert path.meta["selected"] == ["sex"]
    assert path.meta["selected_labels"] == ["Sex"]
    # without ties the score test of one binary factor is the log-rank test
    statistic, _ = log_rank_by_hand(TWELVE["os_months"], TWELVE["dead"], TWELVE["sex"])
    assert path["1"].statistic == pytest.approx(statistic)
    assert (path["1"].n, path["1"].events, path["1"].label) == (12, 12, "enter Sex")


def test_backward_selection_removes_what_does_not(twelve):
    path = select_model(twelve, set_id="p", candidates=["ipss", "sex"], direction="backward")
    assert path.frames["steps"][["action", "factor"]].to_numpy().tolist() == [["remove", "ipss"]]
    assert path.meta["selected"] == ["sex"]


def test_no_selection_takes_all(twelve):
    path = select_model(twelve, set_id="p", candidates=["ipss", "sex"], direction="none")
    assert path.meta["selected"] == ["ipss", "sex"]
    assert path.frames["steps"].empty
    assert path.is_computable


def test_the_level_of_entry_decides(twelve):
    strict = select_model(twelve, set_id="p", candidates=["sex"], entry_p=1e-6, stay_p=1e-6)
    assert strict.meta["selected"] == []
    assert not strict.results


def test_without_candidates_there_is_no_selection(twelve):
    path = select_model(twelve, set_id="p", candidates=[])
    assert path.reason == "no factor of the univariate screen may enter the model"
    assert path.meta["title"] == "Path of the stepwise selection"
    with pytest.raises(ParameterError, match="direction"):
        select_model(twelve, set_id="p", candidates=["sex", "ipss"], direction="sideways")


def test_screen_of_aml_fits_each_factor_alone():
    columns = {
        "time_to_aml_months": [1, None, 3, 4, None, 6],
        "os_months": [9, 2, 10, 12, 5, 11],
        "dead": [1, 1, 0, 0, 1, 0],
        "sex": [FEMALE, FEMALE, MALE, FEMALE, MALE, MALE],
        "ipss": ["low", "int1", "int1", "low", "low", "int1"],
    }
    results = screen_incidence(make_cohort(**columns), set_id="a", factors=["sex", "tp53", "ipss"])
    for name, level in (("sex", MALE), ("ipss", "int1")):
        ratio, _, _ = fit_ratio_by_hand(
            [1, 2, 3, 4, 5, 6], [1, 0, 1, 1, 0, 1], [value == level for value in columns[name]]
        )
        assert results[f"{name}.{level}"].estimate == pytest.approx(ratio, rel=1e-5)
    assert results.meta["left_out"] == ["TP53 mutation is not known."]
    assert "a.model" not in results
    assert list(results.frames["terms"]["factor"].unique()) == ["sex", "ipss"]


def test_screen_of_aml_without_aml_is_omitted(twelve):
    assert "aml_date" in screen_incidence(twelve, set_id="a", factors=["sex"]).reason


def test_candidates_of_a_screen_keep_its_order():
    frame = screen_frame("b", "a", "c")
    screen = ResultSet.collect(
        "u",
        [
            Result(id=f"u.{name}.logrank", kind="test", p_value=p)
            for name, p in (("b", 0.0), ("a", 0.2), ("c", 0.149))
        ],
        frames={"factors": frame},
    )
    assert list_candidates(screen, entry_p=0.15) == ["b", "c"]


def screen_frame(*names: str) -> pd.DataFrame:
    return pd.DataFrame({"factor": [name for name in names for _ in (0, 1)]})


def test_without_a_rule_all_candidates_enter_together_and_none_failed():
    cohort = read_cohort("synthetic")
    path = select_model(cohort, set_id="cox.path", candidates=["age_75", "raeb"], direction="none")
    text = describe_selection(path).markdown
    assert text == (
        "No selection was made: two factors entered the model together: age and RAEB-1 (WHO)."
    )
    table = make_selection_table(path)
    assert [row[2].text for row in table.rows] == ["Age", "RAEB-1 (WHO)"]
    assert "tepwise" not in table.title
