"""Whether steps of the selection that a user declares can be used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from helpers.cohort.declaration_names import find_name_faults, find_unknown, suggest
from helpers.cohort.dictionary import Dictionary
from helpers.cohort.terms import describe_text_fault

STEP_KEYS = ("id", "column", "keep", "label", "reason")
MAX_LABEL = 200


def find_step_faults(steps: object, dictionary: Dictionary, flags: set[str]) -> Iterator[str]:
    """Yield what is wrong with a list of steps, built-in by name or declared."""
    if steps is None:
        return
    if not isinstance(steps, list | tuple):
        yield f"eligibility must be a list of steps, but was {steps!r:.60}; write [] for none"
        return
    builtin = {step.id for step in dictionary.eligibility}
    seen: set[str] = set()
    for step in steps:
        if isinstance(step, str):
            if step not in builtin:
                yield f"eligibility: {step!r:.60} is no built-in step; {suggest(step, builtin)}"
            key = step
        elif isinstance(step, Mapping):
            key = str(step.get("id") or step.get("column"))
            yield from _find_own_step_faults(f"eligibility.{key:.60}", step, flags)
        else:
            yield f"eligibility must list names or declared steps, but had {step!r:.60}"
            continue
        if key in seen:
            yield f"eligibility must name a step once, but {key!r:.60} came twice"
        seen.add(key)


def _find_own_step_faults(where: str, step: Mapping[str, Any], flags: set[str]) -> Iterator[str]:
    yield from find_unknown(step, STEP_KEYS, where)
    for key in ("label", "reason"):
        fault = describe_text_fault(step.get(key), longest=MAX_LABEL)
        if fault:
            yield f"{where}.{key} {fault}"
    if "id" in step:
        yield from find_name_faults(f"{where}.id", step["id"])
    if step.get("keep") not in ("no", "yes"):
        yield f'{where}.keep must be "no" or "yes", but was {step.get("keep")!r:.60}'
    if step.get("column") not in flags:
        column = step.get("column")
        yield (
            f"{where}.column must be a variable of type flag, but was {column!r:.60}; "
            + suggest(column, sorted(flags))
        )
