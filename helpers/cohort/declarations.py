"""Variables, groups, steps of selection and terms that a user declares, as a data dictionary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from helpers.cohort.declaration_checks import find_declaration_faults
from helpers.cohort.declaration_forms import normalise_declarations
from helpers.cohort.dictionary import NO_YES, Dictionary, EligibilityRule, Factor, Variable
from helpers.cohort.redefinition import drop_dependent_factors
from helpers.cohort.rules import find_rule_columns
from helpers.cohort.terms import Terms, make_terms
from helpers.errors import FaultsError

HEADING = "The declared variables, factors, eligibility and terms have faults:"
SECTION = "declared"


def extend_dictionary(dictionary: Dictionary, declarations: Mapping[str, Any]) -> Dictionary:
    """Return a data dictionary with what a user declares.

    Parameters
    ----------
    dictionary : Dictionary
        The built-in one.
    declarations : mapping
        ``variables``: name to label, meaning, type (category, flag, integer, number, date,
        text), unit, levels (keys with labels, or a list of labels), range, usual, known_at.
        The name of a built-in variable redefines its label, levels and limits.
        ``factors``: name to label, rule, levels, reference, known_at, switches_at; rules are
        those of the built-in dictionary (copy, at_least, bands, one_of, present, cases; where).
        ``eligibility``: names of built-in steps and steps of one's own; absent for the
        built-in ones, empty for none.
        ``terms``: attributes of :class:`helpers.cohort.terms.Terms`.

    Returns
    -------
    Dictionary
        `removed` says which built-in groups went because their categories were replaced.

    Raises
    ------
    FaultsError
        With all faults.

    Examples
    --------
    >>> from helpers.cohort.dictionary import read_dictionary
    >>> declared = {"variables": {"ecog": {"label": "ECOG", "type": "integer"}}}
    >>> extend_dictionary(read_dictionary(), declared).label("ecog")
    'ECOG'
    """
    changed = {key: value for key, value in declarations.items() if value not in (None, {})}
    if changed.get("eligibility") == [step.id for step in dictionary.eligibility]:
        del changed["eligibility"]
    if not changed:
        return dictionary
    given = normalise_declarations(declarations, dictionary)
    faults = list(dict.fromkeys(find_declaration_faults(given, dictionary)))
    if faults:
        raise FaultsError(HEADING, faults)
    terms = make_terms(given.get("terms", {}))
    renamed = _rename(dictionary, terms)
    variables = dict(renamed.variables)
    for name, entry in given.get("variables", {}).items():
        variables[name] = _make_variable(name, entry, variables.get(name))
    factors, removed = _make_factors(given, renamed, variables)
    return replace(
        renamed,
        variables=variables,
        factors=factors,
        eligibility=_choose_steps(given.get("eligibility"), renamed),
        abbreviations=_choose_abbreviations(dictionary, terms, list(_list_texts(given))),
        terms=terms,
        removed=removed,
    )


def _rename(dictionary: Dictionary, terms: Terms) -> Dictionary:
    """Return the dictionary with labels in the user's terms."""
    if terms.is_published:
        return dictionary

    def words(labels: Mapping[str, str]) -> dict[str, str]:
        return {key: terms.rename(label) for key, label in labels.items()}

    def named(entry: Any) -> Any:
        levels = {} if isinstance(entry, EligibilityRule) else {"levels": words(entry.levels)}
        text = "reason" if isinstance(entry, EligibilityRule) else "meaning"
        label = terms.rename(entry.label)
        is_capital = entry.label[:1].isupper()
        label = label[:1].upper() + label[1:] if is_capital else label
        shown = {"label": label, text: terms.rename(getattr(entry, text))}
        return replace(entry, **shown, **levels)

    return replace(
        dictionary,
        variables={name: named(one) for name, one in dictionary.variables.items()},
        factors={name: named(one) for name, one in dictionary.factors.items()},
        eligibility=tuple(named(step) for step in dictionary.eligibility),
    )


