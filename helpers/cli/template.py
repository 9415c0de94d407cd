"""`lenfail template`: a folder to fill in with one's own patients."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from helpers.errors import ParameterError

PARAMS_FILE = "params.yml"
MAPPING_FILE = "mapping.yml"
WORKBOOK_FILE = "data-dictionary.xlsx"
README_FILE = "README.txt"
README = """\
Your own patients
=================

1. Fill in   data-dictionary.xlsx   one row for each patient on the sheet "patients"; delete the
                                    grey example row. The sheet "how-to" explains the rest.
             You have a spreadsheet already? Keep it as it is, and let this propose how its
             columns and codes translate:

                 lenfail map yourfile.xlsx --out proposed.yml --new-params own.yml

             Read both, decide on the lines of proposed.yml that are commented out, and go on
             with own.yml in place of params.yml. It declares your further columns, too.
             (mapping.yml is an empty one, for who prefers to write it alone.)

2. Check     lenfail check params.yml
             tells everything that is wrong at once, and what was understood.
             lenfail check params.yml --fix-list faults.xlsx   writes them as a list.

3. Build     lenfail build params.yml
             writes the report into reports/params/ of the lenfail folder; with --output FOLDER
             elsewhere, with --name NAME under another name.

Write no names, hospital numbers or addresses of patients into any of these files.
"""


def add_parser(commands: Any) -> None:
    """Add the command to the program's."""
    parser = commands.add_parser(
        "template", help="write a folder to fill in: parameters, mapping, workbook of patients"
    )
    parser.add_argument("folder", type=Path, help="new or empty folder")
    parser.add_argument(
        "--add-missing",
        action="store_true",
        help="allow a folder that is not empty; what is there stays as it is",
    )
    parser.set_defaults(run=run_template)


def run_template(options: argparse.Namespace) -> int:
    """Write the files of the template that are not there yet."""
    folder: Path = options.folder
    _prepare_folder(folder, add_missing=options.add_missing)
    written = [name for name, write in WRITERS.items() if _write_new(folder / name, write)]
    kept = [name for name in WRITERS if name not in written]
    for name in written:
        print(f"  {folder / name}")
    if kept:
        print(f"left as they were: {', '.join(kept)}")
    print(
        f"Fill in {folder / WORKBOOK_FILE}, then: lenfail check {folder / PARAMS_FILE}"
        if written
        else "nothing was missing"
    )
    return 0


def _prepare_folder(folder: Path, *, add_missing: bool) -> None:
    try:
        if folder.exists() and not folder.is_dir():
            raise ParameterError(
                f"FOLDER must be a folder, but was the file {str(folder)!r}; choose another name"
            )
        if folder.is_dir() and any(folder.iterdir()) and not add_missing:
            raise ParameterError(
                f"FOLDER must be new or empty, but was {str(folder)!r} with files in it; choose "
                "another, or add --add-missing to write only what is not there"
            )
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise _refuse_path(folder, error) from None


def _write_new(path: Path, write: Callable[[], bytes]) -> bool:
    """Write a file unless there is one; return whether it was written."""
    if path.exists() or path.is_symlink():
        return False
    try:
        with path.open("xb") as file:
            file.write(write())
    except FileExistsError:
        return False
    except OSError as error:
        raise _refuse_path(path, error) from None
    return True


def _refuse_path(path: Path, error: Exception) -> ParameterError:
    reason = getattr(error, "strerror", None) or str(error)
    return ParameterError(
        f"FOLDER must be a place that can be written to, but was {str(path)!r} ({reason}); "
        "check the path and who may write there"
    )


def _write_params() -> bytes:
    from helpers.cli.template_params import write_template_params
    from helpers.cohort.intake.workbook import PATIENTS_SHEET

    active = {
        "title": "Outcome after lenalidomide failure in our patients",
        "data": WORKBOOK_FILE,
        "data_sheet": PATIENTS_SHEET,
        "formats": ["html", "pdf", "docx", "xlsx"],
    }
    return write_template_params(active, name=PARAMS_FILE).encode()


def _write_mapping() -> bytes:
    from helpers.cohort import read_dictionary
    from helpers.cohort.intake.mapping_text import write_empty_mapping

    return write_empty_mapping(read_dictionary()).encode()


def _write_workbook() -> bytes:
    import io

    from helpers.cohort import read_dictionary
    from helpers.cohort.intake.workbook import make_workbook

    buffer = io.BytesIO()
    make_workbook(read_dictionary()).save(buffer)
    return buffer.getvalue()


WRITERS: dict[str, Callable[[], bytes]] = {
    PARAMS_FILE: _write_params,
    MAPPING_FILE: _write_mapping,
    WORKBOOK_FILE: _write_workbook,
    README_FILE: README.encode,
}
