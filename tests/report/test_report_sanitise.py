"""HTML of foreign notebooks."""

import pytest
from page_reader import PageReader

from helpers.report.sanitise import sanitise_html

FRAME = """<div><style scoped>.dataframe tbody tr th {vertical-align: top;}</style>
<table border="1" class="dataframe"><thead><tr style="text-align: right;"><th></th><th>os</th></tr>
</thead><tbody><tr><th scope="row">0</th><td colspan="2" onclick="x()">1 &lt; 2</td></tr></tbody>
</table></div>"""


def test_table_of_a_data_frame_stays_a_table():
    shown = sanitise_html(FRAME)
    assert "<tr><td></td><th>os</th></tr>" in shown
    assert '<th scope="row">0</th><td colspan="2">1 &lt; 2</td>' in shown
    assert "vertical-align" not in shown
    assert "dataframe" not in shown


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<script>x()</script>a", "a"),
        ("<script>x()", ""),
        ("<b>a", "<b>a</b>"),
        ("</main></div>a", "a"),
        ("<b><i>a</b>b</i>", "<b><i>a</i></b>b"),
        ('<img src=x onerror="x()">a', "a"),
        ("<svg><script>x()</script><p>b</p></svg>a", "a"),
        ("<svg/onload=x()>", ""),
        ("<math><mtext><style><img src=x></style></mtext></math>a", "a"),
        ("<noscript><p title='</noscript><img src=x>'></noscript>a", "a"),
        ("<textarea></textarea><b>a</b>", "<b>a</b>"),
        ('<a href="javascript:x()">a</a>', "a"),
        ("<h1>a</h1>", "<strong>a</strong>"),
        ("<td>a</td>", "a"),
        (
            '<table><tr><td rowspan="99999">a</td></tr></table>',
            "<table><tr><td>a</td></tr></table>",
        ),
        ("&lt;script&gt;x()&lt;/script&gt;", "&lt;script&gt;x()&lt;/script&gt;"),
        ("<!-- <b> --><?php x ?><![CDATA[x]]>a", "a"),
        ("<p style='position:fixed' id=x class=y>a</p>", "<p>a</p>"),
        ("a<br>b<br/>", "a<br>b<br>"),
    ],
)
def test_only_text_marks_and_tables_stay(html, shown):
    assert sanitise_html(html) == shown


def test_what_stays_is_balanced():
    page = PageReader(f"<main>{sanitise_html(FRAME * 2 + '<ul><li>a<table><b>')}</main>")
    assert page.unbalanced == []
    assert page.outside == []
