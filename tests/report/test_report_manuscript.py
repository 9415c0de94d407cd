"""The manuscript's order, the appendices, the files beside the pages."""

import json

import pandas as pd
import pytest
from report_pages import make_sample_manuscript, make_sample_page
from sample_report import make_figure, make_model_table, make_results

from helpers.document import ResultsBlock
from helpers.errors import BuildError
from helpers.published.comparison import Comparison, ComparisonTable
from helpers.report.appendices import (
    make_comparison_appendix,
    make_omitted_appendix,
    make_provenance_appendix,
)
from helpers.report.artefacts import (
    collect_results,
    write_comparison,
    write_figures,
    write_results,
    write_tables,
)
from helpers.report.nodes import FigureNode, HeadingNode, SentenceNode, TableNode
from helpers.report.pages import level_headings


def make_heading(level, name="x"):
    return HeadingNode(level, name, name, name, name)


@pytest.mark.parametrize(
    ("given_levels", "expected"),
    [
        ([2, 3, 4, 3, 2], [2, 3, 4, 3, 2]),
        ([2, 4, 4, 2], [2, 3, 3, 2]),
        ([1, 2], [2, 3]),
        ([4, 3, 2], [2, 2, 2]),
        ([2, 6, 4, 5], [2, 3, 3, 4]),
    ],
)
def test_headings_skip_no_level(given_levels, expected):
    nodes = level_headings(make_heading(level) for level in given_levels)
    assert [node.level for node in nodes] == expected


def test_parts_come_in_the_order_of_a_journal():
    titles = [(node.level, node.plain) for node in make_sample_page().headings]
    assert [title for level, title in titles if level == 2] == [
        "Methods",
        "Results",
        "Discussion",
        "References",
        "Supplementary material",
    ]
    results = titles.index((2, "Results"))
    assert titles[results + 1] == (3, "Who were the patients?")
    assert titles[results + 2] == (4, "First question of cohort")


def test_every_table_and_figure_is_shown_once_under_its_number():
    nodes = [n for n in make_sample_page().nodes if isinstance(n, TableNode | FigureNode)]
    labels = make_sample_manuscript().number().labels
    assert sorted(node.label for node in nodes) == sorted(labels.values())
    assert len(nodes) == 13
    assert all(node.label == labels[node.block.id] for node in nodes)


def test_abstract_refers_to_numbers_of_the_manuscript():
    (_, result) = make_sample_page().abstract
    assert result == SentenceNode(
        "The median was 23 months.",
        "The median was 23 months.",
        (("at-figure-f2", "Figure 2"),),
        "Results",
    )


def make_comparisons():
    shared = {
        "place": "Abstract",
        "kind": "median",
        "population": "all patients",
        "unit": "months",
        "result_id": "os.median",
        "field": "estimate",
    }
    equal = Comparison(
        entry_id="os", printed="23", computed=(23.1,), reproduced="23", verdict="equal", **shared
    )
    missing = Comparison(entry_id="tp53", printed="9", reason="no column", **shared)
    return ComparisonTable((equal, missing))


def test_comparison_appendix_has_all_entries_and_the_reasons():
    part = make_comparison_appendix(make_comparisons())
    text, table, reasons = part.items
    assert text.markdown.startswith("Of 2 printed numbers")
    assert text.refs == ("table.comparison", "table.comparison_reasons")
    assert [[cell.text for cell in row] for row in table.rows] == [
        ["Abstract"],
        ["Median: all patients", "23", "23", "equal"],
        ["Median: all patients", "9", "\u2013", "not computable"],
    ]
    assert [[cell.text for cell in row] for row in reasons.rows] == [
        ["Median: all patients", "9", "not computable", "no column"]
    ]


def test_omitted_appendix_is_there_only_where_something_was_left_out():
    assert make_omitted_appendix([]) is None
    part = make_omitted_appendix([{"id": "os.tp53", "reason": "no column"}])
    assert [cell.text for cell in part.items[0].rows[0]] == ["os.tp53", "No column.", "–"]


def test_provenance_prints_values_as_given_and_remarks():
    part = make_provenance_appendix(
        {"seed": 7, "formats": ["html", "pdf"]},
        {"Cohort": "mine"},
        descriptions={"seed": "Of all draws"},
        warnings=["3 rows <b> odd"],
    )
    parameters, provenance, remarks = part.items
    assert [[cell.text for cell in row] for row in parameters.rows] == [
        ["seed", "7", "Of all draws"],
        ["formats", "html, pdf", ""],
    ]
    assert [cell.text for cell in provenance.rows[0]] == ["Cohort", "mine"]
    assert r"\<b\>" in remarks.markdown


def test_results_of_all_sections_are_joined(tmp_path):
    collected = collect_results([make_results("a"), make_results("b", 1), make_results("a")])
    assert list(collected.records) == ["a.r0", "a.r1", "b.r0"]
    write_results(tmp_path / "results.json", collected)
    document = json.loads((tmp_path / "results.json").read_text())
    assert document["synthetic"] is True
    assert document["results"]["a.r1"]["estimate"] == 24.0
    assert [item["id"] for item in document["omitted"]] == ["a.tp53", "b.tp53"]
    assert document["context"]["n"] == 392


def test_sections_may_not_disagree():
    one = ResultsBlock("a", ({"id": "os", "kind": "median", "estimate": 1.0},))
    other = ResultsBlock("b", ({"id": "os", "kind": "median", "estimate": 2.0},))
    with pytest.raises(BuildError, match=r"result 'os' must be one number .* section 'b'"):
        collect_results([one, other])
    first = ResultsBlock("a", (), (), {"data_sha256": "1"})
    second = ResultsBlock("b", (), (), {"data_sha256": "2"})
    with pytest.raises(BuildError, match=r"same data, but section 'b'"):
        collect_results([first, second])


def test_files_beside_the_pages(tmp_path):
    figure = make_figure("figure.os_failure", "A.")
    names = write_figures(tmp_path / "figures", [figure, make_model_table("table.t", "T.")])
    assert names == ["os_failure"]
    assert (tmp_path / "figures/os_failure.svg").read_text() == figure.svg
    assert (tmp_path / "figures/os_failure.png").read_bytes() == figure.png
    assert (tmp_path / "figures/os_failure.csv").read_text() == figure.data_csv
    assert write_tables(tmp_path / "tables", [figure, make_model_table("table.t", "T.")]) == ["t"]
    assert (tmp_path / "tables/t.csv").read_text().startswith("Factor,n (events),Univariate,")


def test_comparison_file_computes_nothing(tmp_path):
    write_comparison(tmp_path / "c.csv", pd.DataFrame({"a": ["=1", "x"], "b": [-1, 2]}))
    assert (tmp_path / "c.csv").read_text() == "a,b\n'=1,-1\nx,2\n"
