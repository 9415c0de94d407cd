"""What a build is asked for, checked before anything runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import helpers
from helpers.errors import BuildError, ParameterError
from helpers.report.artefacts import CollectedResults
from helpers.report.layout import ALL_FORMATS
from helpers.report.manifest import hash_code
from helpers.report.manuscript import FrontMatter
from helpers.report.print_options import PrintOptions
from helpers.report.tasks import SectionTask

DEFAULT_TITLE = "Outcome after lenalidomide failure"

#: Makes title block, abstract and the parts around the results once these are known.
FrontMaker = Callable[[CollectedResults], FrontMatter]


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildInputs:
    """What a build was asked for, checked.

    Attributes
    ----------
    name : str
        Of the report.
    parameters : mapping
        Checked values by name, flat.
    tasks : tuple of SectionTask
        One for each notebook.
    formats : tuple of str
        To write.
    front : callable or None
        Makes the front matter; None is the standard one.
    ledger : Path or None
        Published numbers.
    descriptions : mapping of str to str
        Meaning of each parameter.
    key : str
        Hash of all that the report is made of; empty where that is not known.
    """

    name: str
    parameters: Mapping[str, Any]
    tasks: tuple[SectionTask, ...]
    formats: tuple[str, ...]
    front: FrontMaker | None
    ledger: Path | None = None
    descriptions: Mapping[str, str] = field(default_factory=dict)
    key: str = ""
    print_options: PrintOptions = field(default_factory=PrintOptions)


def make_tasks(
    parameters: Mapping[str, Any], notebooks_dir: Path, base_dir: Path | None
) -> tuple[SectionTask, ...]:
    """Return a task for each notebook in a folder, in the order of their numbers.

    Raises
    ------
    BuildError
        If there is none.
    """
    paths = sorted(notebooks_dir.glob("[0-9][0-9]_*.ipynb"))
    if not paths:
        raise BuildError(
            f"folder {notebooks_dir.name!r} must hold notebooks named NN_section.ipynb, but has "
            "none; give the project's notebooks folder"
        )
    return tuple(
        SectionTask(
            name=path.stem,
            notebook=path.read_bytes(),
            parameters=parameters,
            code_sha256=hash_code(),
            base_dir=base_dir,
        )
        for path in paths
    )


def check_formats(formats: Sequence[str]) -> tuple[str, ...]:
    """Return the formats to write, each once.

    Raises
    ------
    ParameterError
        If one is unknown.
    """
    unknown = [name for name in formats if name not in ALL_FORMATS]
    if unknown or isinstance(formats, str):
        raise ParameterError(
            f"formats must be a list of {', '.join(ALL_FORMATS)}, but was {formats!r}; name "
            "only those"
        )
    return tuple(dict.fromkeys(formats))


def make_front(parameters: Mapping[str, Any]) -> FrontMaker:
    """Return a maker of a title without anything around the results."""
    title = str(parameters.get("title") or DEFAULT_TITLE)
    return lambda collected: FrontMatter(title=title)


def find_project(start: Path | None = None) -> Path:
    """Return the nearest folder upwards that holds the notebooks and the parameters.

    Raises
    ------
    BuildError
        If there is none.
    """
    here = (start or Path.cwd()).resolve()
    source = Path(helpers.__file__).resolve().parent
    for folder in (here, *here.parents, *source.parents):
        if (folder / "notebooks").is_dir() and (folder / "params").is_dir():
            return folder
    raise BuildError(
        "the project's folder must hold notebooks/ and params/, but none above "
        f"{here.name!r} does; run lenfail inside the project"
    )
