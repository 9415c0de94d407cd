"""`lenfail synthesize`: the synthetic cohort, and others like it."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.errors import ParameterError

if TYPE_CHECKING:
    import pandas as pd

    from helpers.cohort.synthetic import SearchProgress

N_CALIBRATED = 392
MOST_PATIENTS = 5_000_000
LARGEST_SEED = 2**32 - 1
REPORTS = 20  # lines of progress where they cannot be written over each other


def add_parser(commands: Any) -> None:
    """Add the command to the program's."""
    parser = commands.add_parser(
        "synthesize",
        help="make the calibrated synthetic cohort, or draw others like it",
        description="Without --patients and --null, search for the calibrated cohort of 392 "
        "patients, which takes most of an hour; with one of them, draw a cohort of the same "
        "structure in seconds.",
    )
    parser.add_argument(
        "--output", type=Path, default=Path("synthetic.csv"), metavar="FILE",
        help="cohort file to write; synthetic.csv by default",
    )  # fmt: skip
    parser.add_argument("--force", action="store_true", help="write over what is there")
    parser.add_argument("--seed", type=int, help="instead of the configuration's")
    parser.add_argument(
        "--missing-fraction", type=float, default=0.0, metavar="X",
        help="fraction of values that go missing, 0 to 0.5, where records have gaps; 0 by default",
    )  # fmt: skip
    drawn = parser.add_argument_group("a cohort that is drawn")
    drawn.add_argument("--patients", type=int, metavar="N", help="100 or more")
    drawn.add_argument(
        "--null", action="store_true", help="survival does not depend on the first treatment"
    )
    searched = parser.add_argument_group("the calibrated cohort")
    searched.add_argument(
        "--config", type=Path, metavar="FILE", help="another configuration than the committed one"
    )
    searched.add_argument(
        "--checkpoint", type=Path, metavar="FILE",
        help="file that keeps the search; OUTPUT.checkpoint by default",
    )  # fmt: skip
    searched.add_argument("--resume", action="store_true", help="go on from the checkpoint")
    parser.add_argument("--quiet", action="store_true", help="print errors only")
    parser.set_defaults(
        run=run_synthesize, stopped="stopped; a search that left a checkpoint goes on with --resume"
    )


def run_synthesize(options: argparse.Namespace) -> int:
    """Write a synthetic cohort."""
    _check_numbers(options)
    _check_output(options.output, force=options.force)
    is_drawn = options.patients is not None or options.null
    frame = _draw(options) if is_drawn else _search(options)
    digest = _write(frame, options.output)
    if not is_drawn:
        _name_checkpoint(options).unlink(missing_ok=True)
    if not options.quiet:
        print(f"{options.output}: {len(frame)} patients, SHA-256 {digest}")
    return 0


def _draw(options: argparse.Namespace) -> pd.DataFrame:
    given = [name for name in ("config", "checkpoint", "resume") if getattr(options, name)]
    if given:
        raise ParameterError(
            f"--{given[0]} belongs to the calibrated cohort, which takes neither --patients nor "
            "--null; leave one of them out"
        )
    from helpers.cohort.synthetic import read_schedule, simulate_cohort

    return simulate_cohort(
        N_CALIBRATED if options.patients is None else options.patients,
        seed=read_schedule()["seed"] if options.seed is None else options.seed,
        treatment_effect=not options.null,
        missing_fraction=options.missing_fraction,
    )


def _search(options: argparse.Namespace) -> pd.DataFrame:
    from helpers.cli.synthesis_config import read_config
    from helpers.cohort.synthetic import scatter_missing, synthesise

    config = read_config(options.config, seed=options.seed)
    checkpoint = _name_checkpoint(options)
    _check_checkpoint(checkpoint, config, options)
    frame = synthesise(
        config,
        progress=None if options.quiet else make_reporter(),
        checkpoint=checkpoint,
    )
    if options.missing_fraction > 0:
        scatter_missing(frame, options.missing_fraction, seed=config["seed"])
    return frame


def _name_checkpoint(options: argparse.Namespace) -> Path:
    beside = options.output.with_name(f"{options.output.name}.checkpoint")
    return options.checkpoint or beside


def make_reporter() -> Callable[[SearchProgress], None]:
    """Return a function that prints on stderr how far the search is."""
    begun = time.monotonic()
    shown = -1

    def report(at: SearchProgress) -> None:
        nonlocal shown
        minutes, seconds = divmod(int(time.monotonic() - begun), 60)
        percent = 100 * at.done // at.total
        line = (
            f"{at.stage}: {percent:3d} % of all proposals, loss {at.loss:.3f}, "
            f"{minutes}:{seconds:02d} min"
        )
        if sys.stderr.isatty():
            print(f"\r{line:<79}", end="\n" if at.done == at.total else "", file=sys.stderr)
        elif percent * REPORTS // 100 > shown:
            shown = percent * REPORTS // 100
            print(line, file=sys.stderr, flush=True)

    return report


def _check_numbers(options: argparse.Namespace) -> None:
    patients, seed, missing = options.patients, options.seed, options.missing_fraction
    if patients is not None and not 100 <= patients <= MOST_PATIENTS:
        raise ParameterError(
            f"patients must be a number from 100 to {MOST_PATIENTS}, but was {patients}"
        )
    if seed is not None and not 0 <= seed <= LARGEST_SEED:
        raise ParameterError(
            f"seed must be a whole number from 0 to {LARGEST_SEED}, but was {seed}"
        )
    if not 0 <= missing <= 0.5:
        raise ParameterError(
            f"missing-fraction must be a number from 0 to 0.5, but was {missing}; "
            "give 0 for complete records"
        )


def _check_output(path: Path, *, force: bool) -> None:
    if path.suffix.lower() != ".csv":
        raise ParameterError(f"output must be a file that ends in .csv, but was {str(path)!r}")
    if not path.parent.is_dir():
        raise ParameterError(
            f"output must lie in a folder that exists, but was {str(path)!r}; make the folder first"
        )
    if path.is_dir() or (path.exists() and not force):
        raise ParameterError(
            f"output must be a new file, but {str(path)!r} exists; give another name, or --force"
        )


def _check_checkpoint(path: Path, config: dict[str, Any], options: argparse.Namespace) -> None:
    from helpers.cohort.synthetic import check_checkpoint

    if options.resume:
        check_checkpoint(path, config)
    elif path.exists() and not options.force:
        raise ParameterError(
            f"checkpoint must be a new file, but {str(path)!r} exists; go on from it with "
            "--resume, or begin anew with --force"
        )
    else:
        path.unlink(missing_ok=True)


def _write(frame: pd.DataFrame, path: Path) -> str:
    """Write the file as a whole or not at all, and return its SHA-256."""
    import hashlib

    from helpers.cohort.synthetic import write_cohort

    part = path.with_name(f"{path.name}.part")
    try:
        write_cohort(frame, part)
        digest = hashlib.sha256(part.read_bytes()).hexdigest()
        part.replace(path)
    except OSError as error:
        raise ParameterError(
            f"output must be a file that can be written, but was {str(path)!r} ({error.strerror})"
        ) from None
    return digest
