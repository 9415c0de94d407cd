"""A mapping proposed from names and values, and how sure each of its lines is."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

import numpy as np

from helpers.cohort.dictionary import Dictionary, Variable
from helpers.cohort.intake.name_matching import KNOWN, NameMatch, match_label, match_name
from helpers.cohort.intake.profiles import Profile, profile_column, read_numbers_by_row
from helpers.cohort.intake.time_evidence import weigh_time
from helpers.cohort.intake.unused import describe_kind, find_same_time
from helpers.cohort.intake.value_evidence import Evidence, weigh_values
from helpers.cohort.intake.vocabulary import read_vocabulary, simplify
from helpers.cohort.sources import RawTable

Certainty = Literal["certain", "likely", "guess", "none"]
SPANS: Mapping[str, tuple[str, str]] = {
    "os_months": ("failure_date", "last_contact_date"),
    "len_duration_months": ("len_start_date", "failure_date"),
    "diagnosis_to_failure_months": ("diagnosis_date", "failure_date"),
    "time_to_aml_months": ("failure_date", "aml_date"),
    "first_treatment_months": ("failure_date", "first_treatment_date"),
    "transplant_months": ("failure_date", "transplant_date"),
}
MOST_COLUMNS = 2_000
VAGUE_NAMES = frozenset(
    {"status", "state", "stato", "estado", "event", "time", "tempo", "tiempo", "follow up", "dose"}
    | {"response", "treatment", "hi", "esa", "hma", "blasts", "days to failure", "time to failure"}
)
_OWN = partial(NameMatch, score=1.0, reason="declared for it", unit="")
_WEIGHTS = {"good": 1.0, "fair": 0.9, "open": 0.6, "bad": 0.1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One of our columns, and the column of the file that it may be.

    Attributes
    ----------
    target : str
        Our column.
    column : str
        Theirs; empty where none was found.
    certainty : Certainty
        ``certain``: name and values leave no doubt. ``likely``: they agree, with an assumption.
        ``guess``: somebody has to decide. ``none``: nothing was found.
    reason : str
        In words.
    values : mapping of str to str
        Our code by theirs, where they differ; an empty one means not known.
    unit : str
        Of their values; empty where there is nothing to convert.
    date_form : str
        How dates are written, as in a mapping; ``iso`` needs no word there. See
        :class:`helpers.cohort.intake.profiles.Profile`.
    codes : mapping of str to int
        Their codes with counts, as far as they may be shown.
    undecided : tuple of str
        Codes that are none of ours, as far as they may be shown.
    n_hidden : int
        Further codes that are none of ours, each of too few patients to show it.
    """

    target: str
    column: str = ""
    certainty: Certainty = "none"
    reason: str = "no column of the file resembles it"
    values: Mapping[str, str] | None = None
    unit: str = ""
    date_form: str = ""
    codes: Mapping[str, int] | None = None
    undecided: tuple[str, ...] = ()
    n_hidden: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedMapping:
    """What was proposed for a file.

    Attributes
    ----------
    proposals : tuple of Proposal
        One for each of our columns, in the dictionary's order.
    unused : mapping of str to str
        Columns of the file that no proposal takes, with what is known of them in words.
    death_date : str
        Column of theirs with the date of death alone; empty without one.
    """

    proposals: tuple[Proposal, ...]
    unused: Mapping[str, str]
    death_date: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    match: NameMatch
    column: str
    evidence: Evidence

    @property
    def weight(self) -> float:
        return self.match.score * _WEIGHTS[self.evidence.fit]


def propose_mapping(
    raw: RawTable, dictionary: Dictionary, *, declared: Mapping[str, str] | None = None
) -> ProposedMapping:
    """Propose which column of a file is which of ours.

    Parameters
    ----------
    raw : RawTable
        Text cells.
    dictionary : Dictionary
        Our columns.
    declared : mapping of str to str, optional
        Columns of the file that variables were declared for, by the variables' names.

    Returns
    -------
    ProposedMapping
        Each column of the file is proposed for one of ours at most.
    """
    names = [str(name) for name in raw.frame.columns][:MOST_COLUMNS]
    cells = {
        name: raw.frame.iloc[:, position].to_numpy(dtype=object)
        for position, name in enumerate(names)
        if name and names.count(name) == 1
    }
    profiles = {
        name: profile_column(name, column, label=raw.labels.get(name, ""))
        for name, column in cells.items()
    }
    death_date = _find_death_date(profiles)
    known = {name: profile for name, profile in profiles.items() if name != death_date}
    variables = {
        name: variable for name, variable in dictionary.file_columns.items() if name != "synthetic"
    }
    times = [name for name in SPANS if name in variables]
    first = [name for name in variables if name not in times]
    targets = {name: variables[name] for name in first}
    chosen = _choose(_list_candidates(known, targets, declared or {}))
    taken = {candidate.column for candidate in chosen.values()}
    chosen |= _choose(
        _list_time_candidates(cells, profiles, times, taken, _find_spans(chosen, profiles))
    )
    proposals = tuple(_propose(one, chosen.get(name), profiles) for name, one in variables.items())
    unused = _describe_unused(proposals, profiles, cells)
    if death_date:
        unused[death_date] = "holds dates of death: see the mapping on death and last contact"
    return ProposedMapping(proposals=proposals, unused=unused, death_date=death_date)


