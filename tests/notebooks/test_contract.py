"""What every notebook of the project keeps to."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import nbformat
import pytest
from papermill.inspection import inspect_notebook

from helpers.params import Params
from helpers.report.inputs import make_tasks

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("[0-9]*.ipynb"))
EXPLORER = NOTEBOOKS[0].with_name("explore.ipynb")
FORBIDDEN = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.For,
    ast.While,
    ast.If,
    ast.Try,
    ast.With,
    ast.Lambda,
    ast.ListComp,
    ast.DictComp,
)


def read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def code_cells(path: Path) -> list[nbformat.NotebookNode]:
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


def has_tag(cell: nbformat.NotebookNode, tag: str) -> bool:
    return tag in cell.metadata.get("tags", [])


def test_there_is_one_notebook_for_each_section() -> None:
    names = [path.stem for path in NOTEBOOKS]
    assert names == ["01_cohort", "02_outcomes", "03_multivariate", "04_treatments"]


@pytest.mark.parametrize("path", [*NOTEBOOKS, EXPLORER], ids=lambda path: path.stem)
class TestNotebook:
    def test_is_valid_and_without_outputs(self, path: Path) -> None:
        notebook = read(path)
        nbformat.validate(notebook)
        assert not [cell for cell in code_cells(path) if cell.outputs or cell.execution_count]

    def test_has_one_title_that_asks(self, path: Path) -> None:
        titles = [
            line
            for cell in read(path).cells
            if cell.cell_type == "markdown"
            for line in cell.source.splitlines()
            if line.startswith("# ")
        ]
        assert len(titles) == 1
        assert titles[0].endswith("?")

    def test_declares_every_parameter_with_its_default(self, path: Path) -> None:
        tagged = [cell for cell in code_cells(path) if has_tag(cell, "parameters")]
        assert len(tagged) == 1
        namespace: dict[str, object] = {}
        exec(tagged[0].source, namespace)
        declared = {name: namespace[name] for name in Params.model_fields}
        assert Params(**declared) == Params()

    def test_tells_papermill_type_and_help_of_each_parameter(self, path: Path) -> None:
        found = inspect_notebook(str(path))
        assert set(found) == set(Params.model_fields)
        for name, entry in found.items():
            description = Params.model_fields[name].description.replace("`", "")
            assert entry["help"] == description
            assert entry["inferred_type_name"] in {"str", "float", "int", "bool", "list", "dict"}

    def test_names_the_kernel_that_speaks_by_ipc(self, path: Path) -> None:
        assert read(path).metadata.kernelspec.name == "lenfail"

    def test_cells_only_call(self, path: Path) -> None:
        for cell in code_cells(path):
            for node in ast.walk(ast.parse(cell.source)):
                assert not isinstance(node, FORBIDDEN), cell.source
                if isinstance(node, ast.Name):
                    assert node.id not in {"print", "exec", "eval", "open"}, cell.source
            assert not re.search(r"^[%!]|sys\.path|filterwarnings", cell.source, re.MULTILINE)

    def test_cells_are_short(self, path: Path) -> None:
        for cell in code_cells(path):
            if not has_tag(cell, "parameters") and not has_tag(cell, "setup"):
                assert len(cell.source.splitlines()) <= 12, cell.source

    def test_prose_holds_no_result(self, path: Path) -> None:
        """No p-value, interval or percentage is typed by hand."""
        for cell in read(path).cells:
            if cell.cell_type == "markdown":
                assert not re.search(r"\d\s?%|[pP]\s?[=<]\s?0?\.\d|\d+(\.\d+)? months", cell.source)

    def test_says_its_limits(self, path: Path) -> None:
        assert any(cell.source.startswith("## Limits") for cell in read(path).cells)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_section_hands_its_results_over(path: Path) -> None:
    assert read(path).cells[-1].source == "section.close()"


def test_the_notebook_of_choices_is_no_section() -> None:
    tasks = make_tasks({}, EXPLORER.parent, None)
    assert [task.name for task in tasks] == [path.stem for path in NOTEBOOKS]
