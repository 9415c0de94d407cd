"""Abstract, methods and discussion say what the results hold, and no more."""

import re
from dataclasses import replace

import pytest
from made_sets import count, median, probability, ratio, record_test, reference, summary

from helpers.formatting import PRESETS, get_style
from helpers.narrative.beside import PublishedComparison, PublishedNumber
from helpers.narrative.comparison_methods import tell_comparisons
from helpers.narrative.evidence import Choices, Evidence
from helpers.narrative.front import write_front
from helpers.results import Result

BACKGROUND = (
    "Lenalidomide (LEN) is a standard treatment of lower-risk myelodysplastic syndrome with "
    "deletion 5q, but many patients do not respond, do not tolerate it or lose their response. "
    "This report describes what follows."
)


def make_results():
    cox = [
        reference("cox.full.age_75.no", label="Below 75 years"),
        ratio("cox.full.age_75.yes", 1.64, 1.24, 2.18, 0.0006, label="75 years or older"),
        reference("cox.full.raeb.no", label="No"),
        ratio("cox.full.raeb.yes", 1.2, 0.8, 1.8, 0.37, label="Yes"),
        reference("cox.full.len_response.no", label="No"),
        ratio("cox.full.len_response.yes", 0.7, 0.5, 0.98, 0.04, label="Yes"),
    ]
    return [
        count("flow.screened", 469, 469),
        count("flow.remaining.mds", 460, 469, "MDS by the WHO classification of 2008"),
        count("flow.remaining.consent", 392, 469, "Consent given"),
        count("flow.included", 392, 469),
        summary("table1.age_years", 70.0, 37.0, 95.0, 392),
        count("table1.sex.female", 258, 392, "Female"),
        count("failure.no_response", 141, 392, "No response"),
        count("failure.loss_hi", 251, 392, "Loss of HI"),
        count("failure.progression", 0, 392, "Progression"),
        median("followup.reverse_km", 29.0, 27.0, 33.0, 392, 170),
        count("os.overall.n", 392, 392, "All patients", events=222),
        median("os.overall.median", 23.0, 20.0, 27.0, 392, 222, label="All patients"),
        probability("os.overall.prob_24m", 24, 0.49, 0.43, 0.54),
        probability("os.overall.prob_60m", 60, 0.24, 0.19, 0.30),
        median("os.failure.loss_hi.median", 39.0, 27.0, 51.0, 251, 120, label="Loss of HI"),
        median("os.failure.no_response.median", 17.0, 11.0, 24.0, 141, 102, label="No response"),
        record_test("os.failure.logrank", 0.0001, "Log-rank test"),
        replace(record_test("os.uni.age_75.logrank", 0.002, "Log-rank test"), label="Age"),
        replace(
            record_test("os.uni.len_response.logrank", 0.04, "Log-rank test"),
            label="Response to LEN",
        ),
        record_test("cox.path.1", 0.002, "score test"),
        *(replace(result, method="Cox model, Efron ties, Wald interval and p") for result in cox),
        replace(record_test("cox.full.ph.global", 0.4, "score test"), label="All factors"),
        replace(record_test("cox.full.ph.raeb", 0.4, "score test"), label="RAEB-1 (WHO)"),
        count("aml.overall.n", 349, 349, events=109),
        probability("aml.cumulative_incidence.overall.prob_24m", 24, 0.30, 0.25, 0.35,
                    kind="incidence", n=349),
        probability("aml.one_minus_km.overall.prob_24m", 24, 0.34, 0.29, 0.40,
                    kind="incidence", n=349),
        count("tx.first.known", 232, 392, "Known"),
        median("os.tx.active.no.median", 23.0, 18.0, 29.0, 78, 44, label="BSC"),
        median("os.tx.active.yes.median", None, 40.0, None, 154, 67, label="Active treatment"),
        record_test("os.tx.active.logrank", 0.003, "Log-rank test"),
        reference("cox.supp3.treatment.bsc", label="BSC"),
        ratio("cox.supp3.treatment.hma", 0.34, 0.21, 0.56, 0.0001, label="HMA"),
    ]  # fmt: skip


