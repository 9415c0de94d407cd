"""The pages in a real browser: policy, script, print, and a page without script."""

import re
import shutil
import subprocess
from dataclasses import replace

import pytest
from browser import CHROMIUM, open_page, start_browser
from curve_page import NAMES, make_curve_page, make_curves
from report_pages import make_hostile_page, make_page, make_sample_page
from sample_report import make_notebook

from helpers.report.html import write_html

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]
LEGAL = re.compile(r"^(file:|data:|about:)")


@pytest.fixture(scope="module")
def browser():
    with start_browser() as running:
        yield running


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    pages = {
        "sample": make_sample_page(),
        "hostile": make_hostile_page(),
        "curves": make_curve_page(),
    }
    for name, page in pages.items():
        (folder / f"{name}.html").write_text(write_html(page), encoding="utf-8")
    return {name: folder / f"{name}.html" for name in pages}


@pytest.fixture
def curves(browser, files):
    with open_page(browser, files["curves"]) as page:
        yield page
        assert page.said == []


@pytest.mark.parametrize("name", ["sample", "hostile", "curves"])
def test_nothing_is_blocked_and_nothing_is_asked_for(browser, files, name):
    with open_page(browser, files[name]) as page:
        assert page.said == []
        assert page.asked[0] == files[name].as_uri()
        assert all(LEGAL.match(address) for address in page.asked)
        assert page.locator("figcaption").count() > 0
        assert page.evaluate("document.fonts.check('16px \"Source Serif 4\"')")


@pytest.mark.parametrize(
    "evil",
    [
        "<script>document.title = 'hacked'</script>",
        "<img src=x onerror=\"document.title = 'hacked'\">",
        "<button onclick=\"document.title = 'hacked'\" id=evil>x</button>",
        "<script src='evil.js'></script>",
        "<p id=evil style='color: red'>x</p>",
        "<iframe src='evil.html'></iframe>",
    ],
)
def test_policy_blocks_what_is_put_into_the_page(browser, files, tmp_path, evil):
    path = tmp_path / "page.html"
    (tmp_path / "evil.js").write_text("document.title = 'hacked'")
    (tmp_path / "evil.html").write_text("<script>parent.document.title = 'hacked'</script>")
    path.write_text(
        files["curves"].read_text(encoding="utf-8").replace("</main>", f"{evil}</main>")
    )
    with open_page(browser, path) as page:
        if "<button" in evil:
            page.locator("#evil").click()
        page.wait_for_timeout(200)
        assert "hacked" not in page.title()
        assert any("Content Security Policy" in text for text in page.said)
        assert page.locator("button.theme").count() == 1


def test_hostile_text_does_not_run(browser, files):
    with open_page(browser, files["hostile"]) as page:
        assert page.title().startswith("SYNTHETIC DATA: Hostile <script>")
        kinds = page.eval_on_selector_all("script", "found => found.map(one => one.type)")
        assert kinds.count("") == 1
        assert set(kinds) <= {"", "application/json"}


@pytest.mark.parametrize("width", [320, 800, 1440])
@pytest.mark.parametrize("name", ["hostile", "sample"])
def test_page_never_scrolls_sideways(browser, files, name, width):
    with open_page(browser, files[name], width=width) as page:
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_page_is_complete_without_script(browser, files):
    with open_page(browser, files["curves"], java_script_enabled=False) as page:
        assert page.locator("button").count() == 0
        assert page.locator("nav.contents a").first.is_visible()
        assert page.get_by_text("104", exact=True).is_visible()
        assert page.locator("figure svg").is_visible()
        table = page.locator("figure .data table")
        assert not table.is_visible()
        page.locator("summary", has_text="Data").click()
        assert table.is_visible()
        page.locator("details.code summary").first.click()
        assert page.locator("details.code pre").first.is_visible()
        page.locator("nav.contents a", has_text="End").click()
        assert page.locator("h2", has_text="End").is_visible()


def test_pointing_at_a_curve_tells_its_numbers(curves):
    reader = curves.locator(".reader")
    reader.scroll_into_view_if_needed()
    box = reader.bounding_box()
    curves.mouse.move(box["x"] + box["width"] * 5 / 12, box["y"] + 20)
    rows = curves.locator(".readout tbody tr").all_inner_texts()
    assert curves.locator(".readout caption").inner_text() == "5.00 months"
    assert [row.split("\t") for row in rows] == [
        ["First <group>", "75.0%", "12.8–96.1", "2"],
        ["Second", "50.0%", "0.6–91.0", "1"],
    ]
    assert curves.locator(".readout").is_visible()
    dot = curves.locator(".reader .dot").first.bounding_box()
    assert dot["y"] + dot["height"] / 2 == pytest.approx(box["y"] + box["height"] * 0.25, abs=1.5)
    assert dot["x"] + dot["width"] / 2 == pytest.approx(box["x"] + box["width"] * 5 / 12, abs=1.5)
    curves.mouse.move(0, 0)
    assert not curves.locator(".readout").is_visible()


