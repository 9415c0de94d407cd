"""Which parts of the report a set of columns is enough for."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml

from helpers.cohort.dictionary import Dictionary

#: Columns of the analysis table that only the publication's own disease and treatments have.
PUBLISHED_COLUMNS = frozenset(
    (
        *("len_response", "cyto_response", "len_duration_months", "del5q_group", "tp53"),
        *("os_len_months", "os_dx_months", "len_6m", "active_treatment", "hma_vs_bsc"),
        *("hma_agent", "hma_progression", "hma_progression_vs_chemo", "esa_prior"),
        *("allo_timing", "other_agent"),
    )
)
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedAnalysis:
    """One part of the report.

    Attributes
    ----------
    label : str
        In words.
    needs : tuple of str
        Columns of the analysis table that it cannot do without.
    """

    label: str
    needs: tuple[str, ...]


@cache
def list_planned_analyses() -> tuple[PlannedAnalysis, ...]:
    """Return the parts of the report, in their order."""
    text = resources.files("helpers.cohort.intake").joinpath("analyses.yml").read_text("utf-8")
    entries = yaml.load(text, Loader=_LOADER)  # noqa: S506 - a safe loader, in C if there
    return tuple(
        PlannedAnalysis(label=entry["label"], needs=tuple(entry["needs"])) for entry in entries
    )


def find_omitted(known: Collection[str], dictionary: Dictionary) -> dict[str, tuple[str, ...]]:
    """Return the parts of the report that columns are too few for.

    Parts that only the publication's own disease and treatments have are left out where the terms
    are of others.

    Parameters
    ----------
    known : collection of str
        Columns of the analysis table that hold a value.
    dictionary : Dictionary
        Says what each column is made from.

    Returns
    -------
    dict of str to tuple of str
        By label: the columns of the file whose absence is the reason.
    """
    omitted: dict[str, tuple[str, ...]] = {}
    terms = dictionary.terms
    for analysis in list_planned_analyses():
        if not terms.is_published and PUBLISHED_COLUMNS.intersection(analysis.needs):
            continue
        if any(need not in known and not _is_declared(need, dictionary) for need in analysis.needs):
            continue
        lacking = find_lacking(analysis.needs, known, dictionary)
        if lacking:
            omitted[terms.rename(analysis.label)] = lacking
    return omitted


def find_lacking(
    needs: Iterable[str], known: Collection[str], dictionary: Dictionary
) -> tuple[str, ...]:
    """Return the columns of the file that are absent for some columns of the analysis table.

    Parameters
    ----------
    needs : iterable of str
        Columns of the analysis table.
    known : collection of str
        Those that hold a value: whatever they are made from is not lacking.
    dictionary : Dictionary
        Says what each column is made from.
    """
    lacking: dict[str, None] = {}
    for need in needs:
        if need in known:
            continue
        parts = [part for part in dictionary.find(need).needs if part != need]
        deeper = find_lacking(parts, known, dictionary)
        is_own = need in dictionary.file_columns and not dictionary.variables[need].derived
        lacking |= dict.fromkeys([need] if is_own or not deeper else [])
        lacking |= dict.fromkeys(deeper)
    return tuple(lacking)


def find_uses(dictionary: Dictionary) -> dict[str, tuple[str, ...]]:
    """Return for each column of the file the parts of the report that need it.

    Examples
    --------
    >>> from helpers.cohort import read_dictionary
    >>> find_uses(read_dictionary())["tp53"]
    ('Overall survival by TP53 mutation',)
    """
    uses: dict[str, list[str]] = {name: [] for name in dictionary.file_columns}
    for analysis in list_planned_analyses():
        for need in analysis.needs:
            for root in dictionary.find_roots(need) if _is_declared(need, dictionary) else ():
                if root in uses and analysis.label not in uses[root]:
                    uses[root].append(analysis.label)
    return {name: tuple(labels) for name, labels in uses.items()}


def _is_declared(name: str, dictionary: Dictionary) -> bool:
    return name in dictionary.variables or name in dictionary.factors
