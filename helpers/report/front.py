"""The front matter: what stands around the results, made once these are known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from helpers.cohort.terms import make_terms
from helpers.narrative.beside import OwnNumber, PublishedComparison, PublishedNumber
from helpers.narrative.evidence import Choices, Evidence
from helpers.narrative.front import FrontText, Paragraph, write_front
from helpers.params import name_style
from helpers.report.artefacts import CollectedResults
from helpers.report.blocks import Prose
from helpers.report.inputs import DEFAULT_TITLE, FrontMaker
from helpers.report.manuscript import FrontMatter, Part
from helpers.report.own_disease import list_relevant
from helpers.report.verdicts import judge_once
from helpers.results import Result

_BUILT_IN = "synthetic"
_LONGEST_HEAD = 60
#: Words before which a title may be cut to make its running head.
_JOINTS = frozenset(("after", "among", "and", "as", "by", "for", "from", "in", "of", "to", "with"))
_COMPARISON_TABLES = ("table.comparison",)


def make_front_matter(parameters: Mapping[str, Any], *, ledger: Path | None = None) -> FrontMaker:
    """Return a maker of title, abstract, introduction, methods, discussion and references.

    Parameters
    ----------
    parameters : mapping
        Checked values by name, flat. `authors`, `affiliations` and `keywords` go into the title
        block where they are given.
    ledger : Path, optional
        Published numbers for the discussion; without it they are not discussed.

    Returns
    -------
    callable
        Takes the :class:`~helpers.report.artefacts.CollectedResults` and returns the
        :class:`~helpers.report.manuscript.FrontMatter`.
    """

    def make(collected: CollectedResults) -> FrontMatter:
        results = {key: Result.from_record(value) for key, value in collected.records.items()}
        evidence = _read_evidence(parameters, collected, results)
        published = None
        is_exact = parameters.get("disclosure", "off") == "off"
        if ledger is not None and evidence.terms.is_published and is_exact:
            published = _compare(ledger, collected)
            if not evidence.built_in:
                own = _set_beside(ledger, results, name_style(parameters))
                published = replace(published, own=own)
        return _assemble(parameters, write_front(evidence, read_choices(parameters), published))

    return make


def read_choices(parameters: Mapping[str, Any]) -> Choices:
    """Return the parameters that the text names; those not given are the published ones."""
    known = {one.name for one in fields(Choices)}
    given = {key: value for key, value in parameters.items() if key in known}
    return Choices(**{**given, "style": name_style(parameters)})


def shorten_title(title: str, longest: int = _LONGEST_HEAD) -> str:
    """Return a running head: the title, cut before a word that joins if it is too long.

    Examples
    --------
    >>> shorten_title("Outcome after lenalidomide failure in lower-risk MDS with deletion 5q")
    'Outcome after lenalidomide failure in lower-risk MDS'
    """
    words = title.split()
    if len(" ".join(words)) <= longest:
        return " ".join(words)
    heads = [" ".join(words[:n]) for n in range(1, len(words))]
    fitting = [head for head in heads if len(head) <= longest]
    if not fitting:
        return title[: longest - 1] + "…"
    whole = [
        head
        for n, head in enumerate(fitting, 1)
        if words[n] in _JOINTS and words[n - 1] not in _JOINTS
    ]
    return whole[-1] if whole else f"{fitting[-1].rstrip('.,;:')}…"


def _read_evidence(
    parameters: Mapping[str, Any], collected: CollectedResults, results: Mapping[str, Result]
) -> Evidence:
    synthetic = bool(collected.context.get("synthetic"))
    return Evidence(
        results=results,
        synthetic=synthetic,
        built_in=synthetic and parameters.get("data", _BUILT_IN) == _BUILT_IN,
        n_omitted=len(list_relevant(collected.omitted, parameters)),
        versions=collected.context.get("versions", {}),
        abbreviations=collected.context.get("abbreviations") or {},
        terms=make_terms(parameters.get("terms") or {}),
    )


def _compare(path: Path, collected: CollectedResults) -> PublishedComparison:
    ledger, table = judge_once(path, collected)
    verdicts = {row.entry_id: row.verdict for row in table}
    numbers = tuple(
        PublishedNumber(
            result_id=entry.result,
            value=float(entry.number),
            decimals=entry.decimals or 0,
            verdict=verdicts[entry.id],
        )
        for entry in ledger.list_estimates()
    )
    return PublishedComparison(
        n_compared=len(table),
        n_equal=table.tally["equal"],
        numbers=numbers,
        refs=_COMPARISON_TABLES,
    )


def _set_beside(path: Path, results: Mapping[str, Result], style: str) -> tuple[OwnNumber, ...]:
    from helpers.published import compare_own_cohort, read_ledger
    from helpers.published.own_words import differences_to_appendix_frame

    differences = compare_own_cohort(read_ledger(path), results)
    records = differences_to_appendix_frame(differences, style=style).to_dict("records")
    return tuple(
        OwnNumber(
            result_id=item.result_id,
            **{key: record[key] for key in ("published", "own", "difference")},
        )
        for item, record in zip(differences, records, strict=True)
    )


def _assemble(parameters: Mapping[str, Any], text: FrontText) -> FrontMatter:
    title = str(parameters.get("title") or DEFAULT_TITLE)
    return FrontMatter(
        title=title,
        running_head=str(parameters.get("running_head") or shorten_title(title)),
        authors=tuple(parameters.get("authors") or ()),
        affiliations=tuple(parameters.get("affiliations") or ()),
        keywords=tuple(parameters.get("keywords") or ()),
        abstract=text.abstract,
        before=tuple(_make_part(title, rows) for title, rows in text.before),
        after=tuple(_make_part(title, rows) for title, rows in text.after),
        references=text.references,
    )


def _make_part(title: str, paragraphs: Iterable[Paragraph]) -> Part:
    items: list[Any] = []
    for paragraph in paragraphs:
        if paragraph.subheading:
            items.append(Prose(f"# {paragraph.subheading}"))
        items.append(paragraph.text)
    return Part(title=title, items=tuple(items))
