"""`lenfail check`: whether a report can be built, what is wrong, and what was understood."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from helpers.params import Params
    from helpers.report.check_inputs import CheckedInputs

FAULTY = 2
JSON_FORMAT = 1


def add_parser(commands: Any) -> None:
    """Add the command to the program's."""
    parser = commands.add_parser(
        "check", help="read, map and check everything, and say what was understood"
    )
    parser.add_argument("params", type=Path, help="parameter file, e.g. params.yml")
    parser.add_argument(
        "--set",
        dest="overrides",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="override a parameter; may be given several times",
    )
    parser.add_argument("--json", action="store_true", help="print the outcome as JSON")
    parser.add_argument(
        "--fix-list", type=Path, metavar="FILE.xlsx", help="write the faults as a list to work off"
    )
    parser.set_defaults(run=run_check)


def run_check(options: argparse.Namespace) -> int:
    """Check all inputs of a report; 0 where it can be built, 2 where not."""
    from dataclasses import replace

    from helpers.params import read_valid_params
    from helpers.report.check_inputs import check_inputs

    params, faults = read_valid_params(options.params, overrides=options.overrides)
    base_dir = options.params.resolve().parent
    checked = check_inputs(params, base_dir)
    if faults:
        told = dict(checked.sentences)
        told["parameters"] = tuple(dict.fromkeys([*faults, *told["parameters"]]))
        checked = replace(checked, sentences=told, cohort=None)
    n_rows = _write_fix_list(options, checked, params, base_dir)
    if options.json:
        print(_to_json(options.params, checked, params))
    else:
        print(_to_text(options.params, checked, params))
        if n_rows is not None:
            noun = "fault" if n_rows == 1 else "faults"
            print(f"\n{options.fix_list}: {n_rows:,} {noun}")
    return 0 if checked.is_fine else FAULTY


def _write_fix_list(
    options: argparse.Namespace, checked: CheckedInputs, params: Params, base_dir: Path
) -> int | None:
    if options.fix_list is None:
        return None
    from helpers.cli.fix_list import list_cell_faults, write_fix_list

    names = [params.data, params.mapping, params.data_dictionary]
    keep = [options.params, *(base_dir / name for name in names if name)]
    return write_fix_list(list_cell_faults(checked), options.fix_list, keep=keep)


def _to_text(path: Path, checked: CheckedInputs, params: Params) -> str:
    from helpers.report.check_inputs import AREAS

    if checked.is_fine:
        from helpers.cli.understood import describe_understood
        from helpers.cli.understood_text import format_understood

        told = format_understood(describe_understood(checked, params))
        return f"{path}: nothing to mend. This is what was understood:\n\n{told}"
    count = sum(map(len, checked.sentences.values()))
    noun = "kind of fault" if count == 1 else "kinds of fault"
    lines = [f"{path}: {count:,} {noun} to mend before a report can be built"]
    for area, sentences in checked.sentences.items():
        if sentences:
            lines += ["", AREAS[area], *(f"  - {sentence}" for sentence in sentences)]
    if checked.raw is not None and checked.mapped is None:
        what = "mapping" if checked.sentences["mapping"] else "parameters"
        lines += ["", f"The patients' data were not checked yet: mend the {what} first."]
    return "\n".join(lines)


def _to_json(path: Path, checked: CheckedInputs, params: Params) -> str:
    import json

    from helpers.cli.fix_list import list_cell_faults
    from helpers.cli.understood import describe_understood

    document = {
        "format": JSON_FORMAT,
        "params": path.name,
        "fine": checked.is_fine,
        "sentences": {area: list(told) for area, told in checked.sentences.items()},
        "faults": list(list_cell_faults(checked)),
        "understood": describe_understood(checked, params) if checked.is_fine else None,
    }
    return json.dumps(document, indent=1)
