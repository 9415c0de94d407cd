"""Tables, sentences and words of figures on treatments and robustness, of made sets."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from made_sets import median, ratio

from helpers import narrative, tables
from helpers.figures import plot_forest, plot_specifications
from helpers.results import Result, ResultSet


def read_rows(block):
    return [[cell.text for cell in row] for row in block.rows]


def find_row(block, head):
    return next(row for row in read_rows(block) if row[0] == head)


@pytest.fixture
def immortal():
    rows = [
        ("allo_vs_other", "Transplantation against others", "failure", "after_failure", True,
         "switch", "Transplantation", "Time to transplantation"),
        ("hma_vs_bsc", "HMA against BSC", "failure", "after_failure", True, "no_dates", "HMA",
         "Time to first treatment"),
        ("allo_timing", "Timing", "failure", "after_failure", True, "no_switch", "", ""),
        ("sex", "Sex", "failure", "diagnosis", False, "none_needed", "Male", ""),
    ]  # fmt: skip
    names = ["factor", "label", "time_zero", "known_at", "is_immortal", "remedy", "group", "needs"]
    stages = {"failure": "failure", "after_failure": "after failure", "diagnosis": "diagnosis"}
    frames = {"rows": pd.DataFrame(rows, columns=names)}
    return ResultSet.collect("immortal", [], frames=frames, meta={"stages": stages})


def test_immortal_time_is_tabulated_with_its_remedy(immortal):
    block = tables.make_immortal_table(immortal)
    assert read_rows(block) == [
        ["Transplantation against others", "Failure", "After failure",
         "Transplantation from failure on", "Landmarks and a time-varying group, shown"],
        ["HMA against BSC", "Failure", "After failure", "HMA from failure on",
         "Not possible: time to first treatment is not in the data"],
        ["Timing", "Failure", "After failure", "Each group from failure on",
         "Not possible: no time is declared at which patients join"],
        ["Sex", "Failure", "Diagnosis", "Nothing: settled by then", "Not needed"],
    ]  # fmt: skip


def make_ways(set_id, ways, extra=()):
    results = [
        ratio(f"{set_id}.{key}.hr", *numbers, label=label)
        for key, (label, *numbers) in ways.items()
    ]
    terms = [
        {"factor": key, "factor_label": label, "level": "hr", "level_label": label,
         "result_id": f"{set_id}.{key}.hr", "is_reference": False}
        for key, (label, *_) in ways.items()
    ]  # fmt: skip
    return [*results, *extra], {"terms": pd.DataFrame(terms)}


@pytest.fixture
def switched():
    ways = {
        "naive": ("Naive: ever against never", 0.60, 0.40, 0.90, 0.01, 100, 60),
        "landmark_6m": ("Landmark at 6 months", 0.95, 0.55, 1.64, 0.85, 80, 41),
        "time_varying": ("Time-varying", 1.10, 0.70, 1.73, 0.68, 100, 60),
    }
    extra = [
        Result(id="switch.x.mantel_byar", kind="test", p_value=0.67, statistic=0.2, df=1,
               method="Mantel-Byar"),
        Result(id="switch.x.immortal", kind="statistic", estimate=148.0, n=30, unit="months",
               quantities={"share": 0.19}),
        median("switch.x.before.median", 24.0, 18.0, 36.0, 100, 40),
        median("switch.x.after.median", 45.0, 24.0, None, 30, 20),
    ]  # fmt: skip
    results, frames = make_ways("switch.x", ways, extra)
    meta = {"title": "Transplantation, without immortal time", "factor_label": "Transplantation",
            "groups": {"before": "Not yet", "after": "Since then"}, "event_noun": "death",
            "endpoint_label": "Overall survival", "row_label": "Estimate"}  # fmt: skip
    return ResultSet.collect("switch.x", results, frames=frames, meta=meta)


def test_switching_is_told_from_the_naive_to_the_time_varying_estimate(switched):
    assert narrative.describe_switching(switched).markdown == (
        "To be counted under transplantation a patient had to live until it began: 30 patients "
        "did, and 148 months of their follow-up (19%) had passed before; a naive comparison counts "
        "this immortal time in the group's favour. Naively, ever against never, HR 0.60, 95% CI "
        "0.40–0.90, p = 0.010. Among those alive at a landmark, grouped by what had happened: "
        "landmark at 6 months, HR 0.95, 95% CI 0.55–1.64 (80 patients). With the group as a "
        "covariate that changes in time, HR 1.10, 95% CI 0.70–1.73, p = 0.68 (Mantel-Byar test, "
        "p = 0.67). Without immortal time no clear association remains."
    )


def test_patients_left_out_for_what_came_later_are_told(switched):
    meta = {**switched.meta, "n_unknown": 160, "n_undated": 1}
    told = narrative.describe_switching(
        ResultSet("switch.x", switched.results, switched.frames, meta)
    ).markdown
    assert (
        "160 patients whose group is not known were left out; since that too is settled later, "
        "the patients compared are a selection. Left out: 1 patient without a date of it."
    ) in told


def test_the_table_of_switching_names_its_test(switched):
    block = tables.make_switch_table(switched)
    assert find_row(block, "Landmark at 6 months") == [
        "Landmark at 6 months", "80", "–", "41", "0.95 [0.55–1.64]", "0.85",
    ]  # fmt: skip
    assert find_row(block, "Test without immortal time")[-1] == "0.67"
    assert block.notes == {"a": "Mantel-Byar test."}


def test_the_curves_name_the_test_and_no_kaplan_meier(switched):
    text = narrative.caption_switching(switched)
    assert text.title == "Transplantation, without immortal time: overall survival by time in it."
    assert text.caption.endswith("Mantel-Byar test: p = 0.67.")
    assert text.alt.startswith("Simon-Makuch curves of overall survival")
    assert "Kaplan" not in text.caption + text.alt


@pytest.fixture
def weighted():
    ways = {
        "crude": ("Unadjusted", 0.53, 0.34, 0.82, 0.004, 169, 82),
        "iptw": ("Inverse probability of treatment weights", 0.80, 0.52, 1.23, 0.31, 169, 82),
    }
    results, frames = make_ways("weighted.x", ways)
    results[1] = Result(
        **{
            **results[1].to_record(),
            "quantities": {"bootstrap_lower": 0.49, "bootstrap_upper": 1.3},
        }
    )
    results.append(
        Result(id="weighted.x.detectable_hr", kind="statistic", estimate=1.86,
               quantities={"alpha": 0.05, "power": 0.8})
    )  # fmt: skip
    frames["balance"] = pd.DataFrame(
        {"label": ["Age", "RAEB-1"], "smd_before": [-0.034, 0.541], "smd_iptw": [0.01, 0.12],
         "smd_overlap": [0.0, 0.0], "smd_after": [0.01, 0.12]}
    )  # fmt: skip
    meta = {"title": "HMA against BSC", "groups": {"bsc": "BSC", "hma": "HMA"},
            "n_replicates": 300, "seed": 7, "event_noun": "death"}  # fmt: skip
    return ResultSet.collect("weighted.x", results, frames=frames, meta=meta)


def test_a_weighted_comparison_without_a_clear_effect_says_what_it_could_have_found(weighted):
    assert narrative.describe_weighting(weighted).markdown == (
        "Inverse probability weights reduced the largest standardised difference from 0.54 to "
        "0.12, which is above 0.1. HMA against BSC: unadjusted, HR 0.53, 95% CI "
        "0.34–0.82, p = 0.004; weighted by inverse probability, HR 0.80, 95% CI 0.52–1.23, "
        "p = 0.31 (bootstrap 0.49 to 1.30). With these events a hazard ratio beyond 1.86 or 0.54 "
        "would have been found with a power of 80%."
    )


def test_bootstrap_intervals_stand_beside_the_robust_ones(weighted):
    block = tables.make_weighting_table(weighted)
    assert find_row(block, "Unadjusted")[4] == "–"
    assert find_row(block, "Inverse probability of treatment weights") == [
        "Inverse probability of treatment weights", "169", "82", "0.80 [0.52–1.23]", "0.49–1.30",
        "0.31",
    ]  # fmt: skip
    assert "300 bootstrap samples" in block.notes["a"]


def test_a_comparison_of_too_many_patients_says_why_it_has_no_bootstrap(weighted):
    large = replace(weighted, meta={**weighted.meta, "n_replicates": 0, "most_resampled": 20_000})
    assert tables.make_weighting_table(large).notes["a"] == (
        "No bootstrap was made: samples are drawn of at most 20,000 patients, as many as the "
        "parameter bootstrap_replicates says."
    )


def test_balance_is_printed_with_its_sign(weighted):
    block = tables.make_balance_table(weighted)
    assert read_rows(block) == [
        ["Age", "−0.03", "0.01", "0.00"],
        ["RAEB-1", "0.54", "0.12", "0.00"],
    ]


def test_a_target_trial_marks_what_is_not_emulated():
    rows = pd.DataFrame(
        [("Assignment", "At random.", "By choice.", False), ("Outcome", "OS.", "OS.", True)],
        columns=["element", "protocol", "emulation", "is_emulated"],
    )
    block = tables.make_target_trial_table(ResultSet.collect("t", [], frames={"rows": rows}))
    assert [row[2].notes for row in block.rows] == [("a",), ()]
    assert block.notes == {"a": "Not emulated, or only in part."}


@pytest.fixture
def stability():
    rows = pd.DataFrame(
        [("age", "Age", 0.98, True), ("sex", "Sex", 0.12, False)],
        columns=["factor", "label", "frequency", "is_selected"],
    )
    worth = [
        Result(id="s.c", kind="statistic", estimate=0.596,
               quantities={"apparent": 0.624, "optimism": 0.028}),
        Result(id="s.slope", kind="statistic", estimate=0.81),
    ]  # fmt: skip
    meta = {"n_replicates": 100, "n_models": 37, "seed": 1, "title": "Selection repeated"}
    return ResultSet.collect("s", worth, frames={"rows": rows}, meta=meta)


def test_stability_is_told_with_what_the_model_is_worth(stability):
    assert narrative.describe_stability(stability).markdown == (
        "Screening and selection, repeated in 100 bootstrap samples, ended in 37 different "
        "models. The factors of the model here were selected in: age (98%). Harrell's C falls "
        "from 0.62 to 0.60 when corrected for optimism. The calibration slope to be expected in "
        "new patients is 0.81; below 1, predictions are too extreme."
    )
    assert read_rows(tables.make_stability_table(stability)) == [
        ["Age", "Yes", "98%"],
        ["Sex", "No", "12%"],
    ]


def test_restricted_means_of_a_model_come_first_only_where_hazards_cross():
    clean = ResultSet.collect("h", [], meta={"alpha": 0.05})
    assert narrative.describe_restricted_means(clean).markdown == (
        "No factor's hazards departed from proportionality at the 5% level, so that the hazard "
        "ratios stand without restricted means."
    )
    found = Result(
        id="h.sex.male.rmst_difference", kind="restricted_mean", label="Male against Female",
        population="Sex", estimate=3.2, ci_lower=1.2, ci_upper=5.2, conf_level=0.95, p_value=0.002,
        unit="months", quantities={"horizon_months": 60.0},
    )  # fmt: skip
    meta = {"alpha": 0.05, "endpoint_label": "Overall survival"}
    assert narrative.describe_restricted_means(
        ResultSet.collect("h", [found], meta=meta)
    ).markdown == (
        "The hazards are not proportional for sex, so that restricted means, which need no such "
        "assumption, come before the hazard ratios. Up to 60 months, mean overall survival was "
        "3.2 months longer for male than for female (95% CI 1.2 to 5.2, p = 0.002). These "
        "differences are not adjusted for the other factors."
    )


def test_missing_values_stand_by_group_and_no_centre_is_named():
    counts = [
        Result(id="m.tp53.a", kind="count", label="TP53", estimate=3, n=12),
        Result(id="m.tp53.b", kind="count", label="TP53", estimate=0, n=8),
        Result(id="m.tp53.centres", kind="statistic", label="TP53", estimate=2,
               quantities={"n_centres": 4.0, "lowest": 0.0, "highest": 0.5}),
    ]  # fmt: skip
    frames = {"rows": pd.DataFrame({"variable": ["tp53"], "label": ["TP53"]})}
    meta = {"groups": {"a": "Arm A", "b": "Arm B"}, "group_sizes": {"a": 12, "b": 8}}
    block = tables.make_missing_pattern_table(
        ResultSet.collect("m", counts, frames=frames, meta=meta)
    )
    assert [cell.text for cell in block.header[0]][1:3] == ["Arm A (n = 12)", "Arm B (n = 8)"]
    assert read_rows(block) == [["TP53", "3/12 (25%)", "0/8 (0%)", "2 of 4; 0% to 50%"]]


def test_a_forest_of_subgroups_prints_the_test_in_the_factor_s_row():
    results = [
        ratio("g.overall.hr", 0.5, 0.3, 0.8, 0.01, 100, 60, label="All"),
        ratio("g.sex.female.hr", 0.7, 0.4, 1.2, None, 60, 40, label="Female"),
        ratio("g.sex.male.hr", 0.2, 0.1, 0.6, None, 40, 20, label="Male"),
        Result(id="g.sex.interaction", kind="test", p_value=0.042, statistic=4.1, df=1),
    ]
    levels = [("overall", "All patients", "All patients", "g.overall.hr"),
              ("sex", "Sex", "Female", "g.sex.female.hr"),
              ("sex", "Sex", "Male", "g.sex.male.hr")]  # fmt: skip
    terms = pd.DataFrame(
        [{"factor": f, "factor_label": fl, "level": "hr", "level_label": ll, "result_id": rid,
          "is_reference": False} for f, fl, ll, rid in levels]
    )  # fmt: skip
    axes = plot_forest(ResultSet.collect("g", results, frames={"terms": terms}))
    printed = {(text.get_text(), round(text.get_position()[1])) for text in axes.texts}
    assert ("p of interaction", -1) in printed
    assert ("0.04", 1) in printed  # the row of the factor, after the one of all patients
    assert not [text for text, row in printed if row in {2, 3} and text in {"–", "NA", "0.04"}]


def test_choices_are_drawn_and_told_in_words():
    table = pd.DataFrame(
        {"age_cut_years": [75.0, 70.0], "estimate": [1.6, 1.3], "ci_lower": [1.2, 1.0],
         "ci_upper": [2.1, 1.7], "p_value": [0.001, 0.05]}
    ).sort_values("estimate")  # fmt: skip
    influence = pd.DataFrame(
        [{"choice": "age_cut_years", "base": "75", "value": "70", "ratio": 0.8125, "lowest": 0.8,
          "highest": 0.82, "n_pairs": 1}]
    )  # fmt: skip
    whole = Result(id="v.all", kind="statistic", estimate=1.45, quantities={
        "n_specifications": 2.0, "n_estimated": 2.0, "lowest": 1.3, "highest": 1.6,
        "share_above_1": 1.0, "share_significant": 0.5})  # fmt: skip
    results = ResultSet.collect(
        "v", [whole], frames={"specifications": table, "influence": influence},
        meta={"choices": {"age_cut_years": ["75", "70"]}, "contrast": "Age: older",
              "words": {"age_cut_years": "cut of age, years"}},
    )  # fmt: skip
    axes = plot_specifications(results)
    below = axes.get_figure().axes[1]
    assert [label.get_text() for label in below.get_yticklabels()] == [
        "Cut of age, years", "75", "70",
    ]  # fmt: skip
    told = narrative.describe_multiverse(results).markdown
    assert "all else equal: cut of age, years 70 instead of 75 (factor 0.81)." in told
    assert read_rows(tables.make_influence_table(results))[0][:2] == [
        "Cut of age, years", "70 instead of 75",
    ]  # fmt: skip


def test_ratios_that_hang_on_one_centre_are_named_as_within_a_sentence():
    ranges = {
        "failure_type.intolerance": ("Type of failure: Intolerance", 0.9, 1.2),
        "response.yes": ("Response: Yes", 0.8, 1.1),
        "age_75.yes": ("Age: 75 years or older", 1.3, 1.6),
    }
    results = ResultSet.collect(
        "centres",
        [
            Result(
                id=f"centres.{key}.left_out", kind="summary", label=label,
                quantities={"lowest": low, "highest": high},
            )
            for key, (label, low, high) in ranges.items()
        ],
        frames={"terms": pd.DataFrame({"result_id": [], "factor_label": []})},
        meta={"n_centres": 15},
    )  # fmt: skip
    assert narrative.describe_centres(results).markdown == (
        "The patients came from 15 centres. When the centres are left out one by one, the hazard "
        "ratios of type of failure: intolerance and response change their sides of 1."
    )
