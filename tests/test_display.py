"""What a section shows: each output for its reader and, as a block, for the report."""

from __future__ import annotations

import base64
import hashlib
import json
from importlib.metadata import version

import pytest
from IPython.utils.capture import capture_output

import helpers.display
from helpers.analysis.survival import estimate_survival
from helpers.cohort import read_cohort
from helpers.display import Section, open_section
from helpers.document import MIME_TYPE, Cell, TableBlock, TextBlock, block_from_json
from helpers.figures import plot_survival
from helpers.narrative import caption_survival, describe_survival
from helpers.results import Result, ResultSet
from helpers.tables import make_survival_table
from helpers.tables.preview import table_to_html

OMITTED = ResultSet.omitted("os.tp53", "nobody was tested.", meta={"title": "OS by TP53"})
MEDIAN = Result(id="os.a.median", kind="median", estimate=12.0, unit="months")


@pytest.fixture(scope="module")
def cohort(tmp_path_factory):
    lines = ["patient_id,os_months,dead,sex"]
    lines += [f"P{n},{n},{n % 3 > 0:d},{'male' if n % 2 else 'female'}" for n in range(1, 25)]
    path = tmp_path_factory.mktemp("data") / "patients.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return read_cohort(path)


@pytest.fixture(scope="module")
def survival(cohort):
    return estimate_survival(cohort, set_id="os.sex", by="sex", title="Survival by sex")


@pytest.fixture
def shown(monkeypatch):
    outputs = []

    def keep(data, *, metadata=None, raw):
        assert raw
        json.dumps(data)
        outputs.append(data)

    monkeypatch.setattr(helpers.display, "display", keep)
    return outputs


def make_text(*results, style, **options):
    names = ", ".join(kept.id for kept in results)
    return TextBlock(results[0].id, f"{names} in {style} {options}")


def refuse(*args, **options):
    raise AssertionError("must not be called for an omitted set")


def test_recorded_results_come_back_with_the_abbreviations(cohort):
    kept = Section("outcomes", cohort).record(ResultSet.collect("os", [MEDIAN]))
    assert kept["a.median"] is MEDIAN
    assert kept.meta["abbreviations"]["LEN"] == "lenalidomide"


def test_what_is_recorded_twice_is_refused(cohort):
    section = Section("outcomes", cohort)
    section.record(ResultSet.collect("os", [MEDIAN]))
    with pytest.raises(ValueError, match=r"'os' or one of .* was recorded before; restart"):
        section.record(ResultSet.collect("os", []))
    with pytest.raises(ValueError, match=r"\['os.a.median'\]"):
        section.record(ResultSet.collect("os.other", [MEDIAN]))


def test_a_refused_set_leaves_no_trace(cohort, shown):
    section = Section("outcomes", cohort)
    section.record(ResultSet.collect("os", [MEDIAN]))
    with pytest.raises(ValueError, match="recorded before"):
        section.record(ResultSet.collect("os.b", [MEDIAN, Result(id="os.b.n", kind="count")]))
    section.close()
    assert [record["id"] for record in shown[0][MIME_TYPE]["results"]] == ["os.a.median"]


def test_a_sentence_is_markdown_and_a_block(cohort, shown):
    section = Section("outcomes", cohort, style="nejm")
    kept = section.record(ResultSet.collect("os", [MEDIAN]))
    section.text(make_text, kept, alpha=0.1)
    (output,) = shown
    assert output["text/markdown"] == output["text/plain"] == "os in nejm {'alpha': 0.1}"
    assert block_from_json(output[MIME_TYPE]) == TextBlock("os", output["text/markdown"])


def test_table_and_figure_are_shown_in_both_forms(cohort, survival, shown):
    section = Section("outcomes", cohort)
    kept = section.record(survival)
    section.text(describe_survival, kept)
    section.table(make_survival_table, kept, slot="supplement")
    section.figure(plot_survival, caption_survival, kept, slot="appendix", min_at_risk=3)
    text, table, figure = shown
    assert text["text/markdown"] == text[MIME_TYPE]["markdown"]
    assert table["text/html"].startswith("<table><caption ")
    assert table[MIME_TYPE]["slot"] == "supplement"
    block = block_from_json(figure[MIME_TYPE])
    assert figure["image/svg+xml"] == block.svg
    assert base64.b64decode(figure["image/png"]) == block.png
    assert block.png.startswith(b"\x89PNG")
    assert block.data_csv.splitlines()[0].startswith("group,time_months,n_at_risk")
    assert block.text.slot == "appendix"
    assert block.text.alt in figure["text/plain"]


def test_a_figure_of_a_real_cohort_is_not_marked_as_synthetic(cohort, survival, shown):
    section = Section("outcomes", cohort)
    section.figure(plot_survival, caption_survival, section.record(survival))
    assert "SYNTHETIC" not in shown[0]["image/svg+xml"]