def _find_death_date(profiles: Mapping[str, Profile]) -> str:
    names = read_vocabulary().death_dates
    found = [
        name for name, one in profiles.items() if one.kind == "date" and simplify(name) in names
    ]
    return found[0] if found else ""


def _list_candidates(
    profiles: Mapping[str, Profile],
    variables: Mapping[str, Variable],
    declared: Mapping[str, str],
) -> Iterator[_Candidate]:
    own = {column: name for name, column in declared.items()}
    for column, profile in profiles.items():
        is_own = own.get(column) in variables
        for match in [_OWN(target=own[column])] if is_own else _match(profile, variables):
            evidence = weigh_values(profile, variables[match.target], unit_in_name=match.unit)
            yield _Candidate(match=match, column=column, evidence=evidence)


def _match(profile: Profile, targets: Collection[str]) -> list[NameMatch]:
    return [*match_name(profile.name, targets), *match_label(profile.label, targets)]


def _list_time_candidates(
    cells: Mapping[str, np.ndarray],
    profiles: Mapping[str, Profile],
    times: list[str],
    taken: set[str],
    spans: Mapping[str, np.ndarray],
) -> Iterator[_Candidate]:
    for column, profile in profiles.items():
        if column in taken or profile.kind not in ("number", "codes"):
            continue
        for match in _match(profile, times):
            evidence = weigh_time(
                read_numbers_by_row(cells[column]),
                unit_in_name=match.unit,
                days_between=spans.get(match.target),
            )
            yield _Candidate(match=match, column=column, evidence=evidence)


def _choose(candidates: Iterator[_Candidate]) -> dict[str, _Candidate]:
    chosen: dict[str, _Candidate] = {}
    taken: set[str] = set()
    for candidate in sorted(candidates, key=lambda one: -one.weight):
        target = candidate.match.target
        if target not in chosen and candidate.column not in taken:
            chosen[target] = candidate
            taken.add(candidate.column)
    return chosen


def _find_spans(
    chosen: Mapping[str, _Candidate], profiles: Mapping[str, Profile]
) -> dict[str, np.ndarray]:
    days = {
        name: profiles[candidate.column].dates
        for name, candidate in chosen.items()
        if len(profiles[candidate.column].dates)
    }
    spans = {}
    for name, (start, end) in SPANS.items():
        if start in days and end in days:
            between = days[end] - days[start]
            spans[name] = np.where(np.isnat(between), np.nan, between.astype(float))
    return spans


def _propose(
    variable: Variable, candidate: _Candidate | None, profiles: Mapping[str, Profile]
) -> Proposal:
    target = variable.name
    if candidate is None:
        return Proposal(target=target)
    profile, evidence = profiles[candidate.column], candidate.evidence
    reason = "; ".join([candidate.match.reason, *evidence.reasons])
    shown = tuple(code for code in evidence.undecided if code in profile.shown_codes)
    proposal = Proposal(
        target=target,
        column=candidate.column,
        certainty=_judge(candidate, profile),
        reason=reason,
        values=evidence.values,
        unit="" if evidence.unit == "excel" else evidence.unit,
        date_form=evidence.unit if evidence.unit == "excel" else profile.date_form,
        codes=profile.shown_codes,
        undecided=shown,
        n_hidden=len(evidence.undecided) - len(shown),
    )
    has_codes = variable.type in ("flag", "category")
    return proposal if has_codes else replace(proposal, codes={})


def _judge(candidate: _Candidate, profile: Profile) -> Certainty:
    if candidate.evidence.fit == "bad" and candidate.match.score < KNOWN:
        return "none"
    if candidate.evidence.fit in ("open", "bad"):
        return "guess"
    if candidate.match.score < KNOWN:
        return "guess" if candidate.match.score < 0.85 else "likely"
    is_inferred = bool(candidate.evidence.unit) and not candidate.match.unit
    is_inferred |= candidate.evidence.fit == "fair"
    return "likely" if is_inferred or simplify(profile.name) in VAGUE_NAMES else "certain"


def _describe_unused(
    proposals: tuple[Proposal, ...],
    profiles: Mapping[str, Profile],
    cells: Mapping[str, np.ndarray],
) -> dict[str, str]:
    used = {proposal.column for proposal in proposals if proposal.certainty != "none"}
    times = {
        proposal.target: read_numbers_by_row(cells[proposal.column])
        for proposal in proposals
        if proposal.target in SPANS and proposal.certainty in ("certain", "likely")
    }
    unused = {}
    for name, profile in profiles.items():
        if name not in used:
            same = find_same_time(read_numbers_by_row(cells[name]), times)
            unused[name] = same or describe_kind(profile)
    return unused