def make_evidence(results=None, **more):
    chosen = make_results() if results is None else results
    return Evidence(results={result.id: result for result in chosen}, **more)


def read(text):
    """Return every part of a front text by its title, subheadings and paragraphs joined."""
    parts = {heading: block.markdown for heading, block in text.abstract}
    for title, paragraphs in (*text.before, *text.after):
        for paragraph in paragraphs:
            key = paragraph.subheading or title
            last = next(reversed(parts)) if not paragraph.subheading else key
            target = last if last.startswith("Stat") and title == "Methods" else key
            parts[target] = f"{parts.get(target, '')} {paragraph.text.markdown}".strip()
    return parts


def write(results=None, *, style="paper", published=None, choices=None, **more):
    choices = choices or Choices(style=style)
    return write_front(make_evidence(results, **more), choices, published)


def test_abstract_tells_the_numbers():
    assert [(heading, block.markdown) for heading, block in write().abstract] == [
        ("Background", BACKGROUND),
        (
            "Methods",
            "In this cohort study, overall survival (OS) was counted from the documentation of "
            "LEN failure to death of any cause and estimated by the Kaplan-Meier method. "
            "Groups were compared by the log-rank test. Factors were related to OS by Cox models. "
            "The risk of acute myeloid leukaemia (AML) was estimated with death as a competing "
            "event and with deaths censored.",
        ),
        (
            "Results",
            "The analysis included 392 patients (median age 70 years, range 37–95; 66% female). "
            r"During a median follow-up of 29 months (95% confidence interval \[CI\] 27–33), 222 "
            "patients died. The median OS was 23 months (95% CI 20–27). The probability of OS at "
            "60 months was 24% (95% CI 19–30). By type of failure, the median OS was 39 months "
            "(95% CI 27–51) for loss of haematological improvement (n = 251) and 17 months (95% CI "
            "11–24) for no response (n = 141); log-rank test, p < 0.001. In the multivariable Cox "
            "model, a higher hazard of death went with age: 75 years or older (hazard ratio "
            r"\[HR\] 1.64, 95% CI 1.24–2.18), and a lower one with response to LEN (HR 0.70, 95% "
            "CI 0.50–0.98). Among 349 patients without progression at LEN failure, the risk of AML "
            "at 24 months was 34% (95% CI 29–40) with deaths censored and 30% (95% CI 25–35) with "
            "death as a competing event. By first treatment, known of 232 of 392 patients (59%), "
            "the median OS was 23 months (95% CI 18–29) for best supportive care (BSC) and not "
            "reached (95% CI 40 to not reached) for active treatment (log-rank test, p = 0.003). "
            "The adjusted HR of death for hypomethylating agent against BSC was 0.34 (95% CI "
            "0.21–0.56).",
        ),
        (
            "Conclusions",
            "In these patients, the median OS after LEN failure was 23 months. OS differed between "
            "the types of failure (p < 0.001). Treatments were neither randomised nor begun at LEN "
            "failure, so comparisons between them are not causal.",
        ),
    ]


def make_wordy(n_groups):
    """Return results with many groups whose names are long."""
    return [
        *make_results(),
        *(
            median(f"os.failure.kind_{n}.median", 5.0, 4.0, 6.0, 10, 5,
                   label=f"A kind of failure that takes many words to tell, number {n}")
            for n in range(n_groups)
        ),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("n_groups", "by_type", "conclusion"),
    [(0, True, True), (8, True, False), (40, False, True)],
)
def test_abstract_has_at_most_350_words(n_groups, by_type, conclusion):
    parts = dict(write(make_wordy(n_groups)).abstract)
    told = {heading: block.markdown for heading, block in parts.items()}
    assert sum(len(text.split()) for text in told.values()) <= 350
    assert "222 patients died. The median OS was 23 months" in told["Results"]
    assert ("By type of failure" in told["Results"]) == by_type
    assert ("Treatments were" in told["Conclusions"]) == conclusion
    assert ("adjusted HR" in told["Results"]) == conclusion


