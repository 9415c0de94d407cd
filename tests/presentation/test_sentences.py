"""Sentences adapt to the results."""

import pandas as pd
import pytest
from made_sets import (
    count,
    make_aml,
    make_availability,
    make_failure,
    make_flow,
    make_model,
    make_overall,
    make_path,
    make_screen,
    make_supp1,
    make_table1,
    make_tp53,
    make_treatments,
    median,
    ratio,
    record_test,
    reference,
    summary,
)

from helpers import narrative
from helpers.narrative.voice import speak
from helpers.results import Result, ResultSet


def test_survival_of_one_group():
    assert narrative.describe_survival(make_overall()).markdown == (
        "Among 392 patients, 222 deaths were observed. The median overall survival was 23 months "
        "(95% CI 20–27, SPSS method). The estimated probability of overall survival was 49% "
        "(95% CI 43–54, log-log method) at 24 months and 24% (95% CI 19–30) at 60 months."
    )


def test_survival_in_another_style():
    told = narrative.describe_survival(make_overall(), style="nejm-comma").markdown
    assert "was 23,0 months (95% CI, 20,0 to 27,0, SPSS method)" in told
    assert "24,0% (95% CI, 19,0 to 29,5) at 60 months" in told


def test_survival_of_groups_with_their_test():
    told = narrative.describe_survival(make_failure()).markdown
    assert told.startswith(
        "The median overall survival was 39 months (95% CI 27–51, SPSS method) for secondary loss "
        "of haematologic improvement (n = 152), 24 months (95% CI 14–34) for intolerance (n = 56), "
    )
    assert "11 months (95% CI 6 to not reached) for progression to RAEB-2 or AML (n = 43)" in told
    assert told.endswith("The groups differed (log-rank test, p < 0.001).")


def test_medians_not_reached_and_no_difference():
    told = narrative.describe_survival(make_tp53()).markdown
    assert "was not reached (95% CI 10 to not reached, SPSS method) for mutated (n = 7)" in told
    assert "and 1 month (95% CI 1 to not reached) for wild type (n = 32)" in told
    assert told.endswith(
        "There was no clear difference between the groups (log-rank test, p = 0.70; "
        "HR of mutated against wild type 0.80, 95% CI 0.30–2.10)."
    )


def make_two_groups(**meta):
    return ResultSet.collect(
        "os.x",
        [
            median("os.x.no.median", 17.0, 12.0, 22.0, 182, 112),
            median("os.x.yes.median", 27.0, 21.0, 33.0, 210, 110),
            record_test("os.x.logrank", 0.04, "log-rank test"),
            ratio("os.x.yes_vs_no.hr", 0.75, 0.57, 0.98, 0.04, 392, 222, label="Yes against No"),
        ],
        meta={"endpoint_label": "Overall survival", "groups": {"no": "No", "yes": "Yes"},
              "factor_label": "Response to LEN", **meta},
    )  # fmt: skip


def test_yes_and_no_are_with_and_without():
    assert narrative.describe_survival(make_two_groups()).markdown == (
        "The median overall survival was 17 months (95% CI 12–22, SPSS method) without response "
        "to LEN (n = 182) and 27 months (95% CI 21–33) with response to LEN (n = 210). The groups "
        "differed (log-rank test, p = 0.04; HR with response to LEN against without 0.75, "
        "95% CI 0.57–0.98)."
    )


def test_cautions_on_missing_groups_and_on_groups_formed_late():
    told = narrative.describe_survival(
        make_two_groups(missing=1, known_at="after_failure")
    ).markdown
    assert "Left out of the comparison: 1 patient in no group or of unknown group." in told
    assert told.endswith("the comparison is not causal.")


def test_alpha_decides_what_differs():
    told = narrative.describe_survival(make_two_groups(), alpha=0.01).markdown
    assert "There was no clear difference between the groups (log-rank test, p = 0.04" in told


