"""The HTML pages."""

import base64
import hashlib
import re
from dataclasses import replace
from html import unescape

import pytest
from curve_page import make_curve_page, make_flat_table, make_grouped_table
from page_reader import PageReader
from report_pages import make_hostile_page, make_page, make_sample_page
from sample_report import HOSTILE, draw, make_figure, make_long_table, make_notebook, make_results

from helpers.document import Cell, FigureBlock, TextBlock
from helpers.report.html import write_html
from helpers.report.html_tables import is_sortable, write_data_table
from helpers.report.text import clean_text


@pytest.fixture(scope="module")
def html():
    return write_html(make_sample_page())


@pytest.fixture(scope="module")
def page(html):
    return PageReader(html)


def test_page_is_whole_and_loads_nothing(html, page):
    assert page.unbalanced == []
    assert page.loaded == []
    assert page.outside == []
    assert not [name for _, name, _ in page.attributes if name.startswith("on")]


@pytest.mark.parametrize(
    "evil",
    [
        '<img src="https://a.b/c.png">',
        '<p data-x="//a.b/c">',
        '<img srcset="x.png 1x, https://a.b/c.png 2x">',
        '<svg><path fill="url(http://a.b/#c)"/></svg>',
        '<a href="#x" ping="https://a.b/">x</a>',
        "<style>p { background: url(x.png) }</style>",
        "<style>@import 'x.css';</style>",
        '<style>@import "//a.b/x.css";</style>',
        "<script>fetch(x)</script>",
        "<script>const a = 'https://a.b';</script>",
        "<script>load('//a.b/c')</script>",
        '<script type="application/json">{"a":"http://a.b"}</script>',
    ],
)
def test_any_outside_address_is_found(html, evil):
    assert PageReader(html.replace("</main>", f"{evil}</main>")).outside