def test_style_reaches_every_number():
    told = read(write(style="nejm-comma"))
    assert "OS was 23,0 months (95% CI, 20,0 to 27,0)" in told["Results"]
    assert "(hazard ratio \\[HR\\] 1,64, 95% CI, 1,24 to 2,18)" in told["Results"]
    assert "(HR 1,64, 95% CI, 1,24 to 2,18, P < 0,001)" in told["Main findings"]
    assert "was 34,0% (95% CI, 29,0 to 40,0)" in told["Results"]
    assert "A month has 30,4375 days." in told["Endpoints"]
    assert "as long as P was below 0,15" in told["Statistical analysis"]
    jama = read(write(style="jama"))
    assert "as long as P was below .15" in jama["Statistical analysis"]
    assert "P below .05 is called significant" in jama["Statistical analysis"]


@pytest.mark.parametrize("name", [*PRESETS, *(f"{name}-comma" for name in PRESETS)])
def test_all_decimals_have_the_mark_of_the_style(name):
    published = PublishedComparison(
        n_compared=1200,
        n_equal=1000,
        numbers=(PublishedNumber(result_id="cox.full.age_75.yes", value=1.58, decimals=2,
                                 verdict="within_interval"),),
    )  # fmt: skip
    mark = "," if name.endswith("-comma") else get_style(name).decimal_mark
    told = " ".join(read(write(style=name, published=published)).values())
    assert re.search(r"1[,\s]?200 printed", told) or mark != "."
    decimals = re.findall(r"\d([.,·])\d", re.sub(r"1,[02]00", "", told))
    assert set(decimals) == {mark}


@pytest.mark.parametrize(
    ("estimator", "told"),
    [
        ("one-minus-kaplan-meier", "was 34% (95% CI 29–40) with deaths censored"),
        ("aalen-johansen", "was 30% (95% CI 25–35) with death as a competing event"),
    ],
)
def test_chosen_estimator_comes_first(estimator, told):
    parts = read(write(choices=Choices(aml_estimator=estimator)))
    assert f"the risk of AML at 24 months {told}" in parts["Results"]


def test_synthetic_patients_are_named():
    built_in = read(write(synthetic=True, built_in=True))
    assert built_in["Patients"].startswith("The patients are synthetic. A generator made them")
    assert "those shown are illustrative." in built_in["Patients"]
    assert built_in["Results"].startswith("The analysis included 392 synthetic patients (")
    assert built_in["Conclusions"].endswith("Nothing here is evidence about real patients.")
    marked = read(write(synthetic=True))
    assert marked["Methods"].startswith(
        "The patients are synthetic, and their numbers are no evidence about real patients. "
    )
    assert "the data file marks them as simulated" in marked["Patients"]
    assert "resemble" not in marked["Methods"] + marked["Patients"]
    assert "synthetic" not in " ".join(read(write()).values())


def make_small():
    """Return the results of twelve patients of one type of failure who all live."""
    return [
        count("flow.included", 12, 12),
        count("failure.loss_hi", 12, 12, "Loss of HI"),
        count("os.overall.n", 12, 12, events=0),
        median("os.overall.median", None, None, None, 12, 0, label="All patients"),
        probability("os.overall.prob_24m", 24, 1.0, None, None, n=12),
        Result(id="os.overall.prob_60m", kind="probability", status="not_computable", n=12,
               reason="nobody was followed for 60 months", quantities={"time_months": 60.0}),
        Result(id="os_from_dx.esa_before.yes_vs_no.hr", kind="hazard_ratio",
               status="not_computable", method="Cox model of one factor, Efron ties"),
        median("os.failure.loss_hi.median", None, None, None, 12, 0, label="Loss of HI"),
    ]  # fmt: skip


