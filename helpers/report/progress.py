"""What a build tells of its progress, and what it tells at the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressEvent:
    """One thing that happened.

    Attributes
    ----------
    kind : {"begin", "cell", "section", "step", "retry", "wait"}
        The build knows its sections; a cell was run; a section was finished; a step of the
        assembly was finished; a section is run once more; another process builds the report.
    name : str
        Of the section, step or report.
    done, total : int
        Cells of the section; pages of the step; sections to run of all.
    seconds : float
        Of a finished section or step; of the section's last run when it begins.
    cached : bool
        Whether the section was taken from an earlier build.
    message : str
        Why a section failed, is run again, or is waited for.
    """

    kind: Literal["begin", "cell", "section", "step", "retry", "wait"]
    name: str
    done: int = 1
    total: int = 1
    seconds: float = 0.0
    cached: bool = False
    message: str = ""


Progress = Callable[[ProgressEvent], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildSummary:
    """What a build wrote.

    Attributes
    ----------
    name : str
        Of the report.
    folder : Path
        Where it is.
    seconds : mapping of str to float
        By step, sections among them.
    total_seconds : float
        Wall time of the whole build.
    n_results, n_tables, n_figures : int
        How many the report has.
    verdicts : mapping of str to int
        Published numbers by verdict.
    warnings : tuple of str
        What the reader should know.
    unchanged : bool
        Whether the report was there already, made of the same inputs.
    cached : tuple of str
        Sections taken from an earlier build.
    failures : tuple of str
        A sentence for each section that failed and is missing.
    """

    name: str
    folder: Path
    seconds: Mapping[str, float]
    total_seconds: float
    n_results: int
    n_tables: int
    n_figures: int
    verdicts: Mapping[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    unchanged: bool = False
    cached: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return the lines that a user reads at the end."""
        if self.unchanged:
            return f"{self.name}: nothing changed; {self.folder} is as it was"
        steps = ", ".join(f"{step} {seconds:.1f} s" for step, seconds in self.seconds.items())
        lines = [
            f"{self.name}: {self.n_results} results, {self.n_tables} tables and "
            f"{self.n_figures} figures in {self.total_seconds:.1f} s ({steps})",
            f"written to {self.folder}",
        ]
        if self.cached:
            lines.append(f"unchanged sections: {', '.join(self.cached)}")
        if self.verdicts:
            counts = ", ".join(f"{count} {verdict}" for verdict, count in self.verdicts.items())
            lines.append(f"published numbers: {counts}")
        lines += [f"missing: {failure}" for failure in self.failures]
        return "\n".join([*lines, *(f"note: {warning}" for warning in self.warnings)])
