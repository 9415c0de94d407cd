"""Drawings inside a page."""

import re
from xml.etree import ElementTree as ET

import pytest
from sample_report import draw

from helpers.report.shared_shapes import SharedShapes
from helpers.report.svg import SvgError, clean_svg, inline_svg, parse_svg, wrap_png

EVIL = """<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"
 viewBox="0 0 9 9" onload="alert(1)"><script>alert(2)</script><style>*{fill:red}</style>
<a href="javascript:alert(3)"><path d="M 0 0"/></a><foreignObject><p>html</p></foreignObject>
<image xlink:href="http://x.y/z.png"/><image xlink:href="data:image/png;base64,AA=="/>
<use xlink:href="http://x.y/#z"/><path d="M 1.23456 2" onclick="x" style="fill:url(http://x.y/#z);
stroke:#123"/><rect fill="url(#g) url(http://x.y)" width="1"/>
<text x="1">a &lt;b&gt;<tspan>c</tspan>d</text>
</svg>"""


def test_only_shapes_and_presentation_attributes_stay():
    shown = inline_svg(EVIL, prefix="p-", label='Alt "x"')
    assert not re.search(r"script|style|onload|onclick|foreignObject|http|javascript|<a\b", shown)
    assert shown.count("<image") == 1
    assert 'aria-label="Alt &quot;x&quot;"' in shown
    assert '<path d="M 1.23 2" stroke="#123"/>' in shown
    assert '<rect width="1"/>' in shown
    assert '<text x="1">a &lt;b&gt;<tspan>c</tspan>d</text>' in shown


def test_ids_are_prefixed_and_unused_ones_dropped():
    svg = draw(1, 178, 80.0)[0]
    shown = inline_svg(svg, prefix="f1-", label="x")
    ids = set(re.findall(r'\bid="([^"]+)"', shown))
    used = set(re.findall(r'(?:href="#|url\(#)([^")]+)', shown))
    assert ids
    assert ids == used
    assert all(name.startswith("f1-") for name in ids)


def test_shapes_of_a_matplotlib_figure_are_all_kept():
    svg = draw(1, 178, 80.0)[0]
    cleaned = clean_svg(svg)
    before, after = parse_svg(svg), parse_svg(cleaned)
    for tag in ("path", "use", "clipPath", "rect"):
        name = f"{{http://www.w3.org/2000/svg}}{tag}"
        assert len(list(before.iter(name))) == len(list(after.iter(name))) > 0
    assert len(cleaned) < len(svg)
    assert clean_svg(cleaned) == cleaned


def test_drawings_of_a_page_share_letters_and_marks():
    svg, shapes = draw(1, 178, 80.0)[0], SharedShapes()
    first = inline_svg(svg, prefix="f1-", label="x", shapes=shapes)
    alone = len(shapes.write())
    second = inline_svg(svg, prefix="f2-", label="x", shapes=shapes)
    assert len(shapes.write()) == alone > 1000  # the second drawing brought nothing new
    page = shapes.write() + first + second
    ids = re.findall(r'\bid="([^"]+)"', page)
    used = re.findall(r'(?:href="#|url\(#)([^")]+)', page)
    assert len(ids) == len(set(ids))
    assert set(used) == set(ids)
    assert first.replace("f1-", "f2-") == second
    assert len(first) < 0.75 * len(inline_svg(svg, prefix="f1-", label="x"))


def test_shared_shapes_are_those_of_the_drawing():
    svg, shapes = draw(1, 178, 80.0)[0], SharedShapes()
    shown = inline_svg(svg, prefix="", label="x", shapes=shapes)
    own = dict(re.findall(r'<path id="([^"]+)"([^>]*)/>', inline_svg(svg, prefix="", label="x")))
    shared = dict(re.findall(r'<path id="([^"]+)"([^>]*)/>', shapes.write()))
    by_own = re.findall(r'<use href="#([^"]+)"', inline_svg(svg, prefix="", label="x"))
    by_shared = re.findall(r'<use href="#([^"]+)"', shown)
    assert len(by_own) == len(by_shared) > 100
    assert [own[name] for name in by_own] == [shared[name] for name in by_shared]


def test_what_is_cut_by_a_path_of_its_drawing_is_not_shared():
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><defs><clipPath id="c"><path '
        'd="M0 0h9"/></clipPath><path id="a" d="M 1 1" clip-path="url(#c)"/><path id="b" '
        'd="M 2 2"/></defs><use href="#a"/><use href="#b"/></svg>'
    )
    shapes = SharedShapes()
    shown = inline_svg(svg, prefix="p-", label="x", shapes=shapes)
    assert '<path id="p-a" d="M 1 1" clip-path="url(#p-c)"/>' in shown
    assert "M 2 2" not in shown
    assert shapes.write().count("<path") == 1
    assert SharedShapes().write() == ""


@pytest.mark.parametrize(
    "text", ["", "no xml", "<html/>", '<!DOCTYPE s [<!ENTITY a "b">]><svg>&a;</svg>']
)
def test_what_is_not_svg_is_refused(text):
    with pytest.raises(SvgError, match="a drawing must"):
        inline_svg(text, prefix="p", label="x")


def test_png_is_wrapped_in_its_size():
    root = ET.fromstring(wrap_png(draw(1, 178, 80.0)[1]))
    assert root.get("viewBox") == f"0 0 {int(178 / 25.4 * 72)} {int(80 / 25.4 * 72)}"
