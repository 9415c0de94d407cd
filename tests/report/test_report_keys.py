"""What a section depends on: its parameters, its code, its data, and nothing else."""

import json
import shutil
import tempfile
from functools import cache
from pathlib import Path

import nbformat
import pytest

import helpers
from helpers.params import Params
from helpers.report.code_graph import CodeGraph
from helpers.report.imports import list_notebook_imports
from helpers.report.keys import add_keys
from helpers.report.tasks import SectionTask
from helpers.report.usage import find_used_parameters, resolve_attribute

NOTEBOOKS = Path(helpers.__file__).parents[1] / "notebooks"
NAMES = tuple(Params.model_fields)
DEFAULTS = Params().model_dump()


def read(name):
    return json.loads((NOTEBOOKS / f"{name}.ipynb").read_text())


def make_notebook(*sources):
    cells = [nbformat.v4.new_code_cell(source, id=f"c{i}") for i, source in enumerate(sources)]
    return json.loads(nbformat.writes(nbformat.v4.new_notebook(cells=cells)))


READING = "params = read_params(globals())"


@pytest.mark.parametrize(
    ("source", "used"),
    [
        ("params.alpha", {"alpha"}),
        ("f(x, factors=params.model_factors)", {"model_factors"}),
        ("f(**params.plot_options)", {"axis_step_months", "min_at_risk", "risk_table"}),
        ("params.quoted_estimator", {"aml_estimator"}),
        ("print(seed)", {"seed"}),
        ("other = 1", set()),
        ("f(params)", set(NAMES)),
        ("getattr(params, 'alpha')", set(NAMES)),
        ("params.model_dump()", set(NAMES)),
        ("globals()['alpha']", set(NAMES)),
        ("%run other.py", set(NAMES)),
    ],
)
def test_the_parameters_that_a_notebook_uses(source, used):
    assert find_used_parameters(make_notebook(READING, source), NAMES) == used


def test_a_property_of_properties_uses_what_they_use():
    used = resolve_attribute("cohort_options", frozenset(NAMES))
    assert {"age_cut_years", "data_sheet", "mapping", "terms"} <= used
    assert not {"alpha", "title", "stepwise"} & used


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("0*.ipynb")), ids=lambda path: path.stem)
def test_the_projects_notebooks_leave_nothing_open(path):
    used = find_used_parameters(read(path.stem), NAMES)
    assert {"data", "age_cut_years", "number_style", "disclosure"} <= used
    assert not {"title", "authors", "formats", "page_size", "reference_docx"} & used


def make_keys(changes=None, notebook=None, **options):
    tasks = [
        SectionTask(
            name=path.stem,
            notebook=notebook or path.read_bytes(),
            parameters=DEFAULTS | (changes or {}),
            base_dir=options.get("base_dir"),
        )
        for path in sorted(NOTEBOOKS.glob("0*.ipynb"))
    ]
    return {task.name: task.key for task in add_keys(tasks, make_graph(), ledger=None)}


@cache
def find_store():
    return Path(tempfile.mkdtemp(prefix="keys-")) / "imports.json"


def make_graph():
    """Return a graph that parses each module once in all tests."""
    graph = CodeGraph(find_store())
    if not find_store().exists():
        graph.hash_code(["helpers.display", "helpers.report.section_job"])
        graph.save()
    return CodeGraph(find_store())


@pytest.fixture(scope="module")
def keys():
    yield make_keys()
    shutil.rmtree(find_store().parent)
    find_store.cache_clear()


@pytest.mark.parametrize(
    ("changes", "changed"),
    [
        ({"title": "Another"}, ""),
        ({"page_size": "letter"}, ""),
        ({"stepwise": "none"}, "3"),
        ({"treatment_factors": ["age_75"]}, "34"),
        ({"age_cut_years": 70.0}, "1234"),
        ({"disclosure": "midpoint-6"}, "1234"),
    ],
)
def test_a_parameter_changes_the_keys_of_the_sections_that_use_it(keys, changes, changed):
    now = make_keys(changes)
    assert {name[1] for name in keys if keys[name] != now[name]} == set(changed)


def test_data_and_ledger_change_a_key_by_their_content(tmp_path):
    data = tmp_path / "patients.csv"
    data.write_text("a\n")
    changes = {"data": "patients.csv"}
    one = make_keys(changes, base_dir=tmp_path)
    data.touch()
    assert make_keys(changes, base_dir=tmp_path) == one
    data.write_text("b\n")
    other = make_keys(changes, base_dir=tmp_path)
    assert not set(one.values()) & set(other.values())
    data.unlink()
    assert set(make_keys(changes, base_dir=tmp_path).values()) == {""}


def test_a_version_changes_every_key(keys, monkeypatch):
    monkeypatch.setattr("helpers.report.keys.find_version", lambda name: "0")
    assert not set(keys.values()) & set(make_keys().values())


@pytest.fixture
def package(tmp_path):
    """A package in which a calls b, and c is called by nobody."""
    root = tmp_path / "helpers"
    for name, text in {
        "__init__.py": "",
        "a.py": "from helpers.part import b\nimport numpy",
        "c.py": "import pandas",
        "part/__init__.py": "",
        "part/b.py": "def f():\n    from .deep import g",
        "part/deep.py": "",
        "part/table.yml": "x: 1",
        "part/loose/more.csv": "1",
        "part/inner/__init__.py": "",
        "part/inner/other.yml": "y: 1",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


@pytest.mark.parametrize(
    ("name", "is_changed"),
    [
        ("a.py", True),
        ("__init__.py", True),
        ("part/deep.py", True),
        ("part/table.yml", True),
        ("part/loose/more.csv", True),
        ("part/inner/other.yml", False),
        ("c.py", False),
    ],
)
def test_code_counts_if_it_can_be_reached(package, name, is_changed):
    before, packages = CodeGraph(root=package).hash_code(["helpers.a.f"])
    assert packages == {"numpy"}
    (package / name).write_text("import os  # changed")
    after, _ = CodeGraph(root=package).hash_code(["helpers.a.f"])
    assert (before != after) is is_changed


def test_the_imports_are_remembered_by_content(package, tmp_path, monkeypatch):
    store = tmp_path / "cache/imports.json"
    first = CodeGraph(store, package)
    expected = first.hash_code(["helpers.a"])
    first.save()
    monkeypatch.setattr("helpers.report.code_graph.ast.parse", None)
    assert CodeGraph(store, package).hash_code(["helpers.a"]) == expected
    (package / "a.py").write_text("import scipy")
    with pytest.raises(TypeError):
        CodeGraph(store, package).hash_code(["helpers.a"])


def test_imports_of_a_notebook_are_found_in_every_cell():
    nb = make_notebook("import a.b as c", "%magic", "from d import e, f\nif x:\n    import g")
    assert list_notebook_imports(nb) == ["a.b", "d", "d.e", "d.f", "g"]
