"""How a reader opens a section again: the command, the notebook, the parameters that differ."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from helpers.report.notebook_file import read_notebook
from helpers.report.scrub import scrub_parameters
from helpers.report.tasks import SectionTask
from helpers.report.usage import find_used_parameters

_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Reopening:
    """What a section is opened again with.

    Attributes
    ----------
    command : str
        For the project's folder.
    notebook : str
        Name of the file in JupyterLab.
    parameters : tuple of (str, str)
        Name and value of those that the section uses and that are not the default, without
        credentials and folders.
    """

    command: str
    notebook: str
    parameters: tuple[tuple[str, str], ...] = ()


def make_reopenings(name: str, tasks: Iterable[SectionTask]) -> dict[str, Reopening]:
    """Return how each section of a report is opened again, by section.

    Parameters
    ----------
    name : str
        Of the report.
    tasks : iterable of SectionTask
        Of its sections.
    """
    from helpers.params import Params

    defaults = {key: field.default for key, field in Params.model_fields.items()}
    return {
        task.name: Reopening(
            command=f"{command_lab(name)} --notebook {task.name}",
            notebook=f"{task.name}.ipynb",
            parameters=tuple(_list_changed(task, defaults)),
        )
        for task in tasks
    }


def command_lab(name: str) -> str:
    """Return the command that opens a report again.

    Examples
    --------
    >>> command_lab("paper")
    'lenfail lab reports/paper'
    """
    return f"lenfail lab reports/{name}"


def _list_changed(task: SectionTask, defaults: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    used = find_used_parameters(read_notebook(task), tuple(task.parameters))
    changed = {
        key: value
        for key, value in task.parameters.items()
        if key in used and key in defaults and value != defaults[key]
    }
    for key, value in scrub_parameters(changed).items():
        text = _show(value)
        yield key, text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _show(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
