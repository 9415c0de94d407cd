"""Every rule can be met and can be missed, and each thing taken away changes a mark."""

from collections import Counter
from dataclasses import replace
from fnmatch import fnmatchcase

import pytest
from authors_additions import complete
from whole_report import make_full_report

from helpers.checklists.marking import answer_need, mark_checklist, mark_item
from helpers.checklists.model import Facts
from helpers.checklists.reading import read_checklists

ITEMS = [
    pytest.param(item, id=f"{checklist.key}-{item.number}")
    for checklist in read_checklists()
    for item in checklist.items
]
NEEDS = [
    pytest.param(item.values[0], need, id=f"{item.id}-{number}")
    for item in ITEMS
    for number, need in enumerate(item.values[0].needs, 1)
]


@pytest.fixture(scope="module")
def full():
    return make_full_report()


@pytest.fixture(scope="module")
def facts(full):
    return full.facts


@pytest.fixture(scope="module")
def completed(facts):
    return complete(facts)


@pytest.mark.parametrize("item", ITEMS)
def test_an_item_is_met_where_nothing_is_missing(item, completed):
    marked = mark_item(item, completed)
    assert (marked.mark, marked.gaps, marked.tasks) == ("met", (), ())
    assert marked.places


@pytest.mark.parametrize("item", ITEMS)
def test_an_empty_report_meets_no_item(item):
    assert mark_item(item, Facts()).mark in {"not", "authors", "inapplicable"}


@pytest.mark.parametrize(("item", "need"), NEEDS)
def test_what_is_taken_away_is_missed(item, need, completed):
    assert answer_need(need, completed).is_met
    changed = take_away(need, completed)
    assert not answer_need(need, changed).is_met
    marked = mark_item(item, changed)
    if marked.mark == "inapplicable":  # what was taken away is what made the item apply
        assert item.applies is not None
        return
    less = {"not", "authors"} if len(item.needs) == 1 else {"partly", "not", "authors"}
    assert marked.mark in less
    assert need.gap in " ".join([*marked.gaps, *marked.tasks])


def take_away(need, facts):
    """Return facts without what meets a need."""
    if need.kind == "parameter":
        return replace(facts, parameters={})
    if need.kind == "result":
        kept = {
            one for one in facts.results if not any(fnmatchcase(one, name) for name in need.names)
        }
        return replace(facts, results=frozenset(kept))
    if need.kind == "text":
        return replace(facts, places=tuple(silence(need, place) for place in facts.places))
    if need.kind == "row":
        return replace(facts, places=tuple(cut_rows(need, place) for place in facts.places))
    kept = [
        place
        for place in facts.places
        if not any(fnmatchcase(place.id, name) for name in need.names)
    ]
    return replace(facts, places=tuple(kept))


def silence(need, place):
    says = need.says is None or need.says.search(place.text)
    return replace(place, text="") if says else place


def cut_rows(need, place):
    return replace(place, rows=tuple(row for row in place.rows if row[0] not in need.names))


def test_the_built_in_report_lacks_what_only_authors_know(facts):
    marks = {
        one.checklist.name: {marked.item.number: marked.mark for marked in one.items}
        for one in (mark_checklist(checklist, facts) for checklist in read_checklists())
    }
    counts = {name: Counter(found.values()) for name, found in marks.items()}
    assert {name: one["not"] for name, one in counts.items()} == dict.fromkeys(counts, 0)
    assert {name: one["met"] for name, one in counts.items()} == {
        "STROBE": 26,
        "RECORD": 3,
        "REMARK": 14,
        "TARGET": 27,
    }
    for name, number in (("STROBE", "22"), ("RECORD", "12.1"), ("REMARK", "4"), ("TARGET", "17")):
        assert marks[name][number] == "authors"
    assert marks["STROBE"]["6b"] == marks["RECORD"]["1.3"] == "inapplicable"
    assert marks["TARGET"]["7d"] == "partly"


def test_keys_of_places_are_right(facts):
    """Each heading, table and figure that a rule names is in the report, or stands for more."""
    named = {
        reference
        for checklist in read_checklists()
        for item in checklist.items
        for need in item.needs
        for reference in (*need.at, *need.of)
    }
    ids = {place.id for place in facts.places}
    titles = {place.path[-1] for place in facts.places if place.path}
    unknown = {
        one
        for one in named
        if not any(fnmatchcase(known, one.split(" > ")[-1]) for known in ids | titles)
    }
    assert unknown == set()
