"""The page of what was checked, tests/reference/CHECKED.md, and the table of README."""

from __future__ import annotations

import importlib.util
import json
import math
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from agreement_ledger import NO_DATA, Agreement, list_public_data
from agreement_table_one import WRITTEN
from checked_differences import DIFFERENCES

PROJECT = Path(__file__).parents[2]
PAGE = PROJECT / "tests" / "reference" / "CHECKED.md"
README = PROJECT / "README.md"
TITLE = "What was checked, and against what"
FULL_HEAD = ("estimator", "R", "number", "data sets", "compared", "difference at most", "bar")
SHORT_HEAD = ("estimator", "R", "data sets", "compared", "difference at most", "bar")
OTHER_CHECKS = (
    "Besides: cases worked by hand for nearly every estimator (among them Collett's and Therneau "
    "and Grambsch's examples), Kaplan-Meier, log-rank and Cox against lifelines, invariants on "
    "random data, and the bootstrap against plain loops. Every report computes its main estimates "
    "a second time with lifelines. Not checked against another program: SPSS's interval of a "
    "median, Wilson's interval."
)
LEAST_BOUND = 1e-12
#: Differences above it are of estimates that draw at random.
LEAST_DRAWN = 1e-2
MARGIN = 3.0


def write_page(rows: Sequence[Agreement]) -> None:
    """Write the page and README's section."""
    PAGE.write_text(make_page(rows), encoding="utf-8")
    before, _, after = split_readme()
    README.write_text(before + make_section(rows) + after, encoding="utf-8")


def split_readme() -> tuple[str, str, str]:
    """Return README up to the section, the section, and what follows it."""
    before, heading, rest = README.read_text(encoding="utf-8").partition(f"## {TITLE}\n")
    section, following, after = rest.partition("\n## ")
    return before + heading, section, following + after


def make_section(rows: Sequence[Agreement]) -> str:
    """Return README's section, without its heading."""
    versions = read_versions()
    n_numbers = sum(row.n_numbers for row in rows)
    text = (
        f"The estimators were compared with R {versions['R']} (survival {versions['survival']}, "
        f"cmprsk {versions['cmprsk']}, mice {versions['mice']}, metafor {versions['metafor']}) on "
        f"{len(list_public_data(rows))} public data sets with ties, late entry, strata, weights "
        f"and an empty arm: {n_numbers:,} numbers. Differences "
        "are relative and rounded up to a power of ten. The tests compute this table again, "
        "without R; `make reference` makes R's numbers anew. [The whole "
        "page](tests/reference/CHECKED.md) has each kind of number, the coverage of the intervals "
        "in simulations, the speed, and every place where R and lenfail differ by choice."
    )
    return "\n".join(["", wrap(text), "", *make_table(SHORT_HEAD, _short_cells(rows)), ""])


def wrap(text: str) -> str:
    """Return a paragraph in lines of the length that README has."""
    return textwrap.fill(text, 96, break_long_words=False, break_on_hyphens=False)


def make_page(rows: Sequence[Agreement]) -> str:
    """Return the whole page."""
    return "\n".join(
        [
            f"# {TITLE}",
            "",
            "Made by `make checked`; `tests/stats/test_agreement.py` keeps it in step.",
            "",
            *map(wrap, _describe_comparison(rows)),
            "",
            "## Agreement with R",
            "",
            *make_table(FULL_HEAD, _full_cells(rows)),
            "",
            wrap(OTHER_CHECKS),
            "",
            "## Where R and lenfail differ by choice",
            "",
            *_list_differences(),
            "## Coverage and size, by simulation",
            "",
            *_describe_coverage(),
            "## Speed",
            "",
            *_describe_speed(),
            "",
        ]
    )


