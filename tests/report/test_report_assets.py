"""What an HTML page carries inside belongs to the code that a report was made with."""

from pathlib import Path

import helpers
from helpers.report.html_assets import make_script, make_style
from helpers.report.manifest import CODE_SUFFIXES

TEMPLATES = Path(helpers.__file__).parent / "report" / "templates"


def test_every_template_counts_as_code():
    carried = [path for path in TEMPLATES.rglob("*") if path.is_file()]
    kinds = {path.suffix for path in carried if path.name != "OFL.txt"}
    assert {".css", ".html", ".js", ".woff2"} <= kinds
    assert kinds <= CODE_SUFFIXES


def test_every_script_is_in_the_page():
    script = make_script()
    for path in (TEMPLATES / "script").glob("*.js"):
        assert path.read_text(encoding="utf-8") in script


def test_every_typeface_is_in_the_page_and_may_be_given_on():
    faces = list((TEMPLATES / "fonts").glob("*.woff2"))
    assert make_style(synthetic=False).count("@font-face") == len(faces) == 3
    assert "SIL OPEN FONT LICENSE" in (TEMPLATES / "fonts" / "OFL.txt").read_text(encoding="utf-8")
