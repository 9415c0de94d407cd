"""Column widths in print, references by position, pointers to the supplement."""

import pytest
from report_pages import MARKDOWN, make_front
from sample_report import make_figure, make_long_table, make_model_table, make_notebook

from helpers.document import Cell, TableBlock, TextBlock
from helpers.report.blocks import NOTEBOOK_ONLY, Prose, read_section, refer_to_what_follows
from helpers.report.manuscript import Manuscript, assemble_manuscript
from helpers.report.nodes import SentenceNode
from helpers.report.table_widths import FULL_WIDTH_PT, measure_em, plan_widths


def make_table(header, row, align, n_rows=3):
    cells = (tuple(map(Cell, header)),)
    return TableBlock("table.x", "X.", cells, (tuple(map(Cell, row)),) * n_rows, align)


def test_small_tables_are_left_to_the_typesetter():
    plan = plan_widths(make_table(("A", "B"), ("x", "1"), "lr"))
    assert (plan.wide, plan.widths_pt, plan.scale) == (False, (), 1.0)


def test_a_longer_table_goes_into_the_margin():
    plan = plan_widths(make_table(("A", "B"), ("x" * 90, "1234567890"), "lr"))
    assert (plan.wide, plan.widths_pt) == (True, ())


@pytest.mark.parametrize("n_groups", [6, 7, 8])
def test_numbers_of_a_wide_table_stay_on_one_line(n_groups):
    header = (
        "Characteristic",
        *(f"Allogeneic transplantation {i} (n = 12)" for i in range(n_groups)),
    )
    number = "12.2 (3.7\u201348.7)"
    row = ("Initial daily dose of lenalidomide: 10 mg or more, n (%)", *[number] * n_groups)
    plan = plan_widths(make_table(header, row, "l" + "r" * n_groups))
    assert sum(plan.widths_pt) <= FULL_WIDTH_PT + 1
    needed = measure_em(number) * 8.6 * plan.scale
    assert min(plan.widths_pt[1:]) >= needed
    assert plan.widths_pt[0] >= needed


def test_short_columns_get_what_they_want_before_long_text():
    row = ("Share: all 392 patients", "66%", "contradiction of the paper", "because " * 60)
    plan = plan_widths(make_table(("What", "Printed", "Verdict", "Reason"), row, "lrll"))
    assert plan.scale == 1.0
    assert plan.widths_pt[2] >= measure_em(row[2]) * 8.6
    assert max(plan.widths_pt) == plan.widths_pt[3]


def test_impossible_tables_still_fit_the_sheet():
    row = tuple("x" * 40 for _ in range(20))
    plan = plan_widths(make_table(row, row, "r" * 20))
    assert sum(plan.widths_pt) <= FULL_WIDTH_PT + 1
    assert plan.scale < 1


def test_sentences_refer_to_what_follows_them():
    first, second = TextBlock("a", "A."), TextBlock("b", "B.")
    kept = TextBlock("c", "C.", ("figure.z",))
    table, figure = make_model_table("table.t", "T."), make_figure("figure.f", "F.")
    items = (
        first,
        second,
        table,
        figure,
        Prose("Next."),
        make_long_table("table.l", 1),
        kept,
        table,
    )
    refs = [item.refs for item in refer_to_what_follows(items) if isinstance(item, TextBlock)]
    assert refs == [(), ("table.t", "figure.f"), ("figure.z",)]


def test_prose_about_the_notebook_is_left_out():
    nb = make_notebook("# T", "How to change this cell.")
    nb.cells[1].metadata.tags = [NOTEBOOK_ONLY]
    assert read_section(nb, name="n").items == (Prose("# T"),)


def test_untold_supplement_is_pointed_at_where_it_was_shown():
    supplement = make_long_table("table.l", 1)
    told = make_figure("figure.s", "S.", slot="supplement")
    nb = make_notebook(
        "# T\n\nWhy.",
        ("x", [supplement]),
        "More.",
        ("y", [TextBlock("b", "B (n = 5)."), told]),
    )
    manuscript = Manuscript(front=make_front(), sections=(read_section(nb, name="01_t"),))
    page = assemble_manuscript(manuscript, numbering=manuscript.number(), markdown=MARKDOWN)
    sentences = [node for node in page.nodes if isinstance(node, SentenceNode)]
    assert sentences == [
        SentenceNode("See", "See", (("at-table-l", "Supplementary Table 1"),)),
        SentenceNode(
            "B (n\u00a0=\u00a05).",
            "B (n~=~5).",
            (("at-figure-s", "Supplementary Figure 1"),),
        ),
    ]
