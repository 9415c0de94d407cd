"""`lenfail map`: a mapping proposed for a file, and how sure each line of it is."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.errors import ParameterError

if TYPE_CHECKING:
    from helpers.cohort.dictionary import Dictionary
    from helpers.cohort.intake.proposals import Proposal, ProposedMapping

JSON_FORMAT = 1
OPTIONS = ("sheet", "query", "encoding", "delimiter", "decimal", "dictionary")
LEVELS = {
    "certain": "Certain: name and values agree",
    "likely": "Likely: read the reason",
    "guess": "To decide: commented out in the mapping until you have decided",
}


def add_parser(commands: Any) -> None:
    """Add the command to the program's."""
    parser = commands.add_parser(
        "map", help="propose how a file's columns, codes and units translate"
    )
    parser.add_argument("data", help="file of patients, or the SQLAlchemy URL of a database")
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="write the mapping, e.g. mapping.yml"
    )
    for name in OPTIONS:
        parser.add_argument(f"--{name}", default="", help=f"as the parameter data_{name}")
    parser.add_argument(
        "--params", type=Path, metavar="FILE", help="parameter file that declares own variables"
    )
    parser.add_argument(
        "--new-params",
        type=Path,
        metavar="FILE",
        help="with --out: write a parameter file that declares the columns that are left",
    )
    parser.add_argument("--json", action="store_true", help="print the proposals as JSON")
    parser.set_defaults(run=run_map)


def run_map(options: argparse.Namespace) -> int:
    """Propose a mapping; print it, or write it where there is no file yet."""
    from helpers.cohort.declarations import extend_dictionary
    from helpers.cohort.intake.own_variables import declare_unused
    from helpers.cohort.intake.proposals import propose_mapping
    from helpers.cohort.sources import read_source

    given = {name: getattr(options, name) for name in OPTIONS if getattr(options, name)}
    raw = read_source(options.data, base_dir=Path(), options=given)
    dictionary = _read_dictionary(options.params)
    proposed = propose_mapping(raw, dictionary)
    if options.new_params is not None:
        _check_files(options)
        own = declare_unused(raw, proposed, dictionary)
        dictionary = extend_dictionary(dictionary, {"variables": own.entries})
        proposed = propose_mapping(raw, dictionary, declared=own.columns)
    if options.out is not None:
        from helpers.cohort.intake.mapping_text import write_mapping

        _write_new(options.out, write_mapping(proposed, dictionary))
    if options.new_params is not None:
        from helpers.cli.proposed_params import write_proposed_params

        text = write_proposed_params(options, proposed, dictionary, own)
        _write_new(options.new_params, text, option="--new-params")
    print(_to_json(raw.name, proposed) if options.json else _to_text(raw.name, proposed, options))
    return 0


def _check_files(options: argparse.Namespace) -> None:
    if options.out is None or options.params is not None:
        raise ParameterError(
            "--new-params must stand with --out, which names the mapping beside it, and without "
            "--params; give both files new names"
        )
    if options.new_params.exists():
        raise _refuse_existing("--new-params", options.new_params)


def _read_dictionary(path: Path | None) -> Dictionary:
    from helpers.cohort.declarations import extend_dictionary
    from helpers.cohort.dictionary import read_dictionary

    if path is None:
        return read_dictionary()
    from helpers.params import read_params_file

    declarations = read_params_file(path).cohort_options["declarations"]
    return extend_dictionary(read_dictionary(), declarations)


def _refuse_existing(option: str, path: Path) -> ParameterError:
    return ParameterError(
        f"{option} must be a new file, but {str(path)!r} exists; choose another name, or move it "
        "away first"
    )


def _write_new(path: Path, text: str, *, option: str = "--out") -> None:
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise _refuse_existing(option, path) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ParameterError(
            f"{option} must be a file that can be written, but {str(path)!r} cannot ({reason}); "
            "choose another name"
        ) from None


def _to_text(name: str, proposed: ProposedMapping, options: argparse.Namespace) -> str:
    import textwrap

    lines = [f"{name}: what its columns seem to be"]
    for level, title in LEVELS.items():
        chosen = [one for one in proposed.proposals if one.certainty == level]
        if chosen:
            lines += ["", title]
        for one in chosen:
            lines += textwrap.wrap(
                _describe(one), 100, initial_indent="  ", subsequent_indent="      "
            )
    absent = [one.target for one in proposed.proposals if one.certainty == "none"]
    if absent:
        lines += ["", "Not found; what needs them is left out of the report"]
        lines += textwrap.wrap(", ".join(absent), 100, initial_indent="  ", subsequent_indent="  ")
    if proposed.unused:
        lines += ["", "Not used; declare them as variables in the parameters to have them shown"]
        unused = [f"{column!r:.60} {what}" for column, what in proposed.unused.items()]
        lines += [f"  {text}" for text in unused[:40]]
        if len(unused) > 40:
            lines.append(f"  and {len(unused) - 40:,} more")
    lines += ["", *textwrap.wrap(_advise(options.out, options.new_params), 100)]
    return "\n".join(lines)


def _describe(proposal: Proposal) -> str:
    text = f"{proposal.column!r} is {proposal.target}"
    if proposal.unit:
        text += f", in {proposal.unit}"
    shown = [
        f"{code} = {key or 'not known'}"
        for code, key in (proposal.values or {}).items()
        if code in (proposal.codes or {})
    ]
    if shown:
        text += f", {', '.join(shown)}"
    return f"{text}: {proposal.reason}"


def _advise(out: Path | None, params: Path | None) -> str:
    if out is None:
        return (
            "Add --out mapping.yml to have this written as a mapping, and --new-params params.yml "
            "for a parameter file that declares the columns that are left."
        )
    if params is not None:
        return (
            f"{out} and {params} were written. Read both: decide on the lines of the mapping that "
            "are commented out, mark each variable that is settled after time zero (known_at: "
            "after_failure), keep as factors only what you chose before you saw the results, and "
            f"name another disease or treatment under terms. Then run lenfail check {params}."
        )
    return (
        f"{out} was written. Read it, decide on the lines that are commented out, name it in the "
        "parameter file (mapping: ...), then run lenfail check."
    )


def _to_json(name: str, proposed: ProposedMapping) -> str:
    import json

    document = {
        "format": JSON_FORMAT,
        "data": name,
        "proposals": [_to_record(one) for one in proposed.proposals],
        "unused": dict(proposed.unused),
    }
    return json.dumps(document, indent=1)


def _to_record(proposal: Proposal) -> dict[str, Any]:
    counts = dict(proposal.codes or {})
    values = proposal.values or {}
    return {
        "column": proposal.target,
        "your_column": proposal.column,
        "certainty": proposal.certainty,
        "reason": proposal.reason,
        "unit": proposal.unit,
        "date_form": proposal.date_form,
        "counts": counts,
        "values": {code: key for code, key in values.items() if code in counts},
    }