def test_small_cohort_without_deaths():
    parts = read(write(make_small(), n_omitted=2))
    assert parts["Results"] == (
        "The analysis included 12 patients. The type of LEN failure was loss of haematological "
        "improvement in 12 (100%). During follow-up, no patients died. The median OS was not "
        "reached. The probability of OS at 24 months was 100%."
    )
    assert parts["Conclusions"] == (
        "In these patients, the median OS after LEN failure was not reached."
    )
    assert parts["Limits"] == (
        "All patients were selected by the failure of LEN, so nothing here says how often LEN "
        "fails. Nobody was followed for 60 months, so OS at that time could not be estimated."
    )
    told = " ".join(parts.values())
    absent = ("Cox", "log-rank", "stepwise", "Aalen", "Gray", "Treatments", "significant")
    assert not [word for word in absent if word in told]
    assert parts["Statistical analysis"].endswith(
        "Patients with a missing value were left out of the analyses that need it. With these "
        "data, two analyses could not be made; an appendix says why."
    )


def test_one_patient_and_nothing_at_all():
    one = [count("flow.included", 1, 1), count("os.overall.n", 1, 1, events=1)]
    assert read(write(one))["Results"] == (
        "The analysis included 1 patient. During follow-up, 1 patient died."
    )
    empty = read(write([], n_omitted=1))
    assert empty["Results"] == "No result could be computed from these data."
    assert empty["Conclusions"] == (
        "In these patients, overall survival after LEN failure could not be estimated."
    )
    assert "With these data, one analysis could not be made;" in empty["Statistical analysis"]


def test_masked_numbers_are_not_told():
    hidden = [
        replace(result, estimate=None, ci_lower=None, ci_upper=None, status="masked")
        if result.id in {"os.overall.median", "table1.sex.female"}
        else result
        for result in make_results()
    ]
    parts = read(write(hidden))
    assert "(median age 70 years, range 37–95)" in parts["Results"]
    assert "The median OS was" not in parts["Results"]
    assert "could not be estimated" in parts["Conclusions"]


def test_words_from_data_are_escaped():
    label = "a*b* [x](javascript:y) $z$ [@cox1972]"
    results = [count("failure.odd", 3, 4, label), count("flow.remaining.odd", 3, 4, label)]
    parts = read(write(results))
    shown = r"a\*b\* \[x\](javascript:y) \$z\$ \[@cox1972\]"
    assert f"was {shown} in 3 (75%)" in parts["Results"]
    assert f"The rule was applied: {shown}." in parts["Patients"]


RULES = {
    "forward": "were offered to a forward selection: step by step, the one with the smallest p in "
    "the score test entered as long as p was below 0.15.",
    "backward": "were offered to a backward elimination: starting with all of them, the one with "
    "the largest p in the score test was removed until every p was below 0.1.",
    "both": "were offered to a stepwise selection in both directions: the one with the smallest p "
    "in the score test entered as long as p was below 0.15, and after each entry the one with the "
    "largest p in the score test was removed until every p was below 0.1.",
    "none": "entered a further model together; no stepwise selection was made.",
}


@pytest.mark.parametrize("rule", RULES)
def test_selection_is_told_as_it_was_made(rule):
    told = read(write(choices=Choices(stepwise=rule, stay_p=0.1)))
    expected = f"Factors with p below 0.15 in these comparisons {RULES[rule]}"
    assert expected in told["Statistical analysis"]
    is_warned = "of a model that was selected stepwise are too small" in told["Limits"]
    assert is_warned == (rule != "none")


def test_intervals_and_ties_are_told_with_their_sources():
    told = write(choices=Choices(median_interval="log", ties="breslow", conf_level=0.975))
    methods = read(told)["Statistical analysis"]
    assert "the interval of the curve, on the log scale, holds one half" in methods
    assert "with Breslow's approximation for tied times" in methods
    assert "All intervals are 97.5% confidence intervals (CIs)." in methods
    assert any(text.startswith("Brookmeyer") for text in told.references)
    assert any(text.startswith("Breslow") for text in told.references)
    assert not any(text.startswith("Efron") for text in told.references)
    published = write()
    assert "the one that SPSS prints" in read(published)["Statistical analysis"]
    assert not any(text.startswith("Brookmeyer") for text in published.references)


