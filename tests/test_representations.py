"""What JupyterLab shows of a result, a table or a figure that ends a cell."""

from types import SimpleNamespace

import pytest
from IPython.core.formatters import DisplayFormatter
from lxml import html

from helpers.display import _register
from helpers.document import Cell, FigureBlock, FigureText, TableBlock, TextBlock
from helpers.results import Result, ResultSet

HOSTILE = "<script>x</script>"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 4"><path d="M 0 0"/></svg>'
RATIO = Result(
    id="cox.age.old", kind="hazard_ratio", label=HOSTILE, estimate=1.644, ci_lower=1.236,
    ci_upper=2.184, conf_level=0.95, p_value=0.0314, n=1392, events=222,
)  # fmt: skip
NOT_REACHED = Result(id="os.a.median", kind="median", status="not_reached", n=9)
REFERENCE = Result(id="cox.age.young", kind="hazard_ratio", status="reference", estimate=1.0, n=8)
TEST = Result(id="os.logrank", kind="test", p_value=0.0004, method="Log-rank test")


@pytest.fixture(scope="module")
def shell():
    made = SimpleNamespace(display_formatter=DisplayFormatter())
    _register(made)
    return made.display_formatter


def make_set(*results, **more):
    return ResultSet("s", {result.id: result for result in results}, **more)


def read_rows(data):
    tree = html.fromstring(data["text/html"])
    assert not tree.xpath("//script")
    return [[cell.text_content() for cell in row] for row in tree.xpath("//tbody/tr")]


def test_set_is_a_table_of_its_results(shell):
    data, _ = shell.format(
        make_set(RATIO, NOT_REACHED, REFERENCE, TEST, meta={"title": f"Model {HOSTILE}"})
    )
    rows = read_rows(data)
    assert rows[0] == ["cox.age.old", HOSTILE, "1.64 [1.24–2.18]", "0.03", "1,392", "222"]
    assert rows[1][2:] == ["not reached", "", "9", ""]
    assert rows[3][2:] == ["", "<0.001", "", ""]
    assert data["text/plain"].startswith(f"Model {HOSTILE}: 4 results")
    assert "cox.age.old: 1.64 [1.24–2.18]" in data["text/plain"]


def test_long_set_says_what_it_does_not_show(shell):
    many = [Result(id=f"r{n}", kind="statistic", estimate=float(n)) for n in range(60)]
    data, _ = shell.format(make_set(*many))
    assert len(read_rows(data)) == 40
    assert "20 more are not shown." in data["text/html"]


def test_omitted_set_says_why(shell):
    data, _ = shell.format(ResultSet.omitted("tp53", "nobody was tested.", meta={"title": "TP53"}))
    assert data == {"text/plain": "TP53: nobody was tested."}


def test_single_result_is_a_row(shell):
    data, _ = shell.format(RATIO)
    assert len(read_rows(data)) == 1


def test_blocks_look_as_in_the_report(shell):
    table = TableBlock(
        "t", f"T {HOSTILE}", ((Cell("a"), Cell("n")),), ((Cell("x"), Cell("1")),), "lr"
    )
    figure = FigureBlock(
        FigureText("f", "Survival", "Curves.", "Alt."), SVG, b"png", "a,b\n", width_mm=86.0
    )
    assert read_rows(shell.format(table)[0]) == [["x", "1"]]
    data, metadata = shell.format(figure)
    assert data["image/svg+xml"] == SVG
    assert "Alt." in data["text/plain"]
    assert metadata["image/png"]["width"] == pytest.approx(86 * 4.6, abs=1)
    assert shell.format(TextBlock("s", "*Text*"))[0]["text/markdown"] == "*Text*"
