"""The same report for any cohort: few columns, odd data, another disease."""

from __future__ import annotations

import re

import pandas as pd
import pytest
import yaml
from own_cohorts import PROJECT, make_patients, run_notebooks

import helpers
from helpers.document import FigureBlock, TableBlock, TextBlock

BUILT_IN = PROJECT / "helpers" / "cohort" / "data" / "synthetic.csv"

#: What no reader should find in a sentence.
BROKEN = re.compile(
    r"\bnan\b|\bNaN\b|\bNone\b|\binf\b|\(\s*\)|\b0 of 0\b|[{}]|,\s*,|\s\.\s|\(,"
    r"|(?<![\d.,])1 (patients|deaths|months|events|factors|columns|analyses|groups|numbers)\b"
    r"|\b100% \(95% CI 100"
)
#: Words of the paper's disease.
OURS = re.compile(r"\bLEN\b|enalidomide|\bMDS\b|5q|yelodysplas|\bAML\b|\bleukaemia")


def check_wording(report):
    found = {key: BROKEN.search(text) for key, text in report.texts.items()}
    assert not {key: match[0] for key, match in found.items() if match}
    cells = [text for _, text in report.cells]
    assert not [text for text in cells if re.search(r"\bnan\b|None|\binf\b|[{}]", text)]


def count(report, kind):
    return sum(isinstance(block, kind) for block in report.blocks)


@pytest.fixture(scope="module")
def built_in():
    return pd.read_csv(BUILT_IN, dtype=str, keep_default_na=False)


def vary(frame, **columns):
    return frame.assign(**columns)


TWO_SEXES = {"sex": ["female", "male"] * 30}
COHORTS = {
    "three columns": make_patients(60),
    "twelve patients": make_patients(
        12,
        sex=["female", "male"] * 6,
        failure_type=["no_response", "loss_hi", "intolerance", "progression"] * 3,
        age_years=list(range(66, 78)),
    ),
    "one patient": make_patients(1),
    "one arm": make_patients(
        50, sex="female", failure_type="loss_hi", first_treatment="bsc", age_years=70
    ),
    "an arm without events": vary(
        make_patients(60, failure_type=["no_response"] * 30 + ["progression"] * 30),
        dead=[0] * 30 + [1] * 30,
    ),
    "all events at one time": vary(make_patients(60, **TWO_SEXES), os_months=12, dead=1),
    "a level of one patient": make_patients(
        60,
        hma_before=[1] + [0] * 59,
        tp53=["mutated"] + ["wildtype"] * 59,
        failure_type=["progression"] + ["loss_hi"] * 59,
    ),
    "separation": vary(
        make_patients(60, sex=["female"] * 30 + ["male"] * 30, age_years=[60] * 30 + [80] * 30),
        dead=[0] * 30 + [1] * 30,
    ),
    "an empty column": make_patients(60, **TWO_SEXES, tp53="", ipss=""),
    "200 columns more": make_patients(
        60, **TWO_SEXES, **{f"extra_{number}": "x" for number in range(200)}
    ),
}


@pytest.mark.parametrize("name", COHORTS)
def test_any_small_cohort_has_a_report_without_broken_words(name, tmp_path, monkeypatch):
    report = run_notebooks(tmp_path, COHORTS[name], monkeypatch)
    check_wording(report)
    assert count(report, FigureBlock) >= 1
    assert f"{len(COHORTS[name])} patient" in report.texts["abstract.Results"]


def test_three_columns_leave_only_what_they_can_show(tmp_path, monkeypatch):
    report = run_notebooks(tmp_path, COHORTS["three columns"], monkeypatch)
    assert "## By type of failure" not in report.prose
    assert "## Survival of all patients" in report.prose
    assert report.prose.count("## Limits") == 2
    told = [block for block in report.blocks if isinstance(block, TextBlock)]
    assert not [block for block in told if block.id.startswith("omitted.")]
    assert [block.refs for block in told if block.id == "omitted"] == [("table.omitted",)] * 2
    columns = {item["id"]: item["columns"] for item in report.collected.omitted}
    assert columns["os.failure"] == "failure_type"
    assert columns["len.duration"].startswith("len_duration_months")
    assert "Factors were related" not in report.texts["abstract.Methods"]


def test_separation_is_said_and_does_not_raise_an_alarm(tmp_path, monkeypatch):
    report = run_notebooks(tmp_path, COHORTS["separation"], monkeypatch)
    told = report.texts["text.cox.full"]
    assert "a level separates the patients with an event from the others" in told
    assert "Firth's correction" in told
    assert "inf" not in told.split()
    assert "Do not use" not in " ".join(report.texts.values())


@pytest.mark.parametrize(
    "case",
    [
        (["aml", "aml_date", "time_to_aml_months"], "figure.aml", "figure.os_failure"),
        (["failure_type"], "figure.os_failure", "figure.aml"),
        (["first_treatment"], "figure.os_tx_first", "figure.os_failure"),
    ],
)
def test_a_column_less_takes_its_analyses_and_no_others(built_in, case, tmp_path, monkeypatch):
    left_out, gone, kept = case
    frame = built_in.drop(columns=[name for name in left_out if name in built_in])
    report = run_notebooks(tmp_path, frame, monkeypatch)
    check_wording(report)
    assert gone not in report.texts
    assert kept in report.texts


def test_nobody_dies(built_in, tmp_path, monkeypatch):
    report = run_notebooks(tmp_path, vary(built_in.head(80), dead="0"), monkeypatch)
    check_wording(report)
    assert "median OS after LEN failure was not reached" in report.texts["conclusion.1"]


