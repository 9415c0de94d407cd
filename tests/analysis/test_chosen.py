"""Comparisons that the parameters ask for: subset, landmark, adjustment, what to beware of."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from helpers.analysis.chosen import estimate_chosen, fit_chosen, title_chosen
from helpers.analysis.chosen_patients import Comparison, count_left_out, start_at_landmark
from helpers.analysis.models import fit_survival_model
from helpers.analysis.survival import estimate_survival
from helpers.analysis.switching import estimate_switch_effect
from helpers.cohort import read_cohort
from helpers.comparisons import record_comparison
from helpers.display import Section
from helpers.narrative.chosen import describe_chosen
from helpers.params import read_params_file
from helpers.results import Result
from helpers.tables.chosen import make_chosen_table

ADJUST = ("adverse_karyotype", "raeb")


@pytest.fixture(scope="module")
def cohort():
    return read_cohort("synthetic")


def estimate(cohort, **entry):
    return estimate_chosen(cohort, set_id="chosen.1", comparison=entry)


def fit(cohort, *, adjusted=True, **entry):
    return fit_chosen(cohort, set_id="chosen.1_x", comparison=entry, adjusted=adjusted)


def test_an_entry_survives_the_way_to_a_comparison_and_back():
    entry = {
        "by": "sex",
        "endpoint": "os_len",
        "where": {"len_6m": ["yes"]},
        "landmark_months": 3.0,
        "adjust": ["age_75"],
    }
    assert Comparison.read(entry).to_entry() == entry
    assert Comparison.read({"by": "sex", "endpoint": "os"}).to_entry() == {"by": "sex"}


def test_groups_and_subset_are_those_of_the_report(cohort):
    """The comparison of the report by type of failure after long exposure, asked for anew."""
    reported = estimate_survival(
        cohort, set_id="os.len6m", by="failure_type", where={"len_6m": ["yes"]}
    )
    asked = estimate(cohort, by="failure_type", where={"len_6m": ["yes"]})
    assert len(asked.results) == len(reported.results) > 15
    for own, other in zip(asked, reported, strict=True):
        assert own.id.removeprefix("chosen.1") == other.id.removeprefix("os.len6m")
        assert replace(own, id=other.id) == other


def test_models_are_those_of_the_report(cohort):
    reported = fit_survival_model(cohort, set_id="m", factors=["age_75", *ADJUST])
    asked = fit(cohort, by="age_75", adjust=list(ADJUST))
    assert asked["age_75.yes"].estimate == reported["age_75.yes"].estimate
    alone = fit(cohort, adjusted=False, by="age_75", adjust=list(ADJUST))
    contrast = estimate(cohort, by="age_75")["yes_vs_no.hr"]
    assert alone["age_75.yes"].estimate == contrast.estimate


@pytest.mark.parametrize("landmark", [3, 6, 12])
def test_a_landmark_is_that_of_the_comparison_without_immortal_time(cohort, landmark):
    """Two ways through the code: this one moves the table, that one the outcome."""
    switched = estimate_switch_effect(
        cohort, set_id="s", group="hma_vs_bsc", landmarks_months=[landmark]
    )
    asked = fit(cohort, adjusted=False, by="hma_vs_bsc", landmark_months=landmark)
    reported = switched[f"landmark_{landmark}m.hr"]
    found = asked["hma_vs_bsc.hma"]
    assert found.estimate == pytest.approx(reported.estimate, rel=1e-9)
    assert found.ci_upper == pytest.approx(reported.ci_upper, rel=1e-9)
    assert found.n == reported.quantities["n_exposed"]
    assert asked["model"].n == reported.n


def test_patients_leave_at_the_landmark_and_time_begins_there(cohort):
    moved = start_at_landmark(cohort, Comparison(by="sex", landmark_months=12))
    kept = cohort.table.loc[cohort.table["os_months"] > 12]
    assert len(moved.table) == len(kept) < len(cohort.table)
    np.testing.assert_allclose(moved.table["os_months"], kept["os_months"] - 12)
    assert (moved.table["os_event"] == kept["os_event"]).all()
    assert cohort.table["os_months"].min() < 12


def test_a_landmark_settles_who_has_joined(cohort):
    chosen = Comparison(by="allo_vs_other", landmark_months=6)
    moved = start_at_landmark(cohort, chosen).table
    before = cohort.table.loc[moved.index]
    late = (before["allo_vs_other"] == "yes") & (before["transplant_months"] > 6)
    assert late.sum() > 3
    assert (moved.loc[late, "allo_vs_other"] == "no").all()
    in_time = (before["allo_vs_other"] == "yes") & (before["transplant_months"] <= 6)
    assert (moved.loc[in_time, "allo_vs_other"] == "yes").all()


def test_what_to_beware_of_is_told(cohort):
    assert estimate(cohort, by="sex").meta["cautions"] == []
    (lived,) = estimate(cohort, by="sex", endpoint="os_len").meta["cautions"]
    assert lived == (
        "Every patient lived until lenalidomide failure, so that the time before it counts as "
        "survived by all."
    )
    _, late = estimate(cohort, endpoint="os_len", where={"len_6m": ["yes"]}).meta["cautions"]
    assert late.startswith("The subset is chosen by what is known only after time zero (Duration")
    assert estimate(cohort, by="hma_vs_bsc").meta["is_immortal"]
    assert not estimate(cohort, by="hma_vs_bsc", landmark_months=6).meta["is_immortal"]
    assert estimate(cohort, by="first_treatment", landmark_months=6).meta["is_immortal"]


def test_the_axis_names_the_landmark(cohort):
    made = estimate(cohort, by="sex", landmark_months=6)
    assert made.meta["time_label"] == (
        "Months since the landmark, 6 months after lenalidomide failure"
    )
    assert title_chosen(cohort, Comparison(by="ipss", landmark_months=6)) == (
        "Overall survival after lenalidomide failure by IPSS; landmark at 6 months"
    )


def test_nobody_left_is_one_sentence(cohort):
    made = estimate(cohort, by="sex", landmark_months=500)
    assert made.reason == "nobody was under observation after 500 months."
    assert not fit(cohort, by="sex", landmark_months=500).is_computable


def test_groups_of_one_level_have_no_ratio(cohort):
    entry = {"by": "len_6m", "where": {"len_6m": ["yes"]}, "adjust": ["sex"]}
    assert fit(cohort, **entry).reason == "Duration of LEN has one level only."
    told = describe_chosen(estimate(cohort, **entry), fit(cohort, **entry))
    assert told.markdown.endswith(
        "No hazard ratio could be estimated: duration of LEN has one level only."
    )


def test_table_and_sentence_say_the_same(cohort):
    entry = {"by": "age_75", "adjust": list(ADJUST)}
    survival, crude = estimate(cohort, **entry), fit(cohort, adjusted=False, **entry)
    adjusted = fit(cohort, **entry)
    table = make_chosen_table(survival, crude, adjusted)
    cells = [[cell.text for cell in row] for row in table.rows]
    assert [cell.text for cell in table.header[0]] == [
        *("Age", "Patients", "Deaths", "Median, months (95% CI)"),
        *("HR (95% CI)", "p value", "Adjusted HR (95% CI)", "p value"),
    ]
    old = cells[1]
    assert old[0] == "75 years or older"
    assert old[1] == str((cohort.table["age_years"] >= 75).sum())
    ratio = adjusted["age_75.yes"]
    assert old[6].startswith(f"{ratio.estimate:.2f} [{ratio.ci_lower:.2f}")
    told = describe_chosen(survival, crude, adjusted).markdown
    assert (
        "Adjusted for adverse karyotype (IPSS) and RAEB-1 (WHO): HR of 75 years or older against "
        f"below 75 years {ratio.estimate:.2f}, 95% CI {ratio.ci_lower:.2f}–{ratio.ci_upper:.2f}"
    ) in told
    assert "Adjusted for Adverse karyotype (IPSS) and RAEB-1 (WHO); 392 patients" in str(
        table.notes
    )


@pytest.mark.parametrize("rule", ["redact-7-round-5", "midpoint-6"])
def test_small_groups_are_protected(cohort, rule):
    params = read_params_file("params/paper.yml")
    section = Section("explore", cohort, disclosure=rule)
    made = record_comparison(
        section,
        cohort,
        {"by": "tp53", "adjust": ["sex"]},
        set_id="chosen.1",
        survival_options=params.survival_options,
        model_options=params.model_options,
    )
    sets = (made.survival, *made.models)
    about: list[Result] = [one for kept in sets for one in kept if ".mutated" in one.id]
    assert len(about) >= 3
    assert all(one.estimate is None for one in about)
    assert not {(one.n, one.events) for one in about} & {(7, 5), (7, None), (None, 5)}


def test_what_a_comparison_leaves_out_is_counted(cohort):
    table = cohort.table
    gone = table.loc[table["os_months"] <= 1]
    by_sex = gone.groupby("sex")
    expected = [len(gone), gone["os_event"].sum()]
    expected += [count for _, rows in by_sex for count in (len(rows), rows["os_event"].sum())]
    assert count_left_out(cohort, {"by": "sex", "landmark_months": 1}) == expected
    assert count_left_out(cohort, {"by": "sex"}) == [0, 0]
    allo = {"by": "allo_vs_other", "landmark_months": 6}
    late = (table["allo_vs_other"] == "yes") & (table["transplant_months"] > 6)
    undated = (table["allo_vs_other"] == "yes") & table["transplant_months"].isna()
    stays = table["os_months"] > 6
    assert count_left_out(cohort, allo)[-1] == ((late | undated) & stays).sum()


@pytest.mark.parametrize("rule", ["redact-7-round-5", "midpoint-6"])
def test_a_subset_of_nearly_all_is_withheld(cohort, rule):
    """The difference from the comparison of all patients would be a small number of them."""
    params = read_params_file("params/paper.yml")
    entry = {"by": "sex", "landmark_months": 0.2}
    assert 0 < count_left_out(cohort, entry)[0] <= 7
    options = {
        "survival_options": params.survival_options,
        "model_options": params.model_options,
        "set_id": "chosen.1",
    }
    made = record_comparison(Section("e", cohort, disclosure=rule), cohort, entry, **options)
    assert made.survival.reason.startswith("it leaves out so few patients or events")
    assert made.models == ()
    shown = record_comparison(Section("e", cohort), cohort, entry, **options)
    assert shown.survival.is_computable
