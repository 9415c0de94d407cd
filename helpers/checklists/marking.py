"""Mark the items of a checklist by what a report has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from helpers.checklists.model import (
    Checklist,
    ChecklistItem,
    Facts,
    Mark,
    MarkedChecklist,
    MarkedItem,
    Need,
    Place,
)

ANYWHERE = "*"
OMITTED_TABLE = "table.omitted"
_STEP = " > "
#: Parts of a report that hold no text of the manuscript itself.
_BEHIND = frozenset({"References", "Supplementary material", "Appendices"})
#: More places than these tell a reader no more.
_MOST_PLACES = 4


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether a need is met, where, and what to say if it is not."""

    is_met: bool
    places: tuple[Place, ...] = ()
    gap: str = ""


def mark_checklist(checklist: Checklist, facts: Facts) -> MarkedChecklist:
    """Return a checklist with every item marked.

    Parameters
    ----------
    checklist : Checklist
        The guideline.
    facts : Facts
        What the report has.

    Returns
    -------
    MarkedChecklist
    """
    items = tuple(mark_item(item, facts) for item in checklist.items)
    return MarkedChecklist(checklist=checklist, items=items)


def mark_item(item: ChecklistItem, facts: Facts) -> MarkedItem:
    """Return an item with its mark.

    Notes
    -----
    Met where all its needs are, partly where some are, not where none is. One that lacks
    nothing but what people must supply, and has nothing yet, is for the authors.
    """
    if item.applies is not None and not answer_need(item.applies, facts).is_met:
        return MarkedItem(item=item, mark="inapplicable", gaps=(item.otherwise,))
    answers = [(need, answer_need(need, facts)) for need in item.needs]
    missing = [(need, answer.gap) for need, answer in answers if not answer.is_met]
    gaps = dict.fromkeys(gap for need, gap in missing if not need.by_authors)
    tasks = dict.fromkeys(gap for need, gap in missing if need.by_authors)
    if not missing:
        mark: Mark = "met"
    elif len(missing) < len(answers):
        mark = "partly"
    else:
        mark = "not" if gaps else "authors"
    places = _keep_each_once([place for _, answer in answers for place in answer.places])
    return MarkedItem(item=item, mark=mark, places=places, gaps=tuple(gaps), tasks=tuple(tasks))


def answer_need(need: Need, facts: Facts) -> Answer:
    """Return whether a report has what an item needs."""
    places = list(_find(need, facts))
    if places or _is_shown_nowhere(need, facts):
        return Answer(True, tuple(places))
    reason = _find_reason(need, facts)
    if not reason:
        return Answer(False, gap=need.gap)
    listed = [place for place in facts.places if place.id == OMITTED_TABLE]
    return Answer(False, tuple(listed), f"{need.gap} Left out: {reason}")


def find_places(references: Iterable[str], facts: Facts) -> Iterator[Place]:
    """Yield the places that references name, in the order of these."""
    for reference in references:
        for place in facts.places:
            if is_named(place, reference):
                yield place


def is_named(place: Place, reference: str) -> bool:
    """Return whether a reference names a place.

    Parameters
    ----------
    place : Place
        Of a report.
    reference : str
        An id of a table or figure, or headings from outside to inside with ``>`` between them;
        ``*`` stands for anything.

    Examples
    --------
    >>> place = Place(kind="heading", path=("Results", "Patients", "Selection"), label="")
    >>> is_named(place, "Results > Selection"), is_named(place, "Results")
    (True, False)
    """
    if place.kind in {"table", "figure"}:
        return _fits(place.id, reference)
    return _is_path(place, place.path, reference.split(_STEP))


def _is_path(place: Place, path: Sequence[str], steps: Sequence[str]) -> bool:
    """Return whether steps lead along a path; into the front matter they begin at its part."""
    is_inside = place.kind != "front" or path[0] == steps[0]
    return is_inside and _ends_path(path, steps)


