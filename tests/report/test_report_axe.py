"""axe-core finds nothing: light and dark, at three widths, folded and unfolded."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import CHROMIUM, open_page, start_browser
from curve_page import make_curve_page
from report_pages import make_sample_manuscript, make_sample_page

from helpers.report.html import write_html
from helpers.report.markdown import MarkdownConverter
from helpers.report.section_page import make_section_page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]
WIDTHS = (320, 820, 1440)
OPTIONS = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
    # Off by itself, because it is newer than most pages.
    "rules": {"target-size": {"enabled": True}},
}


@pytest.fixture(scope="module")
def browser():
    with start_browser() as running:
        yield running


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("axe")
    manuscript = make_sample_manuscript()
    section = make_section_page(
        manuscript.sections[1],
        numbering=manuscript.number(),
        markdown=MarkdownConverter(),
        links=[("../manuscript.html", "Manuscript"), ("02_outcomes.ipynb", "Executed notebook")],
        notebook="02_outcomes.ipynb",
    )
    pages = {"manuscript": make_sample_page(), "section": section, "curves": make_curve_page()}
    for name, page in pages.items():
        (folder / f"{name}.html").write_text(write_html(page), encoding="utf-8")
    return {name: folder / f"{name}.html" for name in pages}


def list_violations(page):
    """Run axe as a debugger does: the page's policy stays as it is."""
    response = Axe().run(page, options=OPTIONS).response
    assert len(response["passes"]) > 25
    return [
        f"{rule['id']}: {node['html'][:200]} ({node['failureSummary']})"
        for rule in response["violations"]
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ["manuscript", "section"])
def test_axe_finds_nothing_in_a_page(browser, files, name, width):
    with open_page(browser, files[name], width=width) as page:
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert list_violations(page) == []


@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_where_everything_is_open(browser, files, width):
    with open_page(browser, files["curves"], width=width) as page:
        page.eval_on_selector_all("details", "found => found.forEach(one => { one.open = true; })")
        page.locator("#at-table-flat thead button").first.click()
        page.locator(".reader").press("ArrowRight")
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert list_violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_dialog(browser, files, scheme):
    with open_page(browser, files["curves"], color_scheme=scheme) as page:
        page.get_by_role("button", name="Enlarge Figure 1").click()
        assert list_violations(page) == []


def test_axe_finds_what_is_wrong(browser, files, tmp_path):
    """The check itself: a picture without words, faint text and a skipped level are found."""
    path = tmp_path / "page.html"
    wrong = '<img src="data:,"><h6>Deep</h6>'
    text = files["curves"].read_text(encoding="utf-8").replace("</main>", f"{wrong}</main>")
    path.write_text(text, encoding="utf-8")
    with open_page(browser, path) as page:
        page.eval_on_selector("main p", "one => { one.style.color = '#bbb'; }")
        found = {text.partition(":")[0] for text in list_violations(page)}
    assert {"image-alt", "color-contrast", "heading-order"} <= found
