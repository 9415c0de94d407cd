"""The reports of a batch side by side: as a page, as a table, and for machines."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from helpers.errors import BuildError
from helpers.report.text import neutralise_formula

STEM = "batch"
FORMAT = 1
#: Results of every report that the summary shows.
_OVERALL, _MEDIAN = "os.overall.n", "os.overall.median"
_COLUMNS = (
    "name",
    "status",
    "n",
    "events",
    "median_months",
    "ci_lower",
    "ci_upper",
    "published",
    "seconds",
    "warnings",
    "failure",
    "link",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRow:
    """What a summary shows of one report.

    Attributes
    ----------
    name, status : str
        Of the report; ``built``, ``unchanged`` or ``failed``.
    median : mapping
        Record of the median survival as the report has it, protected where the report is;
        empty without one.
    n, events : int or None
        Patients and deaths, likewise.
    verdicts : mapping of str to int
        Published numbers by verdict.
    n_compared : int
        Published numbers that the report sets beside its own, without a verdict.
    seconds : float
        That the report took.
    warnings : tuple of str
        Of the report.
    failure : str
        Why there is no report.
    link : str
        Address of the report from the summary page.
    style : str
        How the report prints numbers.
    synthetic : bool
        Whether its patients are simulated.
    """

    name: str
    status: str
    median: Mapping[str, Any] = field(default_factory=dict)
    n: int | None = None
    events: int | None = None
    verdicts: Mapping[str, int] = field(default_factory=dict)
    n_compared: int = 0
    seconds: float = 0.0
    warnings: tuple[str, ...] = ()
    failure: str = ""
    link: str = ""
    style: str = "paper"
    synthetic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchSummary:
    """What came of a batch.

    Attributes
    ----------
    folder : Path
        Of the reports.
    rows : tuple of BatchRow
        In the order in which they were asked for.
    """

    folder: Path
    rows: tuple[BatchRow, ...]

    @property
    def n_failed(self) -> int:
        """Return how many reports there are not."""
        return sum(row.status == "failed" for row in self.rows)

    def __str__(self) -> str:
        """Return the lines that a user reads at the end."""
        counts = dict.fromkeys(("built", "unchanged", "failed"), 0)
        for row in self.rows:
            counts[row.status] += 1
        told = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
        noun = "report" if len(self.rows) == 1 else "reports"
        lines = [f"{len(self.rows)} {noun}: {told}", f"written to {self.folder / STEM}.html"]
        lines += [f"failed: {row.name}: {row.failure}" for row in self.rows if row.failure]
        return "\n".join(lines)


def read_row(
    folder: Path, name: str, *, status: str, seconds: float, told: Mapping[str, Any]
) -> BatchRow:
    """Return the row of a finished report, its numbers from its ``results.json`` alone.

    Parameters
    ----------
    folder : Path
        Of the reports.
    name, status : str
        Of the report.
    seconds : float
        That it took.
    told : mapping
        Fields of its build's summary.
    """
    document = json.loads((folder / name / "results.json").read_text(encoding="utf-8"))
    manifest = json.loads((folder / name / "manifest.json").read_text(encoding="utf-8"))
    results = document["results"]
    overall = results.get(_OVERALL, {})
    parameters = manifest.get("parameters", {})
    is_html = (folder / name / "manuscript.html").is_file()
    return BatchRow(
        name=name,
        status=status,
        median=results.get(_MEDIAN, {}),
        n=overall.get("estimate") if overall.get("status") == "estimated" else None,
        events=overall.get("events"),
        verdicts=dict(told["verdicts"]),
        n_compared=0 if told["verdicts"] else _count_compared(folder / name / "comparison.csv"),
        seconds=seconds,
        warnings=tuple(told["warnings"]),
        link=f"{name}/manuscript.html" if is_html else f"{name}/results.json",
        style=_name_style(parameters),
        synthetic=bool(document.get("synthetic")),
    )


def write_batch(summary: BatchSummary) -> None:
    """Write ``batch.html``, ``batch.csv`` and ``batch.json``, each at once.

    Raises
    ------
    BuildError
        If the disk refuses.
    """
    from helpers.report.batch.page import write_batch_page

    texts = {
        "html": write_batch_page(summary),
        "csv": _write_csv(summary),
        "json": _write_json(summary),
    }
    for suffix, text in texts.items():
        path = summary.folder / f"{STEM}.{suffix}"
        stage = summary.folder / f".{STEM}.{suffix}.{os.getpid()}"
        try:
            stage.write_text(text, encoding="utf-8", errors="replace", newline="\n")
            stage.replace(path)
        except OSError as error:
            stage.unlink(missing_ok=True)
            raise BuildError(
                f"summary {path.name!r} could not be written ({error.strerror}); the reports "
                "are whole"
            ) from error


def describe_published(row: BatchRow) -> str:
    """Return how a report stands to the published numbers, in words."""
    if row.verdicts:
        return f"{row.verdicts.get('equal', 0)} of {sum(row.verdicts.values())} equal"
    return f"{row.n_compared} set beside" if row.n_compared else ""


def _write_csv(summary: BatchSummary) -> str:
    buffer = io.StringIO()
    lines = csv.writer(buffer, lineterminator="\n")
    lines.writerow(_COLUMNS)
    for row in summary.rows:
        cells = (
            row.name,
            row.status,
            row.n,
            row.events,
            *(row.median.get(name) for name in ("estimate", "ci_lower", "ci_upper")),
            describe_published(row),
            f"{row.seconds:.3f}",
            " ".join(row.warnings),
            row.failure,
            row.link,
        )
        lines.writerow(
            [neutralise_formula(cell) if isinstance(cell, str) else cell for cell in cells]
        )
    return buffer.getvalue()


def _write_json(summary: BatchSummary) -> str:
    rows = [{**asdict(row), "seconds": round(row.seconds, 3)} for row in summary.rows]
    document = {"format": FORMAT, "n_failed": summary.n_failed, "reports": rows}
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _count_compared(path: Path) -> int:
    if not path.is_file():
        return 0
    with path.open(encoding="utf-8", newline="") as file:
        return max(sum(1 for _ in csv.reader(file)) - 1, 0)


def _name_style(parameters: Mapping[str, Any]) -> str:
    from helpers.params import name_style

    return str(name_style(parameters))