def test_dots_lie_on_the_drawn_curve(curves):
    """The first step of the first curve falls at two months from 1 to 0.75."""
    drawn = curves.evaluate(
        """() => {
          const svg = document.querySelector("figure svg");
          const paths = [...svg.querySelectorAll("path[fill='none']")];
          return paths.map(path => {
            const box = path.getBoundingClientRect();
            return [box.left, box.right, box.top, box.bottom];
          });
        }"""
    )
    reader = curves.locator(".reader").bounding_box()
    left = reader["x"]
    month = reader["width"] / 12
    spans = [((x0 - left) / month, (x1 - left) / month) for x0, x1, _, _ in drawn]
    assert any(start == pytest.approx(0, abs=0.1) and end == pytest.approx(10, abs=0.1)
               for start, end in spans)  # fmt: skip


def test_keys_move_along_the_curves(curves):
    reader = curves.get_by_role("slider", name="Read Figure 1 at a time")
    curves.keyboard.press("Tab")
    reader.focus()
    for key, now, words in (
        ("Home", "0", "0.00 months. First <group>: 100.0%, 4 at risk; Second: 100.0%, 2 at risk."),
        ("PageUp", "1.2", "1.20 months. First <group>: 100.0%, 4 at risk; "),
        ("End", "12", "12.00 months. First <group>: beyond the last observation; "),
    ):
        curves.keyboard.press(key)
        assert reader.get_attribute("aria-valuenow") == now
        assert reader.get_attribute("aria-valuetext").startswith(words)
    curves.keyboard.press("Home")
    for _ in range(20):
        curves.keyboard.press("ArrowRight")
    assert "2.00 months. First <group>: 75.0%, interval 12.8 to 96.1, 4 at risk" in (
        reader.get_attribute("aria-valuetext")
    )
    assert curves.locator(".readout").is_visible()
    curves.keyboard.press("Escape")
    assert not curves.locator(".readout").is_visible()


def test_a_long_curve_is_read_only_where_its_numbers_are_exact(browser, tmp_path):
    n = 4000
    rows = "\n".join(f"{key},{i / 400},{n - i},{1 - i / n}" for key in NAMES for i in range(n))
    data_csv = f"group,time_months,n_at_risk,estimate\n{rows}\n"
    block = replace(make_curves(), data_csv=data_csv)
    path = tmp_path / "long.html"
    path.write_text(write_html(make_page(make_notebook("# Long", ("show()", [block])))))
    with open_page(browser, path) as page:
        reader = page.locator(".reader")
        reader.focus()
        for key in ("Home", "ArrowRight", "ArrowRight", "PageUp"):
            page.keyboard.press(key)
            time = float(reader.get_attribute("aria-valuenow"))
            row = round(time * 400)
            assert row == pytest.approx(time * 400, abs=1e-6)
            shown = page.locator(".readout tbody tr td").all_inner_texts()
            assert shown[::3] == [f"{100 * (1 - row / n):.1f}%"] * 2
            assert shown[2::3] == [str(n - row)] * 2
        assert time > 1


def read_column(page, table, column):
    return page.locator(f"#at-table-{table} tbody tr > :nth-child({column})").all_inner_texts()


def test_flat_table_is_sorted_by_its_values(curves):
    p_value = curves.locator("#at-table-flat thead th").nth(2)
    before = read_column(curves, "flat", 3)
    p_value.get_by_role("button").click()
    assert p_value.get_attribute("aria-sort") == "ascending"
    assert read_column(curves, "flat", 3) == ["<0.001", "0.03", "0.2", ""]
    p_value.get_by_role("button").press("Enter")
    assert p_value.get_attribute("aria-sort") == "descending"
    assert read_column(curves, "flat", 3) == ["0.2", "0.03", "<0.001", ""]
    patients = curves.locator("#at-table-flat thead th").nth(1)
    patients.get_by_role("button").click()
    assert p_value.get_attribute("aria-sort") is None
    assert read_column(curves, "flat", 2) == ["9", "12", "30", "104"]
    assert curves.get_by_role("status").inner_text() == "Sorted by Patients, ascending."
    patients.get_by_role("button").click()
    patients.get_by_role("button").click()
    assert read_column(curves, "flat", 3) == before
    assert curves.locator("#at-table-grouped thead button").count() == 0


