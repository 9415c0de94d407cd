"""A whole report, built twice."""

import csv
import hashlib
import json
import re

import nbformat
import pytest
from page_reader import PageReader
from report_pages import make_front
from sample_report import make_sections, write_project

from helpers.errors import BuildError, ParameterError
from helpers.report.build import build_report, find_project
from helpers.report.layout import ALL_FORMATS, LONGEST_FIRST

PARAMETERS = {
    "age_cut_years": 70.0,
    "seed": 7,
    "data": "/srv/trial/patients.csv",
    "db_password": "hush",
    "title": "From the parameters",
}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("project")
    kept = dict(list(make_sections().items())[:2])
    write_project(folder, kept)
    return folder


def build(project, output, **options):
    return build_report(
        PARAMETERS,
        name="paper",
        output_dir=output,
        notebooks_dir=project / "notebooks",
        base_dir=project,
        **options,
    )


@pytest.fixture(scope="module")
def events():
    return []


@pytest.fixture(scope="module")
def summary(project, events):
    return build(project, project / "reports", progress=events.append, front=make_front)


@pytest.fixture(scope="module")
def report(summary):
    return summary.folder


def list_files(folder):
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def test_report_has_every_file(report):
    files = list_files(report)
    assert {"manuscript.html", "manuscript.pdf", "results.json", "manifest.json"} <= set(files)
    for section in ("01_cohort", "02_outcomes"):
        assert {f"sections/{section}.{kind}" for kind in ("ipynb", "html")} <= set(files)
    assert {f"figures/f1.{kind}" for kind in ("svg", "png", "csv")} <= set(files)
    assert {"tables/t1.csv", "tables/parameters.csv", "tables/omitted.csv"} <= set(files)
    assert "comparison.csv" not in files
    assert not [name for name in files if name.startswith("sections/") and name.endswith(".pdf")]
    assert ".pdf" not in (report / "sections/01_cohort.html").read_text(encoding="utf-8")


def test_sections_are_printed_where_that_is_asked_for(project, tmp_path):
    made = build(project, tmp_path, formats=["html", "section_pdf"], front=make_front)
    files = list_files(made.folder)
    for section in ("01_cohort", "02_outcomes"):
        assert (made.folder / f"sections/{section}.pdf").read_bytes().startswith(b"%PDF-")
        page = (made.folder / f"sections/{section}.html").read_text(encoding="utf-8")
        assert f'href="{section}.pdf"' in page
    assert "manuscript.pdf" not in files
    assert ".pdf" not in (made.folder / "manuscript.html").read_text(encoding="utf-8")


def test_summary_and_events_tell_what_happened(summary, events):
    assert (summary.n_results, summary.n_tables, summary.n_figures) == (4, 6, 4)
    assert {"notebooks", "01_cohort", "prose", "html", "pdf"} <= set(summary.seconds)
    assert "text refers to what the report does not have: figure.gone" in summary.warnings
    assert "4 results, 6 tables and 4 figures" in str(summary)
    finished = [event.name for event in events if event.kind == "section"]
    assert sorted(finished) == ["01_cohort", "02_outcomes"]
    cells = [event for event in events if event.kind == "cell" and event.name == "01_cohort"]
    assert [event.done for event in cells] == list(range(1, cells[0].total + 1))


def test_manifest_allows_to_build_again(report):
    manifest = json.loads((report / "manifest.json").read_text())
    assert manifest["parameters"]["age_cut_years"] == 70.0
    assert manifest["parameters"]["data"] == "<path>/patients.csv"
    assert manifest["parameters"]["db_password"] == "***"
    assert manifest["seed"] == 7
    assert manifest["data_sha256"] == "ab" * 32
    assert manifest["synthetic"] is True
    assert manifest["labels"]["figure.f2"] == "Figure 2"
    assert manifest["packages"]["papermill"] != "not installed"
    assert {step["step"] for step in manifest["steps"]} >= {"notebooks", "html", "pdf"}
    for path, digest in manifest["files"].items():
        assert hashlib.sha256((report / path).read_bytes()).hexdigest() == digest
    assert set(manifest["files"]) == set(list_files(report)) - {"manifest.json"}


def test_no_secret_and_no_path_is_in_any_file(report, project):
    for path in report.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            for secret in (b"hush", b"/srv/trial", str(project).encode(), b"/root/", b"/home/"):
                assert secret not in data, path.name


def test_pages_agree_on_numbers_and_link_to_each_other(report):
    section = PageReader((report / "sections/02_outcomes.html").read_text())
    assert "Figure 2. Overall survival by type of failure." in section.words
    links = {v for tag, name, v in section.attributes if (tag, name) == ("a", "href")}
    assert {"../manuscript.html", "02_outcomes.ipynb"} <= links
    manuscript = PageReader((report / "manuscript.html").read_text())
    assert "Figure 2. Overall survival by type of failure." in manuscript.words
    assert "What could not be computed" in manuscript.words
    assert manuscript.broken_links == section.broken_links == []
    for _, name, value in manuscript.attributes:
        if name == "href" and not re.match(r"#|https:", value):
            assert (report / value).is_file()


def test_tables_are_csv(report):
    with (report / "tables/t1.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0][2:4] == ["Univariate", "Univariate"]
    assert len({len(row) for row in rows}) == 1


def test_executed_notebook_reads_as_a_notebook(report):
    nbformat.validate(nbformat.read(report / "sections/01_cohort.ipynb", as_version=4))


def test_second_build_has_the_same_bytes(project, report, tmp_path):
    again = build(project, tmp_path, front=make_front).folder
    assert list_files(again) == list_files(report)
    for path in set(list_files(report)) - {"manifest.json"}:
        assert (again / path).read_bytes() == (report / path).read_bytes(), path


def test_failing_section_leaves_the_last_report_and_its_own_notebook(project, report, tmp_path):
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 / 0", id="bad")])
    nbformat.write(nb, notebooks / "01_cohort.ipynb")
    before = (report / "manuscript.html").read_bytes()
    with pytest.raises(BuildError, match=r"ZeroDivisionError.*; see paper.failed/01_cohort.ipynb"):
        build_report({}, name="paper", output_dir=report.parent, notebooks_dir=notebooks)
    assert (report / "manuscript.html").read_bytes() == before
    assert "ZeroDivisionError" in (report.parent / "paper.failed/01_cohort.ipynb").read_text()


def test_one_format_alone_and_a_title_from_the_parameters(project, tmp_path):
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Only prose", id="p")])
    nbformat.write(nb, notebooks / "01_x.ipynb")
    summary = build_report(
        {"title": "A & B"}, name="x", output_dir=tmp_path, notebooks_dir=notebooks, formats=["html"]
    )
    assert not list(summary.folder.rglob("*.pdf"))
    assert "<title>A &amp; B</title>" in (summary.folder / "manuscript.html").read_text()


def test_wrong_inputs_are_named(project, tmp_path):
    with pytest.raises(ParameterError, match=r"formats must be a list of html, pdf, .*but was"):
        build(project, tmp_path, formats=["odt"])
    with pytest.raises(BuildError, match=r"must hold notebooks named NN_section.ipynb"):
        build_report({}, name="x", output_dir=tmp_path, notebooks_dir=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_project_is_found_from_below(tmp_path):
    for name in ("notebooks", "params", "a/b"):
        (tmp_path / name).mkdir(parents=True)
    assert find_project(tmp_path / "a/b") == tmp_path.resolve()


def test_every_format_has_its_place_among_the_longest_first():
    assert sorted(LONGEST_FIRST) == sorted(ALL_FORMATS)
    assert LONGEST_FIRST[0] == "pdf"