def test_cuts_are_told_where_they_are_used():
    told = read(write(choices=Choices(age_cut_years=67.5)))["Endpoints"]
    assert told.endswith(
        "Groups were formed by age at LEN failure (cut-off 67.5 years); a value at a cut-off "
        "belongs to the upper group."
    )
    assert "Groups were formed" not in read(write(make_small()))["Endpoints"]


def cite(number):
    return rf"\[[{number}](#reference-{number})\]"


def test_software_has_its_versions_and_sources():
    versions = {"python": "3.12.1", "lenfail": "0.2.0", "numpy": "2.4.6", "seaborn": "0.13.2"}
    told = write(versions=versions)
    start = read(told)["Software"].split(" Each section")[0]
    first = next(n for n, text in enumerate(told.references, 1) if text.startswith("Harris"))
    assert start == (
        f"Results were computed by lenfail 0.2.0 in Python 3.12.1 with NumPy 2.4.6 {cite(first)}. "
        f"Figures were drawn with seaborn 0.13.2 {cite(first + 1)}. Each value was checked against "
        "the domain that the data dictionary gives it; data with a fault make no report."
    )


def test_guidelines_are_cited_with_their_doi():
    told = write()
    cited = [int(number) for number in re.findall(r"#reference-(\d+)", read(told)["Reporting"])]
    listed = [told.references[number - 1] for number in cited]
    dois = ("10.1016/S0140-6736(07)61602-X", "10.1371/journal.pmed.1001885",
            "10.1093/jnci/dji237", "10.1001/jama.2025.13350")  # fmt: skip
    assert len(listed) == 4
    assert all(f"doi:{doi}]" in text for doi, text in zip(dois, listed, strict=True))


def test_the_methods_name_design_and_size():
    parts = read(write())
    assert (
        "This is a cohort study: patients were followed from the documentation of LEN failure to "
        "death of any cause or last contact."
    ) in parts["Patients"]
    assert "no sample size was calculated for this report" in parts["Statistical analysis"]


@pytest.mark.parametrize(
    ("largest", "told"),
    [
        (0.0, "there was no difference."),
        (3e-9, "the relative differences were below 10⁻⁸."),
        (2.0, "they did not agree."),
    ],
)
def test_second_computation_is_told_if_it_was_made(largest, told):
    check = Result(id="check.1", kind="statistic", estimate=largest, n=9,
                   method="largest relative difference from lifelines")  # fmt: skip
    parts = read(write([check], versions={"lifelines": "0.30.3"}))
    assert parts["Software"].endswith(told)
    assert "by lifelines 0.30.3" in parts["Software"]
    assert "lifelines" not in read(write())["Software"]


def compare(*numbers, n_compared=298, n_equal=212):
    rows = tuple(
        PublishedNumber(result_id=key, value=value, decimals=decimals, verdict=verdict)
        for key, value, decimals, verdict in numbers
    )
    return PublishedComparison(
        n_compared=n_compared, n_equal=n_equal, numbers=rows, refs=("table.comparison",)
    )


def test_discussion_sets_headline_numbers_beside_the_published():
    published = compare(
        ("os.overall.median", 23, 0, "equal"),
        ("os.overall.prob_60m", 24, 0, "equal"),
        ("cox.full.age_75.yes", 1.5, 1, "within_interval"),
        ("os.tx.active.yes.median", 49, 0, "differs"),
        ("aml.one_minus_km.overall.prob_24m", 31, 0, "contradiction"),
        ("table1.age_years", 71, 0, "differs"),
        ("os.absent.median", 7, 0, "not_computable"),
    )
    text = write(published=published)
    told = read(text)["Beside the published analysis"]
    number = next(n for n, entry in enumerate(text.references, 1) if entry.startswith("Prebet"))
    assert told == (
        f"Of 298 printed numbers of the publication {cite(number)} that a cohort can show, 212 are "
        "equal here at the printed precision. Among the main estimates, equal are median OS "
        "(23 months) and OS at 60 months (24%). Not equal, but within the published interval or "
        "at the edge of rounding, is HR of age: 75 years or older (1.64 here, 1.5 published). "
        "Different are median OS for active treatment (not reached here, 49 published) and risk of "
        "AML at 24 months by 1 - Kaplan-Meier (34% here, 31% published). A difference can come "
        "from other patients as well as from other methods. An appendix holds all of them side by "
        "side."
    )
    refs = [p.text.refs for _, rows in text.after for p in rows if p.text.refs]
    assert refs == [("table.comparison",)]