def paste(page, tag):
    """Return what lands in a field: text in a text area, HTML in an editable element."""
    page.evaluate(
        """tag => {
          const field = document.createElement(tag);
          field.id = "field";
          field.contentEditable = "true";
          document.body.append(field);
          field.focus();
        }""",
        tag,
    )
    page.keyboard.press("Control+V")
    return page.evaluate(
        """() => {
          const field = document.getElementById("field");
          const kept = field.value ?? field.innerHTML;
          field.remove();
          return kept;
        }"""
    )


def test_copied_table_pastes_as_cells(curves):
    curves.get_by_role("button", name="Copy Table 2").click()
    assert paste(curves, "textarea").split("\n") == [
        "Characteristic\tAll (n = 392)",
        "Sex\t",
        "Female\t258 (66%)",
        "Male\t134 (34%)",
        "Age, years\t70 (37–95)",
    ]
    curves.get_by_role("button", name="Copy Table 1").click()
    html = paste(curves, "div")
    assert html.count("<tr") == 5
    assert "'=1+1" in html
    assert "<button" not in html
    assert curves.get_by_role("button", name="Copy Table 1").inner_text() == "Copied"


def test_figure_is_enlarged_in_a_dialog(curves):
    opener = curves.get_by_role("button", name="Enlarge Figure 1")
    small = curves.locator("figure svg").bounding_box()["width"]
    opener.press("Enter")
    dialog = curves.get_by_role("dialog", name="Figure 1. Survival of six.")
    assert dialog.is_visible()
    assert curves.evaluate("document.querySelector('dialog').contains(document.activeElement)")
    width = dialog.locator("svg").bounding_box()["width"]
    assert width > small
    dialog.get_by_role("button", name="Larger").click()
    assert dialog.locator("svg").bounding_box()["width"] > 1.4 * width
    dialog.get_by_role("button", name="Smaller").click()
    assert dialog.get_by_role("button", name="Smaller").is_disabled()
    curves.keyboard.press("Escape")
    assert not dialog.is_visible()
    assert opener.evaluate("button => button === document.activeElement")
    assert curves.locator("figure svg").bounding_box()["width"] == small


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_theme_follows_the_system_until_it_is_chosen(browser, files, scheme):
    with open_page(browser, files["curves"], color_scheme=scheme) as page:
        shade = "getComputedStyle(document.body).backgroundColor"
        first = page.evaluate(shade)
        assert (first == "rgb(255, 255, 255)") == (scheme == "light")
        page.locator("button.theme").click()
        chosen = page.evaluate(shade)
        assert chosen != first
        page.reload()
        assert page.evaluate(shade) == chosen


def test_contents_follow_the_reader(curves):
    current = curves.locator("nav.contents a[aria-current]")
    curves.locator("h2#end").evaluate("heading => heading.scrollIntoView()")
    curves.locator("nav.contents a[aria-current][href='#end']").wait_for(state="attached")
    assert current.all_inner_texts() == ["End"]
    curves.locator("h2#curves").evaluate("heading => heading.scrollIntoView()")
    curves.locator("nav.contents a[aria-current][href='#curves']").wait_for(state="attached")
    assert current.count() == 1
    curves.locator("nav.contents a", has_text="End").click()
    top = curves.locator("h2#end").bounding_box()["y"]
    assert curves.locator("header.top").bounding_box()["height"] <= top < 300


def test_contents_are_folded_on_a_phone(browser, files):
    with open_page(browser, files["curves"], width=390) as page:
        assert not page.locator("nav.contents ul").first.is_visible()
        page.locator(".to-contents").click()
        assert page.locator("nav.contents ul").first.is_visible()


def test_every_printed_sheet_says_synthetic(browser, files, tmp_path):
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    pdf = tmp_path / "print.pdf"
    with open_page(browser, files["sample"]) as page:
        page.pdf(path=pdf, prefer_css_page_size=True)
    text = subprocess.run(["pdftotext", pdf, "-"], capture_output=True, check=True).stdout.decode()
    sheets = text.split("\f")[:-1]
    assert len(sheets) > 3
    assert all("SYNTHETIC DATA" in sheet for sheet in sheets)
    assert f"{len(sheets)} of {len(sheets)}" in sheets[-1]
    assert not re.search(r"Dark page|Enlarge|Copy|Description of", text)
