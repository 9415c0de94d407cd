"""What a report says around its sections: made in one job, after the sections are done."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from helpers.report.artefacts import CollectedResults, write_comparison
from helpers.report.manuscript import FrontMatter, Part


@dataclass(frozen=True, slots=True, kw_only=True)
class AssemblyRequest:
    """What the parts around the sections are made of.

    Attributes
    ----------
    collected : CollectedResults
        Of all sections.
    parameters : mapping
        Of the report, flat.
    ledger : Path or None
        Published numbers to compare with.
    base_dir : Path or None
        Against which a relative path of the data is read.
    with_front : bool
        Whether the standard front matter is wanted.
    comparison_file : Path
        Where the comparison goes, number by number.
    """

    collected: CollectedResults
    parameters: Mapping[str, Any]
    ledger: Path | None
    base_dir: Path | None
    with_front: bool
    comparison_file: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembled:
    """The parts around the sections.

    Attributes
    ----------
    front : FrontMatter or None
        Where it was wanted.
    appendix : Part or None
        The published numbers, where there is a ledger that can be compared.
    verdicts : mapping of str to int
        Published numbers by verdict.
    seconds : mapping of str to float
        By step.
    """

    front: FrontMatter | None = None
    appendix: Part | None = None
    verdicts: Mapping[str, int] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)


def assemble(_: Callable[..., None], request: AssemblyRequest) -> Assembled:
    """Compare with the published numbers, write the comparison, and make the front matter.

    Raises
    ------
    FaultsError
        If the ledger breaks its format.
    """
    begun = time.perf_counter()
    published = _compare(request)
    compared = time.perf_counter()
    front = None
    if request.with_front:
        from helpers.report.front import make_front_matter

        front = make_front_matter(request.parameters, ledger=request.ledger)(request.collected)
    return Assembled(
        front=front,
        appendix=None if published is None else published.appendix,
        verdicts={} if published is None else dict(published.verdicts),
        seconds={"comparison": compared - begun, "front": time.perf_counter() - compared},
    )


def _compare(request: AssemblyRequest) -> Any:
    if request.ledger is None:
        return None
    from helpers.report.published_numbers import compare_with_ledger

    published = compare_with_ledger(
        request.ledger,
        request.collected,
        parameters=request.parameters,
        base_dir=request.base_dir,
    )
    if published is not None:
        write_comparison(request.comparison_file, published.frame)
    return published
