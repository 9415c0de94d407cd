"""Reports as files, written by hand: results, manifest, executed notebooks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from helpers.document import MIME_TYPE, ResultsBlock, block_to_json
from helpers.results import Result

DATA = "ab" * 32
PARAMETERS = {
    "age_cut_years": 75.0,
    "alpha": 0.05,
    "data": "patients.csv",
    "disclosure": "off",
    "number_style": "paper",
    "title": "A title",
}
REACHED = {
    "sections": {
        "01_people": {"parameters": ["data"], "packages": ["numpy"]},
        "02_model": {"parameters": ["age_cut_years", "data"], "packages": ["numpy", "scipy"]},
    },
    "versions": {"python": "3.11.7", "lenfail": "0.1.0", "numpy": "2.4.6", "scipy": "1.17.1"},
    "code": {
        "helpers.stats.cox": "1 fit:0001 Score.add:0002 *:0003",
        "helpers.stats.curve": "0,1 estimate:0004",
    },
}
COUNT = Result(id="flow.included", kind="count", label="Included", estimate=40, n=50)
RATIO = Result(
    id="cox.age.yes",
    kind="hazard_ratio",
    label="Yes",
    estimate=2.0,
    ci_lower=1.0,
    ci_upper=4.0,
    conf_level=0.95,
    p_value=0.04,
    n=40,
    events=20,
)
MEDIAN = Result(
    id="os.median", kind="median", estimate=20.0, ci_lower=10.0, ci_upper=30.0, unit="months"
)
SECTIONS = {"01_people": (COUNT, MEDIAN), "02_model": (RATIO,)}


def write_report(
    folder: Path,
    sections: Mapping[str, Sequence[Result]] = SECTIONS,
    *,
    cells: Mapping[str, str] | None = None,
    verdicts: Mapping[str, str] | None = None,
    **manifest: Any,
) -> Path:
    """Write a report; what is not named is as in every other one."""
    folder.mkdir(parents=True)
    (folder / "sections").mkdir()
    results = [result for found in sections.values() for result in found]
    titles = {"cox": {"options": {"title": "Model of survival"}}}
    write_json(
        folder / "results.json",
        {
            "format": 1,
            "synthetic": False,
            "context": {"definitions": titles},
            "omitted": [],
            "results": {result.id: result.to_record() for result in results},
        },
    )
    for name, found in sections.items():
        sources = {"first": "import numpy", "last": "section.close()", **(cells or {})}
        block = ResultsBlock(name, tuple(result.to_record() for result in found))
        write_json(folder / "sections" / f"{name}.ipynb", make_notebook(name, sources, block))
    if verdicts is not None:
        lines = [f"{key},Table 1,12,11,{value}" for key, value in verdicts.items()]
        text = "\n".join(["entry,place,printed,reproduced,verdict", *lines])
        (folder / "comparison.csv").write_text(text + "\n", encoding="utf-8")
    whole = {
        "format": 2,
        "name": folder.name,
        "version": "0.1.0",
        "synthetic": False,
        "data_sha256": DATA,
        "code_sha256": "cd" * 32,
        "commit": "12" * 20,
        "packages": {"numpy": "2.4.6"},
        "files": {},
        "input_files": {"data": DATA},
        **manifest,
        "parameters": {**PARAMETERS, **manifest.get("parameters", {})},
        "reached": manifest.get("reached", REACHED),
    }
    write_json(folder / "manifest.json", whole)
    return folder


def make_notebook(name: str, sources: Mapping[str, str], block: ResultsBlock) -> dict[str, Any]:
    title = {"cell_type": "markdown", "id": "title", "metadata": {}, "source": f"# {name}?"}
    cells = [
        {"cell_type": "code", "id": key, "metadata": {}, "source": source, "outputs": []}
        for key, source in sources.items()
    ]
    injected = {**cells[0], "id": "injected-parameters", "source": f"secret = {name!r}"}
    data = {MIME_TYPE: block_to_json(block)}
    cells[-1]["outputs"] = [{"output_type": "display_data", "data": data, "metadata": {}}]
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [title, injected, *cells]}


def write_json(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content), encoding="utf-8")
