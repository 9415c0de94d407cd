"""The data dictionary: columns of a cohort, groups made from them, rules of eligibility."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from typing import Any, Literal

import yaml

from helpers.cohort.dictionary_checks import DICTIONARY_HEADING, check_dictionary_document
from helpers.cohort.rules import find_rule_columns
from helpers.cohort.terms import Terms
from helpers.errors import FaultsError

VariableType = Literal[
    "id", "text", "date", "integer", "number", "flag", "category", "event", "event_code"
]
KnownAt = Literal["diagnosis", "len_start", "during_len", "failure", "after_failure"]

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

NO_YES: Mapping[str, str] = {"no": "No", "yes": "Yes"}
STAGES: tuple[KnownAt, ...] = ("diagnosis", "len_start", "during_len", "failure", "after_failure")


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One column: of the file, or made from the file's columns.

    Attributes
    ----------
    name : str
        As in the file and in the analysis table; a number carries its unit.
    label, meaning : str
        For print, and in one sentence for who fills in the file.
    type, unit : VariableType, str
        An ``event`` is a bool; an ``event_code`` is 0 censored, 1 event, 2 competing event.
    levels : mapping of str to str
        Keys of a category with their labels, in order of presentation.
    required, derived, may_be_given : bool
        Must be in the file; is made by the package; is made but accepted from the file.
    range, usual : tuple of float or None
        Smallest and largest value: outside `range` is a fault, outside `usual` a warning.
    per, known_at : float, KnownAt
        Of a number in a model: the step of its hazard ratio, and when it is known.
    needs, section : tuple of str, str
        Columns that a derived one is made from; where documentation puts it.
    """

    name: str
    label: str
    meaning: str = ""
    type: VariableType = "number"
    unit: str = ""
    levels: Mapping[str, str] = field(default_factory=dict)
    required: bool = False
    derived: bool = False
    may_be_given: bool = False
    range: tuple[float, float] | None = None
    usual: tuple[float, float] | None = None
    per: float = 1.0
    known_at: KnownAt = "failure"
    needs: tuple[str, ...] = ()
    section: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """Groups of patients that analyses compare.

    Attributes
    ----------
    name, label, meaning : str
        Column of the analysis table, its name in print, and what it is.
    levels : mapping of str to str
        Keys (parts of results' ids) with their labels, in order of presentation.
    reference : str
        Key that hazard ratios refer to.
    known_at : KnownAt
        When a patient's group is settled.
    rule, needs : mapping, tuple of str
        How it is made, and from which columns.
    switches_at : str
        Column of months from time zero to joining the group that is not the reference, if any.
    """

    name: str
    label: str
    meaning: str
    levels: Mapping[str, str]
    reference: str
    known_at: KnownAt
    rule: Mapping[str, Any]
    needs: tuple[str, ...]
    switches_at: str = ""

    @property
    def after_time_zero(self) -> bool:
        """Return whether it is settled only after LEN failure, so that it carries immortal time."""
        return self.is_settled_after("failure")

    def is_settled_after(self, time_zero: KnownAt) -> bool:
        """Return whether a patient's group is settled only after a time zero."""
        return STAGES.index(self.known_at) > STAGES.index(time_zero)