OTHER_DISEASE = {
    "eligibility": [],
    "terms": {
        "disease": "breast cancer",
        "time_zero": "surgery",
        "endpoint": "recurrence-free survival",
        "endpoint_short": "RFS",
        "event": "recurrence or death",
        "abbreviations": "PR = progesterone receptor; ER = oestrogen receptor",
    },
    "variables": {
        "failure_type": {
            "label": "Grade",
            "levels": {"one": "Grade I", "two": "Grade II", "three": "Grade III"},
        },
        "pr": {"label": "PR positive", "type": "flag"},
        "nodes": {"label": "Positive lymph nodes", "type": "integer"},
    },
    "factors": {"nodes_3": {"label": "Nodes", "rule": {"bands": {"column": "nodes", "cuts": [4]}}}},
    "table1_variables": ["age_years", "pr", "nodes", "nodes_3", "failure_type"],
    "univariate_factors": ["pr", "nodes_3", "failure_type"],
    "model_factors": ["pr", "nodes_3"],
    "subgroup_factors": ["pr"],
}


@pytest.fixture
def breast(tmp_path, monkeypatch):
    frame = make_patients(
        90,
        age_years=[40 + number % 40 for number in range(90)],
        pr=[number % 2 for number in range(90)],
        nodes=[number % 7 for number in range(90)],
        failure_type=["one", "two", "three"] * 30,
    )
    return run_notebooks(tmp_path, frame, monkeypatch, **OTHER_DISEASE)


def test_another_disease_reads_as_one(breast):
    check_wording(breast)
    found = {key: OURS.search(text) for key, text in breast.texts.items()}
    assert not {key: match[0] for key, match in found.items() if match}
    assert not OURS.search(breast.prose)
    assert not [text for _, text in breast.cells if OURS.search(text)]


def test_another_disease_is_told_in_its_own_terms(breast):
    assert (
        "what becomes of patients with breast cancer after surgery"
        in (breast.texts["abstract.Background"])
    )
    assert (
        "(RFS) was counted from surgery to recurrence or death"
        in (breast.texts["abstract.Methods"])
    )
    assert "By grade, the median RFS was" in breast.texts["abstract.Results"]
    assert "hazard of recurrence or death" in breast.texts["abstract.Results"] or (
        "no factor was associated with RFS" in breast.texts["abstract.Results"]
    )
    assert "were free of the event and" in breast.texts["text.followup"]
    assert " had died" not in " ".join(breast.texts.values())
    assert breast.texts["figure.os"].startswith("Recurrence-free survival after surgery.")
    assert breast.texts["text.os.by.pr"].startswith("*PR positive.* ")
    assert "published" not in breast.texts["figure.os"].lower()
    table = next(block for block in breast.blocks if getattr(block, "id", "") == "table.table1")
    assert isinstance(table, TableBlock)
    assert table.abbreviations == {"PR": "progesterone receptor"}


def test_the_cohort_is_not_compared_with_a_paper_on_another_disease(breast):
    assert not [key for key in breast.texts if key.startswith("comparison")]
    assert not any("printed number" in text for text in breast.texts.values())
    assert helpers.__version__ in " ".join(breast.texts.values())


def test_the_example_of_an_own_cohort_makes_a_report(tmp_path, monkeypatch):
    text = (PROJECT / "params" / "own_cohort.example.yml").read_text(encoding="utf-8")
    parameters = yaml.safe_load(text)
    del parameters["data"]
    size = 120
    frame = make_patients(
        size,
        age_years=[45 + number % 45 for number in range(size)],
        sex=["female", "male", "male"] * 40,
        flipi=["low", "intermediate", "high", "high"] * 30,
        ldh_u_l=[150 + 7 * (number % 31) for number in range(size)],
        bulky=[0, 0, 1] * 40,
        haemoglobin_g_dl=[8 + number % 6 for number in range(size)],
        failure_type=["early", "late"] * 60,
        first_treatment=["observation", "chemo", "transplant"] * 40,
    )
    report = run_notebooks(tmp_path, frame, monkeypatch, **parameters)
    check_wording(report)
    found = {key: OURS.search(words) for key, words in report.texts.items()}
    assert not {key: match[0] for key, match in found.items() if match}
    assert "By time of relapse, the median OS was" in report.texts["abstract.Results"]
    assert "chemoimmunotherapy" in report.texts["text.os.tx.first"]
    assert "FLIPI" in report.texts["text.os.by.flipi"]


def test_an_own_cohort_of_the_papers_disease_stands_beside_it(built_in, tmp_path, monkeypatch):
    ids = [f"own-{number}" for number in range(150)]
    frame = vary(built_in.head(150), patient_id=ids)
    sex = {"sex": {"levels": {"female": "Women", "male": "Men"}}}
    report = run_notebooks(tmp_path, frame, monkeypatch, variables=sex)
    check_wording(report)
    table = next(block for block in report.blocks if getattr(block, "id", "") == "table.table1")
    rows = {row[0].text: [cell.text for cell in row[1:]] for row in table.rows}
    assert [cell.text for cell in table.header[0]][2] == "Prebet et al. 2017 (n = 392)"
    assert rows["Age, years, median (range)"][1] == "70 (37–95)"
    assert rows["RAEB-1"][1] == "91 (23%)"
    assert rows["Mutated"][1] == "7/39 (18%)"
    assert rows["Women"][1] == "–", "a row of other definition has no published number"
    assert "Open stars: published medians" in report.texts["figure.os_failure"]
    beside = report.texts["discussion.2"]
    assert "; median OS for progression, " in beside
    assert "HR of age: 75 years or older, " in beside
    assert "here and 1.64 \\[1.24–2.18\\] there (" in beside
    assert "equal" not in beside