def _make_variable(name: str, entry: Mapping[str, Any], known: Variable | None) -> Variable:
    fields = dict(entry)
    for key in ("range", "usual"):
        if key in fields:
            fields[key] = tuple(fields[key])
    if fields.get("type") == "flag":
        fields["levels"] = NO_YES
    if known is not None:
        return replace(known, **fields)
    fields.setdefault("meaning", fields["label"])
    return Variable(name=name, section=SECTION, **fields)


def _make_factors(
    given: Mapping[str, Any], dictionary: Dictionary, variables: Mapping[str, Variable]
) -> tuple[dict[str, Factor], dict[str, str]]:
    declared = given.get("factors", {})
    changed = {
        name
        for name, one in dictionary.variables.items()
        if list(variables[name].levels) != list(one.levels)
        and set(variables[name].levels) != set(one.levels)
    }
    changed |= {
        name for name, entry in declared.items() if "rule" in entry and name in dictionary.factors
    }
    kept, removed = drop_dependent_factors(dictionary.factors, variables, changed)
    for name, entry in given.get("variables", {}).items():
        if variables[name].levels:
            kept[name] = _copy_variable(variables[name], entry, kept.get(name))
    for name, entry in declared.items():
        kept[name] = _make_factor(name, entry, kept.get(name), variables)
        removed.pop(name, None)
    return kept, removed


def _copy_variable(variable: Variable, entry: Mapping[str, Any], known: Factor | None) -> Factor:
    levels = dict(variable.levels)
    reference = known.reference if known and known.reference in levels else next(iter(levels))
    return Factor(
        name=variable.name,
        label=variable.label,
        meaning=variable.meaning,
        levels=levels,
        reference=reference,
        known_at=entry.get("known_at") or (known.known_at if known else "failure"),
        rule={"copy": variable.name},
        needs=(variable.name,),
    )


def _make_factor(
    name: str,
    entry: Mapping[str, Any],
    known: Factor | None,
    variables: Mapping[str, Variable],
) -> Factor:
    fields = {key: value for key, value in entry.items() if key != "type"}
    if "rule" not in entry and known is not None:
        return replace(known, **fields)
    source = variables.get(name)
    label = fields.pop("label", None) or (known or source).label
    levels = dict(fields.pop("levels"))
    return Factor(
        name=name,
        label=label,
        meaning=fields.pop("meaning", label),
        levels=levels,
        reference=fields.pop("reference", next(iter(levels))),
        known_at=fields.pop("known_at", known.known_at if known else "failure"),
        rule=entry["rule"],
        needs=find_rule_columns(entry["rule"]),
        switches_at=fields.pop("switches_at", known.switches_at if known else ""),
    )


def _choose_steps(steps: Iterable[Any] | None, dictionary: Dictionary) -> tuple[Any, ...]:
    if steps is None:
        return dictionary.eligibility
    builtin = {step.id: step for step in dictionary.eligibility}
    return tuple(
        builtin[step]
        if isinstance(step, str)
        else EligibilityRule(**{"id": step["column"], **step})
        for step in steps
    )


def _list_texts(given: Mapping[str, Any]) -> Iterator[str]:
    """Yield the labels that the user has written."""
    for section in ("variables", "factors"):
        for entry in given.get(section, {}).values():
            yield entry.get("label", "")
            yield from entry.get("levels", {}).values()


def _choose_abbreviations(
    dictionary: Dictionary, terms: Terms, texts: Iterable[str]
) -> dict[str, str]:
    """Return the built-in short forms, less those that may mean something else to this user."""
    builtin = dict(dictionary.abbreviations)
    if not terms.is_published:
        gone = {"LEN", "MDS", "AML", "OS", *dictionary.expand(texts)}
        builtin = {key: text for key, text in builtin.items() if key not in gone}
        builtin |= _pair(terms.index_treatment, terms.index_treatment_name)
        builtin |= _pair(terms.progression, terms.progression_name)
        builtin |= _pair(terms.endpoint_short, terms.endpoint)
    return builtin | dict(terms.abbreviations)


def _pair(short: str, full: str) -> dict[str, str]:
    is_short = short and short != full and " " not in short
    return {short: full} if is_short else {}
