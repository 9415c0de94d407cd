"""Markdown to HTML and Typst."""

import json

import pytest

from helpers.errors import BuildError
from helpers.report import pandoc
from helpers.report.markdown import Fragment, MarkdownConverter
from helpers.report.pandoc import Pandoc


@pytest.fixture(scope="module")
def converter():
    kept = MarkdownConverter()
    kept.begin()
    yield kept
    kept.close()


def convert_one(converter, text, *, math=False):
    (part,) = converter.convert(Fragment(text, math=math))
    return part


def test_headings_part_the_prose(converter):
    parts = converter.convert(Fragment("# A *b*\n\nOne.\n\nTwo.\n\n## C", math=True))
    assert [(part.level, part.plain) for part in parts] == [(1, "A b"), (0, "One.Two."), (2, "C")]
    assert parts[0].html == "A <em>b</em>"
    assert parts[0].typst == "A #emph[b]"


def test_formulas_become_mathml_and_typst_with_words(converter):
    part = convert_one(converter, r"So $\hat{S}(t)$ falls.", math=True)
    assert "<math " in part.html
    assert "$" not in part.html
    assert r'#math.equation(block: false, alt: "\\hat{S}(t)", $' in part.typst


def test_dollars_in_sentences_are_dollars(converter):
    part = convert_one(converter, "It costs $5$ or $x$.")
    assert part.html == "<p>It costs $5$ or $x$.</p>"
    assert part.typst == r"It costs \$5\$ or \$x\$."


def test_formula_that_cannot_be_read_is_shown_as_code(converter):
    part = convert_one(converter, r"$\nosuchthing{x}$", math=True)
    assert part.typst == r"`\nosuchthing{x}`"
    assert r"\nosuchthing{x}" in part.html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "a <img src=x onerror=alert(1)> b",
        "<!-- hidden --> c",
        "```{=typst}\n#panic()\n```",
        "```{=html}\n<b>raw</b>\n```",
    ],
)
def test_markup_of_other_formats_is_text(converter, text):
    part = convert_one(converter, text)
    assert "<script" not in part.html
    assert "<img" not in part.html
    assert "<!--" not in part.html
    assert "<b>" not in part.html
    assert not part.typst.startswith("#panic")


@pytest.mark.parametrize(
    "text", ["#panic()", "= H", "/ a: b", "a @b <c> $d$ ~ -- // x", "[x] \\#y"]
)
def test_typst_marks_are_escaped(converter, text):
    typst = convert_one(converter, f"x {text}").typst
    for mark in "#@<$":
        assert typst.count(mark) == typst.count(f"\\{mark}")


def test_scripts_in_links_and_outside_pictures_are_left_out(converter):
    part = convert_one(
        converter, "[a](javascript:alert(1)) [b](https://doi.org/10.1/x) ![c](http://x.y/z.png)"
    )
    assert "javascript" not in part.html + part.typst
    assert '<a href="https://doi.org/10.1/x">b</a>' in part.html
    assert "z.png" not in part.html + part.typst
    assert "<em>c</em>" in part.html


def test_an_open_fence_does_not_swallow_the_next_fragment(converter):
    converter.prepare([Fragment("```\nopen"), Fragment("next")])
    assert convert_one(converter, "next").html == "<p>next</p>"


def test_pipe_tables_need_no_inline_styles(converter):
    part = convert_one(converter, "| a | b |\n|:--|--:|\n| 1 | 2 |")
    assert "style=" not in part.html
    assert '<td class="r">2</td>' in part.html


def test_long_words_break_in_print_only(converter):
    part = convert_one(converter, "y" * 100)
    assert part.typst.count("\u200b") == 4
    assert "\u200b" not in part.html


def test_many_fragments_need_one_run(converter, monkeypatch):
    runs = []
    ask = Pandoc.ask

    def count(process, line):
        runs.append(len(json.loads(line)["fragments"]))
        return ask(process, line)

    monkeypatch.setattr(Pandoc, "ask", count)
    fresh = MarkdownConverter()
    fresh.prepare(Fragment(f"text {i % 5}") for i in range(20))
    fresh.convert(Fragment("text 3"))
    assert runs == [5]


def test_a_pandoc_that_does_not_run_is_named(monkeypatch):
    monkeypatch.setattr(pandoc, "find_pandoc", lambda: "/nonexistent/pandoc")
    with pytest.raises(BuildError, match="pandoc could not be run"):
        MarkdownConverter().convert(Fragment("x"))