def test_one_patient_and_an_empty_group():
    results = ResultSet.collect(
        "os.y",
        [
            Result(id="os.y.overall.n", kind="count", estimate=1, n=1, events=0),
            median("os.y.overall.median", None, None, None, 1, 0),
        ],
    )
    assert narrative.describe_survival(results).markdown == (
        "Among 1 patient, no deaths were observed. The median survival was not reached."
    )
    empty = ResultSet.collect(
        "os.z",
        [median("os.z.a.median", 5.0, 4.0, 6.0, 9, 9), median("os.z.b.median", *[None] * 3, 0, 0)],
        meta={"groups": {"a": "Group A", "b": "Group B"}},
    )
    assert narrative.describe_survival(empty).markdown.endswith(
        "No patients were available for group B."
    )


def test_words_from_data_are_escaped():
    results = make_two_groups(groups={"no": "a*b", "yes": "<i>"}, factor_label="f_g")
    told = narrative.describe_survival(results).markdown
    assert "for a\\*b" in told
    assert "for \\<i\\>" in told


def test_incidence_names_both_estimators():
    assert narrative.describe_incidence(make_aml()).markdown == (
        "Among 349 patients, 109 events (AML) were observed. With death as a competing event "
        "(Aalen-Johansen estimator), the cumulative incidence of AML was 30% (95% CI 25–35) at 24 "
        "months. With deaths treated as censored (1 - Kaplan-Meier), the cumulative incidence of "
        "AML was 34% (95% CI 29–40) at 24 months. The second estimate is higher because censoring "
        "deaths ignores that the dead can no longer have the event."
    )
    swapped = narrative.describe_incidence(make_aml(), first="one_minus_km").markdown
    assert swapped.index("1 - Kaplan-Meier") < swapped.index("Aalen-Johansen")
    assert "The first estimate is higher" in swapped


def test_model_sorts_factors_by_effect():
    assert narrative.describe_model(make_model()).markdown == (
        "The Cox model was fitted to 392 patients with 222 deaths (concordance 0.65). A higher "
        "hazard went with age 75 years or older (HR 1.64, 95% CI 1.24–2.18, p < 0.001) and type "
        "of failure: progression (HR 1.92, 95% CI 1.14–33.00, p = 0.01). At the 5% level there "
        "was no clear effect of type of failure: loss of HI (HR 0.64, 95% CI 0.36–1.15, "
        "p = 0.14), type of failure: intolerance (HR 1.09, 95% CI 0.68–1.77, p = 0.73) and "
        "response to LEN (HR 1.04, 95% CI 0.64–1.70, p = 0.86). The p-values are those of Wald "
        "tests."
    )


def test_model_tells_what_could_not_be_estimated():
    model = make_model()
    failed = Result(id="cox.full.age_75.yes", kind="hazard_ratio", status="not_computable",
                    reason="separated")  # fmt: skip
    kept = [failed if result.id == failed.id else result for result in model]
    told = narrative.describe_model(model.with_results(kept)).markdown
    assert "No hazard ratio could be estimated for age 75 years or older: separated." in told


def test_competing_models_are_told_together():
    told = narrative.describe_competing(
        make_model("aml.cause_specific"), make_model("aml.fine_gray")
    ).markdown
    assert told.startswith("The cause-specific Cox model was fitted to 392 patients")
    assert "in the Fine-Gray model" not in told
    assert "(sHR 1.64, 95% CI 1.24–2.18, p < 0.001)" in told


def test_screen_tells_medians_of_what_differs():
    assert narrative.describe_screen(make_screen()).markdown == (
        "In univariate analysis (log-rank tests, 5% level), a difference was seen for age 75 years "
        "or older (median 18 months with, 27 months without; p = 0.002). No clear difference was "
        "seen for response to LEN (p = 0.29)."
    )


