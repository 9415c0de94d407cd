"""Blocks of an executed notebook, and their numbers."""

import base64

import nbformat
import pytest
from sample_report import (
    make_figure,
    make_model_table,
    make_notebook,
    make_results,
    make_sections,
    show,
)

from helpers.document import MIME_TYPE, FigureBlock, TableBlock, TextBlock
from helpers.errors import BuildError
from helpers.report.blocks import Code, Output, Prose, read_section
from helpers.report.numbering import Numbering, number_blocks


def test_items_keep_the_notebook_order_and_code_follows_what_it_shows():
    text = TextBlock("os", "Sentence.", ("table.t",))
    table = make_model_table("table.t", "Title.")
    section = read_section(
        make_notebook(
            "# Question?\n\nWhy.", ("a = 1", []), ("show(a)", [text, table]), "## Limits"
        ),
        name="01_x",
    )
    assert section.title == "Question?"
    assert section.items == (
        Prose("# Question?\n\nWhy."),
        text,
        table,
        Code(("a = 1", "show(a)")),
        Prose("## Limits"),
    )


def test_what_jupyterlab_shows_is_passed_over_where_blocks_are():
    nb = make_notebook("# T", ("x", [TextBlock("a", "A.")]))
    nb.cells[1].outputs.append(nbformat.v4.new_output("stream", text="noise"))
    kinds = [type(item) for item in read_section(nb, name="n").items]
    assert kinds == [Prose, TextBlock, Code]


def test_foreign_notebook_keeps_text_and_pictures():
    nb = nbformat.v4.new_notebook()
    outputs = [
        nbformat.v4.new_output("stream", text="printed"),
        nbformat.v4.new_output("display_data", {"image/svg+xml": "<svg/>", "text/plain": "alt"}),
        nbformat.v4.new_output("execute_result", {"text/html": "<script>", "text/plain": "frame"}),
        nbformat.v4.new_output("error", ename="ValueError", evalue="bad", traceback=[]),
    ]
    nb.cells.append(nbformat.v4.new_code_cell("code", outputs=outputs))
    section = read_section(nb, name="foreign")
    assert section.title == "foreign"
    assert section.items[:4] == (
        Output("printed"),
        Output("alt", svg="<svg/>"),
        Output("frame", html="<script>"),
        Output("ValueError: bad", is_error=True),
    )


def test_blocks_survive_the_way_through_a_notebook_file():
    nb = nbformat.reads(nbformat.writes(make_sections()["01_cohort"]), as_version=4)
    section = read_section(nb, name="01_cohort")
    figures = [block for block in section.blocks if isinstance(block, FigureBlock)]
    assert figures[0] == make_figure("figure.f1", "Overall survival by type of failure.", seed=1)
    assert section.results == make_results("cohort")


def test_unreadable_block_names_cell_and_section():
    nb = make_notebook("# T", ("x", [TextBlock("a", "A.")]))
    nb.cells[1].outputs[0].data[MIME_TYPE] = {"type": "Unknown"}
    with pytest.raises(BuildError, match=r"block in cell 2 of 02_outcomes must be"):
        read_section(nb, name="02_outcomes")


def make_numbered_blocks():
    return [
        make_figure("figure.a", "A."),
        make_model_table("table.a", "A."),
        make_figure("figure.s", "S.", slot="supplement"),
        TextBlock("t", "Text."),
        make_figure("figure.b", "B."),
        make_model_table("table.s", "S.", slot="supplement"),
        make_model_table("table.x", "X.", slot="appendix"),
    ]


def test_each_kind_and_slot_is_numbered_from_one():
    assert number_blocks(make_numbered_blocks()).labels == {
        "figure.a": "Figure 1",
        "table.a": "Table 1",
        "figure.s": "Supplementary Figure 1",
        "figure.b": "Figure 2",
        "table.s": "Supplementary Table 1",
        "table.x": "Appendix Table 1",
    }


def test_references_name_only_what_is_there():
    numbering = number_blocks(make_numbered_blocks())
    refs = ["figure.b", "table.a", "figure.gone", "figure.b", "figure.s"]
    assert numbering.describe(refs) == "(Figure 2, Table 1 and Supplementary Figure 1)"
    assert numbering.find_unknown(refs) == ("figure.gone",)
    assert Numbering().describe(refs) == ""


def test_one_id_twice_is_an_error():
    table = make_model_table("table.a", "A.")
    with pytest.raises(BuildError, match=r"'table.a' came twice"):
        number_blocks([table, table])


def test_display_output_of_the_sample_is_json():
    output = show(make_model_table("table.a", "A."))
    assert isinstance(output.data[MIME_TYPE]["rows"], list)
    assert TableBlock.__name__ == output.data[MIME_TYPE]["type"]


def test_pictures_attached_to_prose_are_kept():
    source = "![A box](attachment:a.png) and ![lost](attachment:b.png) and ![far](https://x.org/c)"
    cell = nbformat.v4.new_markdown_cell(source)
    cell["attachments"] = {"a.png": {"image/png": base64.b64encode(b"drawn").decode()}}
    section = read_section(nbformat.v4.new_notebook(cells=[cell]), name="x")
    assert section.items == (Prose(source), Output("A box", png=b"drawn"))
