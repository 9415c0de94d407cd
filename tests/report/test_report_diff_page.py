"""The page of a comparison in a real Chromium: accessible, within its width, asking nobody."""

from dataclasses import replace

import pytest
from browser import CHROMIUM, open_page, start_browser
from test_report_axe import WIDTHS, list_violations
from written_reports import COUNT, MEDIAN, RATIO, write_report

from helpers.report.changes.attribution import Attribution, AttributionRow
from helpers.report.changes.comparison import compare_reports
from helpers.report.changes.page import write_comparison_page
from helpers.report.changes.reading import read_two_reports

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]
MOVED = {
    "01_people": tuple(replace(COUNT, id=f"flow.step_{n}", estimate=20 + n) for n in range(6)),
    "02_model": (replace(RATIO, estimate=3.0),),
}
BEFORE = {
    "01_people": (*(replace(one, estimate=10) for one in MOVED["01_people"]), MEDIAN),
    "02_model": (RATIO,),
}


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    write_report(folder / "one", BEFORE, verdicts={"cox": "equal"}, synthetic=True)
    changed = {"parameters": {"age_cut_years": 65.0, "title": "x" * 500}}
    write_report(folder / "two", MOVED, verdicts={"cox": "differs"}, **changed)
    comparison = compare_reports(*read_two_reports("one", "two", folder))
    rows = tuple(AttributionRow(name=f"cause {n}", n_changed=n) for n in range(5))
    attribution = Attribution(base="A", rows=rows, notes=("How it was done.",))
    path = folder / "page.html"
    path.write_text(write_comparison_page(comparison, attribution), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def browser():
    with start_browser() as running:
        yield running


@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_and_nothing_runs_over(browser, page, width):
    with open_page(browser, page, width=width) as shown:
        for scheme in ("light", "dark"):
            shown.emulate_media(color_scheme=scheme)
            assert list_violations(shown) == []
        assert shown.evaluate("document.documentElement.scrollWidth") <= width
        assert shown.said == []
        assert shown.asked == [page.as_uri()]


def test_a_table_of_changes_is_sorted_by_its_numbers(browser, page):
    with open_page(browser, page) as shown:
        table = shown.locator("table", has_text="what matters most first").first
        table.locator("thead button", has_text="B").last.click()
        cells = table.locator("tbody tr td:nth-child(4)").all_inner_texts()
    assert cells in (sorted(cells), sorted(cells, reverse=True))
    assert len(cells) == 6
