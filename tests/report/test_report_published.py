"""Published numbers in a whole report: of the built-in cohort, and of a user's own."""

from __future__ import annotations

import csv
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from page_reader import PageReader

from helpers.published import compare_own_cohort, read_ledger
from helpers.report.appendices import make_own_cohort_appendix
from helpers.report.build import build_report
from helpers.results import Result

PROJECT = Path(__file__).parents[2]
LEDGER = PROJECT / "params" / "published_values.yml"

PARAMETERS_CELL = """\
title: str = "A test"  # Title
data: str = "synthetic"  # Cohort
median_interval: str = "spss"  # Interval
formats: list = ["html"]  # Formats
"""
ANALYSIS_CELL = """\
from helpers.analysis.characteristics import summarise_characteristics
from helpers.analysis.survival import estimate_survival
from helpers.cohort import read_cohort
from helpers.display import open_section
from helpers.params import read_params

params = read_params(globals())
cohort = read_cohort(params.data, **params.cohort_options)
section = open_section("cohort", cohort)
section.record(estimate_survival(cohort, set_id="os", **params.survival_options))
section.record(summarise_characteristics(cohort, set_id="table1", variables=["sex", "source"]))
section.close()
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("own")
    nb = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "lenfail", "display_name": "x"}})
    nb.cells = [
        nbformat.v4.new_markdown_cell("# Survival", id="head"),
        nbformat.v4.new_code_cell(PARAMETERS_CELL, id="p", metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell(ANALYSIS_CELL, id="a"),
    ]
    (folder / "notebooks").mkdir()
    (folder / "notebooks" / "01_cohort.ipynb").write_text(nbformat.writes(nb), encoding="utf-8")
    file = PROJECT / "helpers" / "cohort" / "data" / "synthetic.csv"
    patients = pd.read_csv(file, dtype=str, keep_default_na=False).drop(columns="synthetic")
    patients.iloc[::2].to_csv(folder / "own.csv", index=False)
    return folder


def build(project, name, **parameters):
    return build_report(
        {"title": "A test", "data": "synthetic", "formats": ["html"], **parameters},
        name=name,
        output_dir=project / "reports",
        notebooks_dir=project / "notebooks",
        base_dir=project,
        ledger=LEDGER,
    )


def read_comparison(summary):
    text = (summary.folder / "comparison.csv").read_text(encoding="utf-8")
    return {row["entry"]: row for row in csv.DictReader(text.splitlines())}


def read_words(summary):
    return PageReader((summary.folder / "manuscript.html").read_text(encoding="utf-8")).words


@pytest.fixture(scope="module")
def own(project):
    return build(project, "own", data="own.csv", median_interval="spss")


@pytest.fixture(scope="module")
def built_in(project):
    return build(project, "built_in", median_interval="log-log")


def test_an_own_cohort_is_set_beside_the_published_one(own):
    words = read_words(own)
    assert "This cohort beside the published one" in words
    assert "Difference or ratio" in words
    assert "Published against reproduced" not in words
    assert own.verdicts == {}


def test_the_file_of_an_own_cohort_has_differences_with_intervals(own):
    rows = read_comparison(own)
    median = rows["os.overall.median"]
    assert (float(median["published"]), float(median["published_lower"])) == (23, 20)
    own_value, gap = float(median["own"]), float(median["difference"])
    assert gap == pytest.approx(own_value - 23)
    assert float(median["difference_lower"]) < gap < float(median["difference_upper"])
    assert "verdict" not in median
    assert rows["patients.age.median"]["reason"] == "the report has no result 'table1.age_years'"


def test_the_built_in_cohort_gets_verdicts(built_in):
    assert "Published against reproduced" in read_words(built_in)
    assert built_in.verdicts["equal"] > 0
    assert read_comparison(built_in)["patients.trial.n"]["verdict"] == "equal"


def test_the_convention_that_gives_a_printed_interval_is_found(built_in):
    interval = read_comparison(built_in)["os.overall.ci"]
    assert interval["verdict"] == "differs"
    assert interval["conventions"] == (
        "interval of a median from its standard error, as SPSS gives it (gives [20-27])"
    )


def test_the_appendix_of_an_own_cohort_lists_what_it_lacks():
    differences = compare_own_cohort(
        read_ledger(LEDGER),
        {
            "table1.sex.female": Result(
                id="table1.sex.female", kind="count", label="Female", estimate=30, n=60
            )
        },
    )
    text, table, lacking = make_own_cohort_appendix(differences).items
    assert text.refs == (table.id, lacking.id) == ("table.comparison", "table.comparison_reasons")
    assert "1 have a counterpart in this cohort" in text.markdown.replace("\\", "")
    rows = [[cell.text for cell in row] for row in table.rows]
    found = next(row for row in rows if row[0] == "Share, Female: all 392 patients")
    assert found[2] == "50% [38\u201362]"  # Wilson's limits of 30/60: 0.3774 to 0.6226
    assert len(lacking.rows) == len(differences) - 1
    assert table.align == "lrrr"
