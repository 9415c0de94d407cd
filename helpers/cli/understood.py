"""What a check has understood of patients' data, as plain values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from helpers.cohort.intake.analyses import find_lacking, find_omitted
from helpers.report.check_inputs import CheckedInputs, find_columns

if TYPE_CHECKING:
    from helpers.cohort import Cohort
    from helpers.params import Params

Mask = Callable[[int], int | None]
SPAN = ("failure_date", "last_contact_date")
MOST_CODES = 12
MODELS = {
    "univariate_factors": "univariate screen",
    "model_factors": "survival model",
    "aml_factors": "AML model",
    "treatment_factors": "model of treatments",
    "subgroup_factors": "subgroups",
    "comparisons": "comparisons",
}
ALWAYS_SHOWN = ("failure_type", "first_treatment")


def describe_understood(checked: CheckedInputs, params: Params) -> dict[str, Any]:
    """Return what was understood of data without a fault, ready for JSON.

    Parameters
    ----------
    checked : CheckedInputs
        With a cohort.
    params : Params
        Of the report; disclosure control masks every count here as well.

    Returns
    -------
    dict
        ``source``, ``patients``, ``selection``, ``event``, ``time``, ``mapping``, ``columns``,
        ``groups``, ``left_out`` and ``warnings``; a count that is not shown is None.
    """
    cohort, raw = checked.cohort, checked.raw
    if cohort is None or raw is None:
        raise ValueError("checked must have a cohort, but has faults; tell them instead")
    mask = _choose_mask(params.disclosure)
    return {
        "source": _describe_source(checked),
        "patients": {"screened": mask(cohort.n_screened), "eligible": mask(len(cohort))},
        "selection": [
            {
                "rule": step.label,
                "reason": step.reason,
                "checked": step.checked,
                "excluded": mask(step.n_excluded),
            }
            for step in cohort.flow
        ],
        "event": _describe_event(checked, cohort, mask),
        "time": _describe_time(checked, cohort, show_range=params.disclosure == "off"),
        "mapping": [
            one.sentence
            for one in checked.translated
            if one.topic not in ("column", "event")
            and (params.disclosure == "off" or not one.counts)
        ],
        "columns": _describe_columns(checked, cohort, mask),
        "groups": _describe_groups(cohort, params.factor_lists.values(), mask),
        "left_out": list(_describe_left_out(cohort, params.factor_lists)),
        "warnings": _describe_warnings(cohort, params.disclosure),
    }


def _describe_warnings(cohort: Cohort, disclosure: str) -> list[str]:
    if disclosure == "off" or not cohort.warnings:
        return list(cohort.warnings)
    count = len(cohort.warnings)
    noun = "warning names" if count == 1 else "warnings name"
    return [f"{count:,} {noun} single rows; --set disclosure=off shows them."]


def _choose_mask(disclosure: str) -> Mask:
    if disclosure == "off":
        return lambda count: count
    from helpers.disclosure.rule import get_rule

    rule = get_rule(disclosure)
    return lambda count: count if rule is None else rule.publish(count)


def _describe_source(checked: CheckedInputs) -> dict[str, Any]:
    raw = checked.raw
    facts = raw.facts
    return {
        "name": raw.name,
        "kind": facts.kind,
        "sheet": facts.sheet,
        "encoding": facts.encoding,
        "delimiter": facts.delimiter,
        "decimal": facts.decimal,
        "rows": len(raw.frame),
        "columns": raw.frame.shape[1],
        "synthetic": raw.synthetic,
        "notes": list(facts.notes),
    }


def _describe_event(checked: CheckedInputs, cohort: Cohort, mask: Mask) -> dict[str, Any]:
    dead = int(cohort.table["os_event"].sum()) if "os_event" in cohort.table else 0
    return {
        "column": "dead",
        "your_columns": list(find_columns("dead", checked.mapped)),
        "label": cohort.dictionary.label("dead"),
        "yes": mask(dead),
        "no": mask(len(cohort) - dead),
        "coding": _count_codes("dead", checked, mask),
    }


def _count_codes(column: str, checked: CheckedInputs, mask: Mask) -> list[dict[str, Any]]:
    """Return how a mapping read the codes of a column, over all rows of the source."""
    origin = checked.mapped.origins.get(column)
    if origin is None or column not in checked.mapped.frame:
        return []
    ours = checked.mapped.frame[column]
    pairs = Counter(zip(origin.texts, ours, strict=True))
    if len(pairs) > MOST_CODES:
        return []
    return [
        {"code": code or "", "read_as": read_as or "", "rows": mask(count)}
        for (code, read_as), count in pairs.most_common()
        if code or read_as
    ]


def _describe_time(checked: CheckedInputs, cohort: Cohort, *, show_range: bool) -> dict[str, Any]:
    dictionary = cohort.dictionary
    from_dates = cohort.has(*SPAN)
    months = cohort.table["os_months"].dropna() if "os_months" in cohort.table else None
    found: dict[str, Any] = {
        "zero": dictionary.label(SPAN[0]),
        "end": dictionary.label(SPAN[1]),
        "made_from": list(SPAN) if from_dates else ["os_months"],
        "total_months": None if months is None else round(float(months.sum())),
    }
    if show_range and months is not None and len(months):
        found["shortest_months"] = round(float(months.min()), 1)
        found["longest_months"] = round(float(months.max()), 1)
    return found


def _describe_columns(checked: CheckedInputs, cohort: Cohort, mask: Mask) -> list[dict[str, Any]]:
    return [
        {
            "column": name,
            "label": variable.label,
            "your_columns": list(find_columns(name, checked.mapped)),
            "unit": variable.unit,
            "known": mask(int(cohort.table[name].notna().sum())),
        }
        for name, variable in cohort.dictionary.file_columns.items()
        if name in checked.mapped.frame.columns and name in cohort.table and name != "patient_id"
    ]


def _describe_groups(
    cohort: Cohort, lists: Iterable[list[str]], mask: Mask
) -> list[dict[str, Any]]:
    names = dict.fromkeys([*ALWAYS_SHOWN, *(name for names in lists for name in names)])
    groups = []
    for name in names:
        if name not in cohort.dictionary.factors or not cohort.has(name):
            continue
        levels = cohort.dictionary.levels(name)
        counts = {label: int((cohort.table[name] == key).sum()) for key, label in levels.items()}
        groups.append(
            {
                "factor": name,
                "label": cohort.dictionary.label(name),
                "levels": {label: mask(count) for label, count in counts.items()},
                "not_known": mask(int(cohort.table[name].isna().sum())),
            }
        )
    return groups


def _describe_left_out(cohort: Cohort, lists: Mapping[str, list[str]]) -> Iterator[dict[str, Any]]:
    known = _list_known(cohort)
    dictionary = cohort.dictionary
    for label, columns in find_omitted(known, dictionary).items():
        yield {"analysis": label, "lacking": list(columns)}
    models = {MODELS[name]: names for name, names in lists.items() if name in MODELS}
    for factor in dict.fromkeys(name for names in models.values() for name in names):
        if factor in known or factor not in dictionary.factors:
            continue
        where = ", ".join(model for model, names in models.items() if factor in names)
        label = f"{dictionary.label(factor)} as a factor ({where})"
        lacking = find_lacking([factor], known, dictionary)
        yield {"analysis": label, "lacking": list(lacking)}


def _list_known(cohort: Cohort) -> set[str]:
    return {name for name in cohort.table.columns if cohort.table[name].notna().any()}