def make_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a table."""
    lines = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(cells) + " |" for cells in lines]


def format_bound(difference: float) -> str:
    """Return a bound that the difference does not reach on other machines either.

    A power of ten; of a Monte Carlo difference, the next tenth.
    """
    if difference > LEAST_DRAWN:
        return format_power(math.ceil(10 * difference) / 10)
    least = max(difference * MARGIN, LEAST_BOUND)
    return format_power(10.0 ** math.ceil(round(math.log10(least), 9)))


def format_power(value: float) -> str:
    """Return a power of ten, as 1e-6; another number as it is."""
    exponent = round(math.log10(value))
    return f"1e{exponent}" if math.isclose(value, 10.0**exponent) else f"{value:g}"


def _full_cells(rows: Sequence[Agreement]) -> Iterator[list[str]]:
    for row in rows:
        yield [
            row.estimator,
            row.against,
            row.quantity,
            ", ".join(row.data_sets),
            f"{row.n_numbers:,}",
            format_bound(row.largest_difference),
            format_power(row.bar),
        ]


def _short_cells(rows: Sequence[Agreement]) -> Iterator[list[str]]:
    for estimator in dict.fromkeys(row.estimator for row in rows):
        mine = [row for row in rows if row.estimator == estimator]
        bars = sorted({row.bar for row in mine})
        worst = [max(row.largest_difference for row in mine if row.bar == bar) for bar in bars]
        yield [
            estimator,
            mine[0].against,
            str(len({name for row in mine for name in row.data_sets} - {WRITTEN, NO_DATA})),
            f"{sum(row.n_numbers for row in mine):,}",
            "; SE ".join(format_bound(difference) for difference in worst),
            "; SE ".join(format_power(bar) for bar in bars),
        ]


def read_versions() -> dict[str, str]:
    """Return the versions of R and its packages, from the files that R wrote."""
    found: dict[str, set[str]] = {}
    for path in sorted(PAGE.parent.glob("*.json")):
        for name, version in json.loads(path.read_text(encoding="utf-8"))["versions"].items():
            found.setdefault(name, set()).add(version)
    return {name: " and ".join(sorted(versions)) for name, versions in found.items()}


def _describe_comparison(rows: Sequence[Agreement]) -> list[str]:
    versions = ", ".join(f"{name} {version}" for name, version in read_versions().items())
    public = list_public_data(rows)
    return [
        f"The other side: {versions}. [README.md](README.md) describes the data sets, "
        "the scripts and how to run them. "
        f"Public data sets: {len(public)} ({', '.join(public)}); `competing_ties` was drawn at "
        "random, for heavy ties; `colon_missing` is colon with values taken away. Among the cases "
        "are events coded 1/2, ties, late entry and "
        "(start, stop] records (bladder2, cgd, heart; pbc with age as time), strata, clusters, "
        "weights (whole, fractional and zero), missing covariates, an arm without an event and "
        "one without patients, and times in months that differ by rounding only.",
        "",
        "A difference is relative to R's number; to a thousandth of the array's largest number "
        "where covariances, residuals and counts of pairs come near zero; absolute where R gives "
        "exactly 0. Multiple imputation draws at random on both sides: its coefficients are "
        "compared in R's standard errors, over 40 completed data sets here and 200 of mice. "
        "NA in R and None here agree; one of them alone counts as infinitely far. "
        "What is printed is an upper bound: the largest difference, rounded up to a power of ten, "
        "and 1e-12 where it is smaller. `coxph` and `crr` were asked for more iterations than "
        "their defaults (eps 1e-13, gtol 1e-12), so that R's numbers are exact; with its defaults "
        "`coxph` stops at a relative change of the log-likelihood of 1e-9.",
    ]


def _list_differences() -> Iterator[str]:
    for heading, entries in DIFFERENCES.items():
        yield f"### {heading}"
        yield ""
        yield from make_table(("subject", "R", "here"), entries)
        yield ""


def _describe_coverage() -> list[str]:
    """Return the study's own lines, without its title."""
    folder = PROJECT / "tests" / "studies"
    spec = importlib.util.spec_from_file_location("coverage_study", folder / "coverage.py")
    study = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(study)
    content = json.loads((folder / "coverage.json").read_text(encoding="utf-8"))
    text = "\n".join(study.describe(content)).partition("\n\n")[2]
    return text.replace("`coverage.py`", "`make coverage`").split("\n")


def _describe_speed() -> Iterator[str]:
    measured = json.loads(
        (PROJECT / "tests" / "bench" / "measured.json").read_text(encoding="utf-8")
    )
    yield wrap(
        f"Measured on {measured['date']}: {measured['machine']}; {measured['software']}. "
        "Milliseconds for one fit, the least of several (a bootstrap fit is one of 1,000), median "
        f"of {measured['n_rounds']} rounds in which both sides ran one after the other; ratios are "
        "the smallest and the largest of the rounds. `make bench` measures anew, `python "
        "tests/bench/summary.py` writes the numbers of this table."
    )
    yield ""
    head = ("what", "patients", "lenfail, ms", "other, ms", "other", "other / lenfail")
    yield from make_table(head, (_speed_cells(row) for row in measured["rows"]))
    yield ""
    growth = ", ".join(
        f"{what} {least:g} to {most:g}" for what, (least, most) in measured["growth"].items()
    )
    yield f"From 100,000 to 1,000,000 patients the time grows so many times: {growth}."


def _speed_cells(row: dict[str, Any]) -> list[str]:
    return [
        row["what"],
        f"{row['n']:,}",
        _format_ms(row["ours_s"]),
        _format_ms(row["other_s"]),
        row["other"],
        "{:g} to {:g}".format(*row["ratios"]),
    ]


def _format_ms(seconds: float) -> str:
    ms = 1000 * seconds
    return f"{ms:,.0f}" if ms >= 100 else f"{ms:.2g}"