def hash_source(text):
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_policy_allows_the_one_style_sheet_and_script_and_nothing_else(html):
    (style,) = re.findall(r"<style>(.*?)</style>", html, re.S)
    (script,) = re.findall(r"<script>(.*?)</script>", html, re.S)
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html).group(1)
    assert unescape(policy).split("; ") == [
        "default-src 'none'",
        f"script-src {hash_source(script)}",
        f"style-src {hash_source(style)}",
        "img-src data:",
        "font-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    assert not re.search(r'<[^>]+\sstyle="', html)


def test_structure_is_accessible(page):
    assert page.headings[0] == 1
    assert page.headings.count(1) == 1
    steps = zip(page.headings, page.headings[1:], strict=False)
    assert all(after - before <= 1 for before, after in steps)
    assert [name for name, count in page.ids.items() if count > 1] == []
    assert page.broken_links == []
    labelled = {"aria-labelledby", "aria-describedby"}
    for _, name, value in page.attributes:
        assert name not in labelled or value in page.ids
    assert ("html", "lang", "en") in page.attributes
    scopes = [value for tag, name, value in page.attributes if tag == "th" and name == "scope"]
    assert len(scopes) == page.tags["th"]
    assert {"col", "colgroup", "row"} == set(scopes)


def test_contents_lists_parts_and_sections(html):
    contents = re.search(r"<nav.*?</nav>", html, re.S).group()
    linked = re.findall(r'<a href="#([^"]+)">([^<]+)</a>', contents)
    assert ("results", "Results") in linked
    assert ("what-predicts-survival", "What predicts survival?") in linked
    assert ("methods", "Methods") in linked
    assert not any("question of" in words for _, words in linked)


def test_sentence_ends_with_links_to_what_it_tells(html):
    assert (
        'alive at five years (<a href="#at-figure-f1">Figure\u00a01</a> and '
        '<a href="#at-table-t1">Table\u00a01</a>).</p>' in html
    )


def test_supplement_follows_the_references(html):
    order = [
        html.index(f">{title}</h2>")
        for title in ("Results", "References", "Supplementary material")
    ]
    assert order == sorted(order)
    assert html.index('id="at-figure-s1"') > order[2]
    assert html.index('id="at-figure-f4"') < order[1]


def test_synthetic_report_says_so_and_a_real_one_does_not():
    real = make_page(make_notebook("# Real", ("x", [TextBlock("a", "Text.")])))
    assert "SYNTHETIC" not in write_html(real)
    simulated = PageReader(write_html(make_page(make_notebook("# T", ("x", [make_results("a")])))))
    assert "SYNTHETIC DATA Every patient in this report is simulated" in simulated.words
    assert ("p", "role", "note") in simulated.attributes


def test_code_is_folded(html):
    folded = re.findall(r'<details class="code"><summary>Code</summary>(.*?)</details>', html, re.S)
    assert any("estimate_overall_survival" in code for code in folded)
    outside = re.sub(r"<details.*?</details>", "", html, flags=re.S)
    assert "estimate_overall_survival" not in outside


def test_figure_has_alternative_text_description_and_data(html, page):
    figure = re.search(
        r'<figure class="figure full" id="at-figure-f1" data-label="Figure 1">.*?</figure>',
        html,
        re.S,
    ).group()
    assert 'role="img" aria-label="Three falling survival curves' in figure
    assert 'aria-describedby="at-figure-f1-description"' in figure
    assert '<p id="at-figure-f1-description">At 24 months 52% survive' in figure
    assert '<th scope="col">Months</th>' in figure
    assert "<strong>Figure 1. Overall survival by type of failure.</strong>" in figure
    assert "CI, confidence interval; OS, overall survival." in figure
    assert page.tags["figure"] == 8


def test_table_has_notes_spans_and_numbers_to_sort_by(html):
    table = re.search(
        r'<div class="table" id="at-table-t1" data-label="Table 1">.*?<div class="notes">.*?</div>',
        html,
        re.S,
    ).group()
    assert "<strong>Table 1.</strong> Factors of overall survival.</caption>" in table
    assert '<th scope="col" rowspan="2">Factor</th>' in table
    assert '<th scope="colgroup" colspan="2" class="spanner">Univariate</th>' in table
    assert '<td class="r" data-value="1.64">1.64 (1.24 to 2.18)</td>' in table
    assert "&lt;0.001" in table
    assert "<sup>b</sup>" in table
    assert "<p><sup>a</sup> Wald test.</p>" in table
    assert (
        "<p>CI, confidence interval; HR, hazard ratio; WHO, World Health Organization.</p>" in table
    )


def test_drawing_that_is_not_svg_falls_back_to_its_png():
    good = make_figure("figure.a", "A.")
    png = draw(1, 178, 80.0)[1]
    figure = FigureBlock(good.text, "broken", png, "", 178)
    html = write_html(make_page(make_notebook("# T", ("x", [figure]))))
    data = base64.b64encode(png).decode()
    assert f'<img src="data:image/png;base64,{data}" alt="Three falling' in html


def test_long_data_are_cut_and_said_to_be():
    rows = "\n".join(f"{i},{i / 1050}" for i in range(1050))
    table = write_data_table(f"a,b\n{rows}\n", "Data")
    assert table.count("<tr>") == 1001
    assert "50 more rows" in table
    assert "<tr><td>1<td>0.0010" in table
    assert write_data_table("a,b\n", "Data") == ""


def test_hostile_text_is_shown_as_text():
    html = write_html(make_hostile_page())
    page = PageReader(html)
    assert page.unbalanced == []
    assert page.loaded == []
    assert page.outside == []
    assert page.tags["script"] == 1
    assert page.tags["img"] == 0
    assert not [name for _, name, _ in page.attributes if name.startswith("on")]
    assert [name for name, count in page.ids.items() if count > 1] == []
    for text in HOSTILE.values():
        words = " ".join(clean_text(text).split())
        assert page.words.count(words) >= 6
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", html)


def test_page_is_the_same_every_time(html):
    assert write_html(make_sample_page()) == html


def test_size_stays_small():
    nb = make_notebook(
        "# T", ("x", [make_long_table("table.l", 300), make_figure("figure.a", "A.")])
    )
    assert len(write_html(make_page(nb)).encode()) < 350_000


def test_data_are_rounded_alike_in_a_column():
    table = write_data_table(
        "group,time_months,estimate,n\na,0.5,1.0,3\nb,12.34567,0.25,\n",
        "Data",
        groups={"a": "First <one>"},
        decimal_mark=",",
    )
    assert '<th scope="col" class="l">Group</th><th scope="col">Months</th>' in table
    assert '<tr><td class="l">First &lt;one&gt;<td>0,50<td>1,0000<td>3' in table
    assert '<tr><td class="l">b<td>12,35<td>0,2500<td></tbody>' in table


def test_only_flat_tables_can_be_sorted(html):
    assert is_sortable(make_flat_table())
    assert not is_sortable(make_grouped_table())
    flat = make_flat_table()
    assert not is_sortable(replace(flat, rows=flat.rows[:3]))
    spanned = (Cell("All", colspan=3),)
    assert not is_sortable(replace(flat, rows=(*flat.rows, spanned)))
    heading = (Cell("Others"), Cell(""), Cell(""))
    assert not is_sortable(replace(flat, rows=(*flat.rows, heading)))
    written = write_html(make_curve_page())
    assert '<th scope="col" class="r" data-column="2">p value<sup>a</sup></th>' in written
    grouped = written[written.index('id="at-table-grouped"') :]
    assert "data-column" not in grouped[: grouped.index("</table>")]
    assert 'data-column="' not in html


def test_code_links_to_the_executed_notebook(html):
    assert 'notebook <a href="sections/02_outcomes.ipynb">02_outcomes.ipynb</a>' in html


def test_title_block_points_authors_at_affiliations():
    page = replace(
        make_sample_page(),
        authors=("Ann <A> [1,2]", "Ben"),
        affiliations=("One", "Two"),
        links=(("manuscript.pdf", "PDF"), ("results.json", "All results")),
    )
    html = write_html(page)
    assert '<p class="authors">Ann &lt;A&gt;<sup>1,2</sup> and Ben</p>' in html
    assert "<li><sup>1</sup>One</li><li><sup>2</sup>Two</li>" in html
    formats = re.search(r'<ul class="formats".*?</ul>', html).group()
    assert '<a href="manuscript.pdf">PDF</a>' in formats
    assert "results.json" not in formats
    assert '<p class="links"><a href="results.json">All results</a></p>' in html
