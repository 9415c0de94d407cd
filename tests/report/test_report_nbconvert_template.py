"""The template for nbconvert's own HTML: the report's look, code folded, nothing from elsewhere."""

import re
import shutil
import tomllib
from pathlib import Path

import nbformat
import pytest
from lxml import html
from nbconvert.exporters import HTMLExporter

ROOT = Path(__file__).parents[2]
PREFIX = "share/jupyter/nbconvert/templates"


@pytest.fixture(scope="module")
def templates(tmp_path_factory):
    """Put the files where an installation puts them."""
    root = tmp_path_factory.mktemp("installed")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    shared = project["tool"]["hatch"]["build"]["targets"]["wheel"]["shared-data"]
    for source, target in shared.items():
        if target.startswith(PREFIX):
            place = root / target
            place.parent.mkdir(parents=True, exist_ok=True)
            copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copyfile
            options = {"dirs_exist_ok": True} if copy is shutil.copytree else {}
            copy(ROOT / source, place, **options)
    return root / PREFIX


@pytest.fixture(scope="module")
def page(templates):
    new = nbformat.v4
    nb = new.new_notebook(
        cells=[
            new.new_markdown_cell("# Title & more\n\nSome *text*."),
            new.new_code_cell(
                "show('<b>')",
                execution_count=1,
                outputs=[
                    new.new_output("stream", text="told <b>\n"),
                    new.new_output("error", ename="ValueError", evalue="no", traceback=["no"]),
                ],
            ),
        ],
    )
    exporter = HTMLExporter(template_name="lenfail", extra_template_basedirs=[str(templates)])
    text, _ = exporter.from_notebook_node(nb, {"metadata": {"name": "My <notebook>"}})
    return text


def test_code_is_folded_and_shown_as_text(page):
    tree = html.fromstring(page)
    assert tree.xpath("string(//details[@class='code']//code)") == "show('<b>')"
    assert not tree.xpath("//details[@open]")
    assert "told <b>" in tree.xpath("string(//main)")
    assert tree.xpath("string(//title)") == "My <notebook>"
    assert tree.xpath("string(//main//h1)").startswith("Title & more")


def test_nothing_is_loaded_from_elsewhere(page):
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)
    assert "<script" not in page
    assert "--link:" in page
