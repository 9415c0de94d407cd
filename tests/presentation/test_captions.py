"""Captions and alternative texts are made from the numbers."""

from made_sets import (
    make_aml,
    make_availability,
    make_failure,
    make_flow,
    make_model,
    make_overall,
    make_tp53,
)

from helpers import narrative


def test_caption_of_survival():
    text = narrative.caption_survival(make_failure())
    assert text.id == "figure.os_failure"
    assert text.title == "Overall survival by type of lenalidomide failure."
    assert text.slot == "main"
    assert "pointwise 95% CI (shaded)" in text.caption
    assert (
        "intervals: log-log method for the curves and SPSS method for the medians" in text.caption
    )
    assert text.caption.endswith("The groups differed (log-rank test, p < 0.001).")
    assert text.abbreviations["NR"] == "not reached"


def test_alternative_text_gives_medians_and_description_the_course():
    text = narrative.caption_survival(make_tp53(), slot="supplement")
    assert text.slot == "supplement"
    assert text.alt == (
        "Kaplan-Meier curves of overall survival against months since lenalidomide failure. "
        "Median: mutated not reached (95% CI 10 to not reached); wild type 1 month "
        "(95% CI 1 to not reached)."
    )
    assert text.description == (
        "Mutated: starts with 7 patients at risk, 57% (95% CI 17–84) at 12 months; ends at 57% "
        "after 55 months. Wild type: starts with 32 patients at risk, 59% (95% CI 40–74) at 12 "
        "months; ends at 38% after 64 months."
    )


def test_nothing_is_not_reached_where_all_is():
    assert "NR" not in narrative.caption_survival(make_overall()).abbreviations


def test_captions_are_plain_text():
    model = make_model()
    model.frames["terms"].loc[:, "factor_label"] = "a*b"
    assert "a*b" in narrative.caption_forest(model).alt


def test_caption_of_incidence_names_both_estimators():
    text = narrative.caption_incidence(make_aml())
    assert "Solid: Aalen-Johansen estimate" in text.caption
    assert "Dotted: 1 - Kaplan-Meier" in text.caption
    assert "was 30% (95% CI 25–35) at 24 months" in text.alt


def test_caption_of_forest_plot():
    text = narrative.caption_forest(make_model())
    assert text.id == "figure.cox_full_forest"
    assert text.alt == (
        "Forest plot of five hazard ratios with intervals. The interval excludes 1 for age 75 "
        "years or older and type of failure: progression."
    )
    assert "Response to LEN: HR 1.04, 95% CI 0.64–1.70, p = 0.86." in text.description


def test_other_captions():
    assert narrative.caption_flow(make_flow()).alt == (
        "Flow diagram of eligibility. Of 452 patients screened, 392 (87%) were included."
    )
    missing = narrative.caption_missingness(make_availability())
    assert missing.id == "figure.availability_missing"
    assert "TP53: 353 of 392 patients (90%) missing" in missing.description
    assert narrative.caption_ph(make_model()).id == "figure.cox_full_ph"
