"""YAML holds data: no tag of it makes an object or runs anything."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

import helpers
from helpers.cohort.mapping.text_yaml import load_text_yaml
from helpers.errors import LenfailError
from helpers.params import read_params_file
from helpers.published import read_ledger

PACKAGE = Path(helpers.__file__).parent
UNSAFE = {"Loader", "FullLoader", "UnsafeLoader", "CLoader", "CFullLoader", "CUnsafeLoader"}
UNSAFE_CALLS = {"unsafe_load", "full_load", "unsafe_load_all", "full_load_all"}


def list_unsafe(tree: ast.AST) -> list[str]:
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in UNSAFE | UNSAFE_CALLS:
            found.append(node.attr)
        if isinstance(node, ast.Constant) and node.value in UNSAFE:
            found.append(str(node.value))
        is_load = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if is_load and ast.unparse(node.func) in {"yaml.load", "yaml.load_all"}:
            found += ["load"] * (not node.keywords)
    return found


def test_no_module_reads_yaml_into_objects() -> None:
    modules = sorted(PACKAGE.rglob("*.py"))
    assert sum("yaml" in path.read_text(encoding="utf-8") for path in modules) > 3
    for path in modules:
        assert list_unsafe(ast.parse(path.read_text(encoding="utf-8"))) == [], path


def test_search_finds_an_unsafe_loader() -> None:
    assert list_unsafe(ast.parse("yaml.load(x, Loader=yaml.UnsafeLoader)")) == ["UnsafeLoader"]
    assert list_unsafe(ast.parse("yaml.load(x)")) == ["load"]


@pytest.mark.parametrize("read", [read_params_file, read_ledger])
def test_tag_runs_nothing(read: Callable[[Path], object], tmp_path: Path) -> None:
    target = tmp_path / "made"
    path = tmp_path / "evil.yml"
    path.write_text(f"title: !!python/object/apply:pathlib.Path.touch [{target}]\n")
    with pytest.raises((LenfailError, yaml.YAMLError)):
        read(path)
    assert not target.exists()


def test_tag_of_a_mapping_is_text(tmp_path: Path) -> None:
    target = tmp_path / "made"
    text = f"columns: !!python/object/apply:pathlib.Path.touch [{target}]\n"
    assert load_text_yaml(text, "mapping") == {"columns": [str(target)]}
    assert not target.exists()