def test_discussion_without_published_numbers_has_no_such_part():
    titles = [row.subheading for title, rows in write().after for row in rows]
    assert titles == ["Main findings", "Limits", ""]


@pytest.mark.parametrize(
    ("published", "ending"),
    [
        (
            compare(n_compared=1000, n_equal=0),
            "Of 1,000 printed numbers of the publication [3] that a cohort can show, none are "
            "equal here at the printed precision. An appendix holds all of them side by side.",
        ),
        (
            compare(n_compared=2, n_equal=1),
            "Of 2 printed numbers of the publication [3] that a cohort can show, 1 is equal here "
            "at the printed precision. Where numbers agree, it is because the synthetic patients "
            "were made to; it shows what is computed and does not confirm the published findings. "
            "An appendix holds all of them side by side.",
        ),
    ],
)
def test_agreement_of_synthetic_patients_is_explained(published, ending):
    told = read(write(published=published, synthetic=True, built_in=True))
    shown = told["Beside the published analysis"].replace(cite(3), "[3]")
    assert shown.replace("\\", "") == ending


def test_limits_follow_from_the_results():
    model = Result(id="cox.full.model", kind="test", n=30, events=9, p_value=0.5,
                   quantities={"n_terms": 7.0})  # fmt: skip
    results = [
        model,
        record_test("cox.full.ph.global", 0.02, "score test"),
        count("availability.tp53", 39, 392, "TP53 mutation"),
        count("availability.sex", 392, 392, "Sex"),
        count("availability.comorbidity_score", 0, 392, "Comorbidity score"),
    ]
    assert read(write(results))["Limits"] == (
        "All patients were selected by the failure of LEN, so nothing here says how often LEN "
        "fails. The multivariable model rests on 9 deaths for 7 coefficients, which is few. The "
        "hazards of the multivariable model were not proportional (p = 0.02), so its hazard "
        "ratios (HRs) are averages over the follow-up. Known of fewer than half of the patients: "
        "TP53 mutation (39 of 392)."
    )


def test_every_citation_is_listed_and_every_reference_cited():
    text = write(versions={"numpy": "2.4.6"}, published=compare())
    told = " ".join(read(text).values())
    cited = {
        int(number)
        for group in re.findall(
            r"\\\[([\d, ]+)\\\]", re.sub(r"\[(\d+)\]\(#reference-\1\)", r"\1", told)
        )
        for number in group.split(", ")
    }
    assert cited == set(range(1, len(text.references) + 1))
    assert "@" not in told


def test_methods_expand_abbreviations_anew_after_the_abstract():
    parts = read(write())
    assert parts["Introduction"].startswith("Myelodysplastic syndrome (MDS) is ")
    assert parts["Endpoints"].startswith("Overall survival (OS) was counted")
    assert "(World Health Organization" not in parts["Patients"]
    assert "MDS by the World Health Organization (WHO) classification of 2008" in parts["Patients"]


def test_a_bootstrap_that_was_not_made_is_not_described():
    found = Result(id="weighted.x.iptw.hr", kind="hazard_ratio", label="x", estimate=0.8)
    made = replace(found, quantities={"bootstrap_lower": 0.7, "bootstrap_upper": 0.9})
    words = {
        one: " ".join(tell_comparisons(Evidence(results={found.id: result}), Choices()))
        for one, result in {"without": found, "with": made}.items()
    }
    assert "robust intervals," in words["without"]
    assert "bootstrap" not in words["without"]
    assert "robust and bootstrap intervals," in words["with"]