def test_an_omitted_analysis_is_told_once_and_drawn_never(cohort, shown):
    section = Section("outcomes", cohort)
    kept = section.record(OMITTED)
    section.text(refuse, kept)
    section.table(refuse, kept)
    section.figure(refuse, refuse, kept)
    (output,) = shown
    assert output["text/markdown"] == "OS by TP53 could not be analysed: nobody was tested."
    assert output[MIME_TYPE]["type"] == "TextBlock"


def test_one_omitted_set_of_two_is_told_and_stops_what_needs_both(cohort, shown):
    section = Section("outcomes", cohort)
    kept = section.record(ResultSet.collect("os", [MEDIAN]))
    omitted = section.record(OMITTED)
    section.table(refuse, kept, omitted)
    section.text(make_text, kept)
    assert [output[MIME_TYPE]["id"] for output in shown] == ["omitted.os.tp53", "os"]


def test_close_hands_over_all_results_with_their_origin(cohort, shown):
    section = Section("outcomes", cohort)
    section.record(ResultSet.collect("os", [MEDIAN]))
    section.record(OMITTED)
    section.record(ResultSet.collect("n", [Result(id="n.all", kind="count", estimate=0, n=2)]))
    section.close()
    (output,) = shown
    assert output["text/plain"] == "2 results recorded"
    block = block_from_json(output[MIME_TYPE])
    assert block.id == "outcomes"
    assert [Result.from_record(record).id for record in block.results] == ["os.a.median", "n.all"]
    assert block.omitted == (
        {"id": "os.tp53", "title": "OS by TP53", "reason": "nobody was tested.", "columns": ""},
    )
    context = block.context
    assert (context["cohort"], context["n"], context["synthetic"]) == ("patients", 24, False)
    assert len(context["data_sha256"]) == len(hashlib.sha256().hexdigest())
    assert context["data_sha256"] == cohort.sha256
    assert context["warnings"] == list(cohort.remarks)
    assert context["versions"]["lifelines"] == version("lifelines")


def test_a_remark_points_at_no_row(tmp_path, shown):
    path = tmp_path / "patients.csv"
    path.write_text("patient_id,os_months,dead,platelets_g_l\nA,2,1,3000\nB,3,1,200\n")
    cohort = read_cohort(path)
    assert "In 1 patient platelets_g_l is outside 5 to 2000 10^9/L; see row 2." in cohort.warnings
    Section("cohort", cohort).close()
    (output,) = shown
    told = block_from_json(output[MIME_TYPE]).context["warnings"]
    assert "In 1 patient platelets_g_l is outside 5 to 2000 10^9/L." in told


def test_close_tells_how_each_set_was_made(cohort, survival, shown):
    section = Section("outcomes", cohort)
    section.record(survival)
    section.record(estimate_survival(cohort, set_id="os.tp53", by="tp53"))
    section.record(ResultSet.collect("os", [MEDIAN]))
    section.close()
    definitions = shown[0][MIME_TYPE]["context"]["definitions"]
    assert list(definitions) == ["os.sex"]
    made = definitions["os.sex"]
    assert made["analysis"] == "estimate_survival"
    assert (made["options"]["by"], made["options"]["conf_level"]) == ("sex", 0.95)


def test_a_real_cohort_opens_without_a_banner(cohort, shown):
    assert open_section("outcomes", cohort, style="jama").style == "jama"
    assert shown == []


def test_a_synthetic_cohort_is_announced(shown):
    open_section("outcomes", read_cohort("synthetic"))
    (output,) = shown
    assert output["text/plain"].startswith("SYNTHETIC DATA.")
    assert MIME_TYPE not in output


def test_outputs_reach_ipython(cohort):
    section = Section("outcomes", cohort)
    with capture_output() as captured:
        section.close()
    # outside a kernel IPython prints what it would send
    said = captured.stdout + str([output.data for output in captured.outputs])
    assert "0 results recorded" in said
    assert MIME_TYPE in said


def test_html_of_a_table_escapes_what_comes_from_data():
    evil = "<img src=x onerror=alert(1)> & co"
    table = TableBlock(
        "t",
        evil,
        ((Cell(evil, header=True, colspan=2),),),
        ((Cell(evil, indent=1, notes=(evil,)), Cell("1", rowspan=2)),),
        "lr",
        notes={evil: evil},
        abbreviations={evil: evil},
    )
    html = table_to_html(table)
    assert "<img" not in html
    assert html.count("&lt;img src=x onerror=alert(1)&gt; &amp; co") == 8
    assert '<th scope="colgroup" colspan="2" style="text-align: center">' in html
    assert '<td rowspan="2" style="text-align: right">1</td>' in html
    assert '<th scope="row" style="text-align: left; padding-left: 2em' in html
    assert "padding-left: 2em" in html


def test_notes_and_abbreviations_stand_below_in_order():
    table = TableBlock(
        "t", "T", (), ((Cell("x"),),), "l", {"b": "Second", "a": "First"}, {"OS": "o", "AML": "a"}
    )
    below = table_to_html(table).split("<small>")[1]
    assert below.startswith("<sup>b</sup> Second<br><sup>a</sup> First<br>AML: a; OS: o<")