def _ends_path(path: Sequence[str], steps: Sequence[str]) -> bool:
    """Return whether the last step is the path's end and the others come before it in order."""
    if not path or not _fits(path[-1], steps[-1]):
        return False
    above = iter(path[:-1])
    return all(any(_fits(title, step) for title in above) for step in steps[:-1])


def _fits(name: str, pattern: str) -> bool:
    return fnmatchcase(name, pattern) if "*" in pattern else name == pattern


def _is_below(place: Place, reference: str) -> bool:
    """Return whether a heading, or one above it, is the one that a reference names."""
    if place.kind not in {"front", "heading"}:
        return False
    if reference == ANYWHERE:
        return place.kind == "front" or place.path[0] not in _BEHIND
    steps = reference.split(_STEP)
    return any(_is_path(place, place.path[:n], steps) for n in range(1, len(place.path) + 1))


def _find(need: Need, facts: Facts) -> Iterator[Place]:
    """Yield the places where a need is met."""
    match need.kind:
        case "text":
            yield from _find_text(need, facts)
        case "row":
            yield from _find_row(need, facts)
        case "result" | "parameter":
            if _has_any(need, facts):
                yield from find_places(need.at, facts)
        case _:
            found = [one for one in find_places(need.names, facts) if one.kind == need.kind]
            yield from found[:1]


def _is_shown_nowhere(need: Need, facts: Facts) -> bool:
    """Return whether something is there without one of the places that it is looked for at."""
    return need.kind in {"result", "parameter"} and _has_any(need, facts)


def _has_any(need: Need, facts: Facts) -> bool:
    if need.kind == "parameter":
        return any(facts.parameters.get(name) for name in need.names)
    return any(_has_result(name, facts.results) for name in need.names)


def _has_result(name: str, results: frozenset[str]) -> bool:
    start = name.removesuffix("*")
    if "*" in start:
        return any(_fits(one, name) for one in results)
    return name in results or (start != name and any(one.startswith(start) for one in results))


def _find_text(need: Need, facts: Facts) -> Iterator[Place]:
    for name in need.names:
        below = [place for place in facts.places if _is_below(place, name)]
        if need.words and sum(len(place.text.split()) for place in below) < need.words:
            continue
        for place in below:
            if place.text and (need.says is None or need.says.search(place.text)):
                yield place
                return


def _find_row(need: Need, facts: Facts) -> Iterator[Place]:
    for place in find_places(need.of, facts):
        for row in place.rows:
            text = row[need.column] if need.column < len(row) else ""
            if row[0] in need.names and text.strip() and _reads(need, text):
                yield place
                return


def _reads(need: Need, text: str) -> bool:
    if need.says is not None and not need.says.search(text):
        return False
    return need.lacks is None or not need.lacks.search(text)


def _find_reason(need: Need, facts: Facts) -> str:
    """Return why the analyses behind a need were left out, nothing if one of them was not."""
    if need.kind in {"text", "heading", "parameter"}:
        return ""
    reasons = [_find_reason_of(name, facts) for name in need.of or need.names]
    return reasons[0] if all(reasons) else ""


def _find_reason_of(name: str, facts: Facts) -> str:
    wanted = f"{_name_set(name)}_"
    for key, reason in facts.omitted.items():
        left_out = f"{_name_set(key)}_"
        if left_out.startswith(wanted) or wanted.startswith(left_out):
            words = reason.strip().rstrip(".")
            return f"{words[:1].upper()}{words[1:]}."
    return ""


def _name_set(name: str) -> str:
    """Return what results, tables and figures of one analysis have in common."""
    stem = name.removeprefix("table.").removeprefix("figure.").partition("*")[0]
    return stem.replace(".", "_").rstrip("_")


def _keep_each_once(places: Sequence[Place]) -> tuple[Place, ...]:
    unique = {place.anchor or place.label: place for place in places}
    return tuple(unique.values())[:_MOST_PLACES]