def test_selection_tells_its_path_and_rule():
    path = make_path()
    assert narrative.describe_selection(path).markdown == (
        "The selection took three steps: type of failure entered (p < 0.001), age 75 years or "
        "older entered (p < 0.001) and response to LEN was removed (p = 0.31)."
    )
    ruled = ResultSet.collect(
        "cox.path",
        [],
        frames={"steps": pd.DataFrame()},
        meta={"direction": "forward", "criterion": "score", "entry_p": 0.15, "stay_p": 0.2,
              "candidates": ["A"]},
    )  # fmt: skip
    assert narrative.describe_selection(ruled).markdown == (
        "Forward selection was offered one candidate factor (score test, p to enter 0.15). "
        "No factor met the rule of the selection."
    )


def test_proportional_hazards_get_a_verdict():
    assert narrative.describe_ph(make_model()).markdown == (
        "There was no evidence against proportional hazards as a whole (global test of scaled "
        "Schoenfeld residuals, p = 0.08). The hazard ratio changed over time for type of failure "
        "(p = 0.02). The hazard ratios concerned are averages over the follow-up."
    )
    bare = make_model().with_results([reference("cox.full.age_75.no")])
    assert narrative.describe_ph(bare).markdown == (
        "The assumption of proportional hazards could not be tested."
    )


def test_flow_says_when_it_is_illustrative():
    told = narrative.describe_flow(make_flow()).markdown
    assert told.startswith("Of 452 patients screened, 392 (87%) were included. Reasons for")
    assert "RAEB-2 or AML before lenalidomide (n = 18)" in told
    assert told.endswith("illustrative: the paper does not print them.")


def test_characteristics_in_three_sentences():
    assert narrative.describe_characteristics(make_table1()).markdown == (
        "Medians (ranges) were: age 70 years (37–95). Features present: male sex (134, 34%), TP53: "
        "mutated (7 of 39, 18%). Most frequent categories: WHO class, RA (125, 32%)."
    )
    assert narrative.describe_characteristics(make_supp1()).markdown == (
        "Of three characteristics compared, the groups differed at the 5% level in age (Wilcoxon "
        "rank-sum test, p < 0.001) and WHO class (Fisher's exact test, p = 0.01)."
    )


def test_follow_up_by_both_conventions():
    results = ResultSet.collect(
        "followup",
        [
            count("followup.alive", 170, 392),
            count("followup.dead", 222, 392),
            summary("followup.survivors", 22.0, 5.0, 87.0, 170, unit="months"),
            median("followup.reverse_km", 29.4, 26.6, 33.0, 392, 170),
        ],
    )
    assert narrative.describe_follow_up(results).markdown == (
        "At last contact 170 patients were alive and 222 had died. The median follow-up of "
        "survivors was 22 months (range 5–87). By the reverse Kaplan-Meier method, median "
        "follow-up was 29 months (95% CI 27–33)."
    )


def test_missing_values():
    assert narrative.describe_missingness(make_availability()).markdown == (
        "One of three variables was complete. More than 10% of values were missing for TP53 "
        "(353 of 392 patients, 90%) and cytogenetic response (185 of 392 patients, 47%)."
    )


def test_treatments_and_responses():
    assert narrative.describe_treatments(make_treatments()).markdown == (
        "The first treatment was known for 232 of 392 patients (59%). The "
        "treatments were HMA (n = 91, 39%), best supportive care (n = 78, 34%) and chemotherapy "
        "(n = 16, 7%)."
    )
    assert narrative.describe_treatment_response(make_treatments()).markdown == (
        "Of 71 evaluable patients treated with HMA, 32 (45%) had any response and 11 (15%) had a "
        "complete or partial response. No patient treated with ESA was evaluable for response."
    )


