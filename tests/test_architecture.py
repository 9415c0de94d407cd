"""The layers of the package, who owns which library, and the size of things."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "helpers"
MODULES = sorted(PACKAGE.rglob("*.py"))

LAYERS = {
    "errors": 0,
    "params": 1,
    "results": 1,
    "document": 1,
    "checklists": 1,
    "cohort": 1,
    "stats": 1,
    "provisioner": 1,
    "formatting": 2,
    "analysis": 2,
    "disclosure": 2,
    "tables": 3,
    "figures": 3,
    "narrative": 3,
    "published": 3,
    "display": 4,
    "comparisons": 4,
    "representations": 4,
    "report": 5,
    "explore": 5,
    "cli": 6,
}
STRANGERS = [
    {"cohort", "stats"},
    {"tables", "figures", "narrative", "published"},
    {"formatting", "analysis"},
    {"formatting", "disclosure"},
    {"report", "explore"},
]
FREE_OF_PARAMS = {
    "checklists",
    "cohort",
    "stats",
    "analysis",
    "disclosure",
    "tables",
    "figures",
    "narrative",
    "published",
}
OWNERS = {
    "lifelines": {"stats"},
    "scipy": {"stats"},
    "numba": {"stats", "cohort"},
    "statsmodels": {"stats"},
    "matplotlib": {"figures"},
    "seaborn": {"figures"},
    "IPython": {"display", "explore", "report"},
    "ipywidgets": {"explore"},
    "rich": {"cli"},
    "watchfiles": {"report"},
    "papermill": {"report"},
    "nbclient": {"report"},
    "nbconvert": {"report"},
    "nbformat": {"report"},
    "typst": {"report"},
    "docx": {"report"},
    "dask": {"report"},
    "distributed": {"report"},
    "lxml": {"report"},
    "pypandoc": {"report"},
    "pyreadstat": {"cohort"},
    "sqlalchemy": {"cohort"},
    "duckdb": {"cohort"},
    "yaml": {"params", "cohort", "published", "checklists"},
}


def find_part(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def list_imports(path: Path) -> set[str]:
    found = set()
    package = ["helpers", *path.relative_to(PACKAGE).parent.parts]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            found.add(".".join([*base, node.module or ""]).strip("."))
    return found


def list_parts_imported(path: Path) -> set[str]:
    names = (name.split(".") for name in list_imports(path))
    return {name[1] for name in names if name[0] == "helpers" and len(name) > 1}


def name_module(path: Path) -> str:
    return str(path.relative_to(PACKAGE.parent))


def test_every_part_has_a_layer() -> None:
    parts = {find_part(path) for path in MODULES} - {"__init__"}
    assert parts == set(LAYERS)


@pytest.mark.parametrize("path", MODULES, ids=name_module)
def test_imports_go_downwards(path: Path) -> None:
    part = find_part(path)
    if part == "__init__":
        return
    upwards = {
        other
        for other in list_parts_imported(path)
        if other != part and LAYERS[other] >= LAYERS[part] and not is_neighbour(part, other)
    }
    assert not upwards, f"{name_module(path)} imports {sorted(upwards)}"


def is_neighbour(part: str, other: str) -> bool:
    """Return whether two parts of one layer may know each other."""
    if any({part, other} <= group for group in STRANGERS):
        return False
    return LAYERS[part] == LAYERS[other]


@pytest.mark.parametrize("path", MODULES, ids=name_module)
def test_libraries_have_owners(path: Path) -> None:
    part = find_part(path)
    for name in list_imports(path):
        library = name.split(".")[0]
        assert part in OWNERS.get(library, {part}), f"{name_module(path)} imports {library}"


@pytest.mark.parametrize("path", MODULES, ids=name_module)
def test_functions_take_values_and_not_the_parameters(path: Path) -> None:
    if find_part(path) in FREE_OF_PARAMS:
        assert "params" not in list_parts_imported(path)


@pytest.mark.parametrize("path", MODULES, ids=name_module)
def test_modules_stay_small(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 300, f"{name_module(path)} has {len(lines)} lines"


@pytest.mark.parametrize("path", MODULES, ids=name_module)
def test_functions_stay_small(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = [part for part in node.body if not is_docstring(part)]
            length = body[-1].end_lineno - body[0].lineno + 1 if body else 0
            assert length <= 50, f"{name_module(path)}: {node.name} has {length} lines"


def is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def test_no_module_is_a_drawer_for_everything() -> None:
    forbidden = {"utils", "util", "misc", "common", "tools"}
    assert not [path for path in MODULES if path.stem in forbidden]