@dataclass(frozen=True, slots=True, kw_only=True)
class EligibilityRule:
    """One step of the selection: patients whose flag is `keep` stay."""

    id: str
    column: str
    keep: str
    label: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dictionary:
    """All that is known of the columns of a cohort.

    Attributes
    ----------
    variables : mapping of str to Variable
        Columns of the file and derived ones, by name.
    factors : mapping of str to Factor
        Groups, by name.
    eligibility : tuple of EligibilityRule
        Steps in their order.
    abbreviations : mapping of str to str
        Short forms that labels use, with their meaning.
    terms : Terms
        What disease, treatment and events are called.
    removed : mapping of str to str
        Built-in groups that a user's categories leave without a meaning, with the reason.
    """

    variables: Mapping[str, Variable]
    factors: Mapping[str, Factor]
    eligibility: tuple[EligibilityRule, ...]
    abbreviations: Mapping[str, str]
    terms: Terms = field(default_factory=Terms)
    removed: Mapping[str, str] = field(default_factory=dict)

    @property
    def file_columns(self) -> dict[str, Variable]:
        """Return the columns that a file may hold."""
        return {
            name: variable
            for name, variable in self.variables.items()
            if not variable.derived or variable.may_be_given
        }

    def find(self, name: str) -> Variable | Factor:
        """Return what a column is: as a group where it is one, else as a variable.

        Raises
        ------
        KeyError
            If the dictionary has no such column.
        """
        entry = self.factors.get(name) or self.variables.get(name)
        if entry is None:
            raise KeyError(f"column must be one of the data dictionary's, but was {name!r}")
        return entry

    def label(self, name: str) -> str:
        """Return a column's label."""
        return self.find(name).label

    def levels(self, name: str) -> dict[str, str]:
        """Return keys and labels of a column's groups, in order of presentation."""
        return dict(self.find(name).levels)

    def find_roots(self, name: str) -> tuple[str, ...]:
        """Return the columns of the file that a column is made from."""
        entry = self.factors.get(name) or self.variables.get(name)
        needs = entry.needs if entry else ()
        if isinstance(entry, Factor) and name in needs:
            needs = tuple(need for need in needs if need != name)
            roots: dict[str, None] = {name: None}
        else:
            roots = {} if needs else {name: None}
        for need in needs:
            roots |= dict.fromkeys(self.find_roots(need))
        return tuple(roots)

    def expand(self, texts: Iterable[str]) -> dict[str, str]:
        """Return the abbreviations that stand in some texts, with their meaning."""
        joined = " ".join(texts)
        return {
            short: full
            for short, full in self.abbreviations.items()
            if re.search(rf"(?<!\w){re.escape(short)}(?!\w)", joined)
        }

    def fill_labels(self, values: Mapping[str, float]) -> Dictionary:
        """Return the dictionary with the places of cuts in labels filled in.

        Parameters
        ----------
        values : mapping of str to float
            Cuts by name, e.g. ``{"age_cut_years": 75}``.
        """

        def fill(factor: Factor) -> Factor:
            labels = {key: _fill(label, values) for key, label in factor.levels.items()}
            return replace(factor, levels=labels)

        return replace(self, factors={name: fill(one) for name, one in self.factors.items()})


def _fill(text: str, values: Mapping[str, float]) -> str:
    for name, value in values.items():
        text = text.replace("{" + name + "}", f"{value:g}")
    return text


@cache
def read_dictionary() -> Dictionary:
    """Return the built-in data dictionary.

    Examples
    --------
    >>> read_dictionary().levels("failure_type")["loss_hi"]
    'Loss of HI'
    """
    text = resources.files("helpers.cohort").joinpath("dictionary.yml").read_text("utf-8")
    return parse_dictionary(text)


def parse_dictionary(text: str) -> Dictionary:
    """Return the data dictionary that a YAML text describes.

    Parameters
    ----------
    text : str
        In the form of ``dictionary.yml`` of this package.

    Raises
    ------
    FaultsError
        If the text is not such a dictionary; all faults are named.
    """
    try:
        document = yaml.load(text, Loader=_LOADER)  # noqa: S506 - a safe loader, in C if there
    except yaml.YAMLError as error:
        raise FaultsError(DICTIONARY_HEADING, [f"it must be YAML, but {error}"]) from None
    check_dictionary_document(document)
    variables = {
        name: _make_variable(name, entry, derived=False)
        for name, entry in document["variables"].items()
    }
    variables |= {
        name: _make_variable(name, entry, derived=True)
        for name, entry in document["derived"].items()
    }
    return Dictionary(
        variables=variables,
        factors={
            name: _make_factor(name, entry, variables)
            for name, entry in document["factors"].items()
        },
        eligibility=tuple(EligibilityRule(**entry) for entry in document["eligibility"]),
        abbreviations=document["abbreviations"],
    )


def _make_variable(name: str, entry: Mapping[str, Any], *, derived: bool) -> Variable:
    fields = dict(entry)
    for key in ("range", "usual", "needs"):
        if key in fields:
            fields[key] = tuple(fields[key])
    if fields.get("type") == "flag":
        fields["levels"] = NO_YES
    section = fields.pop("section", "derived" if derived else "")
    if fields.get("may_be_given"):
        fields.setdefault("range", (0.0, 1200.0))
    return Variable(name=name, derived=derived, section=section, **fields)


def _make_factor(name: str, entry: Mapping[str, Any], variables: Mapping[str, Variable]) -> Factor:
    rule = entry["rule"]
    source = variables.get(name)
    levels = entry.get("levels") or (source.levels if source and source.levels else NO_YES)
    return Factor(
        name=name,
        label=entry.get("label") or (source.label if source else name),
        meaning=entry.get("meaning") or (source.meaning if source else ""),
        levels=dict(levels),
        reference=entry.get("reference", next(iter(levels))),
        known_at=entry["known_at"],
        rule=rule,
        needs=find_rule_columns(rule),
        switches_at=entry.get("switches_at", ""),
    )