def test_counts_as_levels_groups_or_single_facts():
    levels = ResultSet.collect(
        "failure",
        [count("failure.a", 141, 392, "No response"), count("failure.b", 251, 392, "Other")],
        meta={"title": "Type of failure"},
    )
    assert narrative.describe_counts(levels).markdown == (
        "Type of failure: of 392 patients, no response in 141 (36%) and other in 251 (64%)."
    )
    groups = ResultSet.collect(
        "response.complex",
        [
            count("response.complex.no", 200, 350, "No"),
            count("response.complex.yes", 10, 42, "Yes"),
            record_test("response.complex.test", 0.00005, "Fisher's exact test"),
        ],
        meta={"title": "Response by karyotype", "factor_label": "Complex karyotype"},
    )
    assert narrative.describe_counts(groups).markdown == (
        "Response by karyotype: 200 of 350 patients (57%) without complex karyotype and 10 of 42 "
        "patients (24%) with complex karyotype. The groups differed (Fisher's exact test, "
        "p < 0.001)."
    )
    facts = ResultSet.collect(
        "tx.allo",
        [count("tx.allo.any", 30, 392, "Transplanted"), count("tx.allo.now", 12, 30, "At once")],
    )
    assert narrative.describe_counts(facts).markdown == (
        "Transplanted, 30 of 392 patients (8%); at once, 12 of 30 patients (40%)."
    )


def test_durations_by_group():
    results = ResultSet.collect(
        "len.duration",
        [
            summary("len.duration.overall", 9.5, 1.0, 68.0, 392, unit="months",
                    label="All patients"),
            summary("len.duration.one", 1.0, 1.0, 1.0, 1, unit="months", label="Responders"),
        ],
        meta={"title": "Duration of LEN"},
    )  # fmt: skip
    assert narrative.describe_durations(results).markdown == (
        "The median duration of LEN was 9.5 months (range 1–68) for all patients and 1 month "
        "(range 1–1) for responders."
    )


def test_an_omitted_analysis_says_why_wherever_it_is_told():
    omitted = ResultSet.omitted(
        "os.tp53", "No patient was tested for `tp53`.", meta={"title": "OS by TP53"}
    )
    expected = "OS by TP53 could not be analysed: no patient was tested for \\`tp53\\`."
    assert narrative.describe_omitted(omitted).markdown == expected
    for name in ("survival", "incidence", "screen", "model", "selection", "flow", "counts"):
        told = getattr(narrative, f"describe_{name}")(omitted)
        assert told.markdown == expected
        assert told.id == "os.tp53"


def test_references_to_tables_and_figures_are_kept():
    assert narrative.describe_flow(make_flow(), refs=("figure.flow",)).refs == ("figure.flow",)


@pytest.mark.parametrize("style", ["paper", "nejm", "lancet", "jama", "annals", "lancet-comma"])
def test_no_sentence_shows_a_float_or_none(style):
    told = [
        narrative.describe_survival(make_failure(), style=style),
        narrative.describe_incidence(make_aml(), style=style),
        narrative.describe_model(make_model(), style=style),
        narrative.describe_screen(make_screen(), style=style),
    ]
    for block in told:
        assert not any(word in block.markdown for word in ("None", "nan", "inf ", "0.000"))
        assert block.markdown.endswith(".")


def test_levels_are_told_as_they_were_chosen():
    result = Result(
        id="m", kind="median", label="", estimate=10, ci_lower=8, ci_upper=13, conf_level=0.975
    )
    assert speak("paper").median(result) == "10 months (97.5% CI 8–13)"


def test_a_median_without_the_interval_of_spss_says_why():
    method = "Kaplan-Meier, interval as SPSS prints it"
    result = Result(id="m", kind="median", label="", estimate=45, method=method)
    assert speak("paper").median(result) == (
        "45 months (no interval: the curve does not fall to 45%)"
    )


def test_a_probability_before_the_first_event_has_no_interval():
    result = Result(id="p", kind="probability", label="", estimate=1.0, ci_lower=1.0, ci_upper=1.0)
    assert speak("paper").probability(result) == "100%"


def test_one_patient_is_one_patient():
    assert speak("paper").share(1, 1) == "1 of 1 patient (100%)"
