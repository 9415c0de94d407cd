"""A mark follows from what a report has."""

import re

import pytest

from helpers.checklists.marking import answer_need, is_named, mark_item
from helpers.checklists.model import ChecklistItem, Facts, Need, Place

METHODS = Place(kind="heading", path=("Methods",), label="Methods", anchor="methods")
PATIENTS = Place(
    kind="heading", path=("Methods", "Patients"), label="Methods, Patients", anchor="p", text="All."
)
ABSTRACT = Place(
    kind="front", path=("Abstract", "Methods"), label="Abstract", anchor="a", text="We did."
)
TABLE = Place(
    kind="table", id="table.x", label="Table 1", anchor="at-x", rows=(("Follow-up", "", "Ends."),)
)
OMITTED = Place(kind="table", id="table.omitted", label="Appendix Table 1", anchor="at-o")
FACTS = Facts(
    places=(ABSTRACT, METHODS, PATIENTS, TABLE, OMITTED),
    results=frozenset({"os.overall.n", "tx.hma.difference_12m"}),
    omitted={"weighted.hma": "Nobody was treated", "flow": "No rule."},
    parameters={"keywords": [], "mapping": {"a": "b"}},
)


def make_need(kind, *names, says="", lacks="", **more):
    patterns = {"says": says, "lacks": lacks}
    compiled = {key: re.compile(text) for key, text in patterns.items() if text}
    return Need(kind=kind, names=names, gap="It is missing.", **compiled, **more)


def make_item(*needs, **more):
    return ChecklistItem(number="1", section="S", asks="A.", needs=needs, **more)


THERE = make_need("table", "table.x")
ABSENT = make_need("table", "table.y")
TASK = make_need("table", "table.z", by_authors=True)


@pytest.mark.parametrize(
    ("needs", "mark", "gaps", "tasks"),
    [
        ((THERE,), "met", 0, 0),
        ((THERE, ABSENT), "partly", 1, 0),
        ((THERE, TASK), "partly", 0, 1),
        ((ABSENT,), "not", 1, 0),
        ((ABSENT, TASK), "not", 1, 1),
        ((TASK,), "authors", 0, 1),
    ],
)
def test_the_mark_counts_needs(needs, mark, gaps, tasks):
    marked = mark_item(make_item(*needs), FACTS)
    assert (marked.mark, len(marked.gaps), len(marked.tasks)) == (mark, gaps, tasks)
    assert marked.places == ((TABLE,) if THERE in needs else ())


def test_an_item_may_not_apply():
    item = make_item(THERE, applies=make_need("result", "matched.*"), otherwise="Nobody matched.")
    assert mark_item(item, FACTS).mark == "inapplicable"
    assert mark_item(item, FACTS).gaps == ("Nobody matched.",)
    matched = Facts(places=FACTS.places, results=frozenset({"matched.n"}))
    assert mark_item(item, matched).mark == "met"


@pytest.mark.parametrize(
    ("need", "place"),
    [
        (make_need("text", "Methods", says="All"), PATIENTS),
        (make_need("text", "Methods > Patients", says="All"), PATIENTS),
        (make_need("text", "*", says="All"), PATIENTS),
        (make_need("text", "Abstract", says="did"), ABSTRACT),
        (make_need("text", "Abstract > Methods", words=2), ABSTRACT),
        (make_need("heading", "Methods"), METHODS),
        (make_need("heading", "Meth*"), METHODS),
        (make_need("result", "os.*", at=("Methods",)), METHODS),
        (make_need("result", "tx.*.difference_*", at=("table.*",)), TABLE),
        (make_need("parameter", "mapping", at=("table.x",)), TABLE),
        (make_need("row", "Follow-up", of=("table.x",), column=2, says="Ends"), TABLE),
        (make_need("row", "Follow-up", of=("table.x",), column=2, lacks="later"), TABLE),
    ],
)
def test_what_is_there_is_found_at_its_place(need, place):
    answer = answer_need(need, FACTS)
    assert answer.is_met
    assert answer.places[0] == place


@pytest.mark.parametrize(
    "need",
    [
        make_need("text", "Methods", says="did"),
        make_need("text", "Methods", says="None"),
        make_need("text", "Methods", words=2),
        make_need("text", "Patients > Methods", says="All"),
        make_need("heading", "Patients > Methods"),
        make_need("figure", "table.x"),
        make_need("result", "os", at=("Methods",)),
        make_need("result", "os.overall", at=("Methods",)),
        make_need("parameter", "keywords", at=("Methods",)),
        make_need("row", "Follow-up", of=("table.x",), column=1),
        make_need("row", "Follow-up", of=("table.x",), column=3),
        make_need("row", "Follow-up", of=("table.x",), column=2, lacks="Ends"),
        make_need("row", "Outcome", of=("table.x",), column=2),
    ],
)
def test_what_is_not_there_is_a_gap(need):
    answer = answer_need(need, FACTS)
    assert (answer.is_met, answer.places, answer.gap) == (False, (), "It is missing.")


@pytest.mark.parametrize(
    ("need", "reason"),
    [
        (make_need("result", "weighted.*.hr"), "Nobody was treated."),
        (make_need("result", "weighted.hma.e_value"), "Nobody was treated."),
        (make_need("table", "table.weighted_hma_balance"), "Nobody was treated."),
        (make_need("row", "Outcome", of=("table.weighted_*",), column=1), "Nobody was treated."),
        (make_need("figure", "figure.flow"), "No rule."),
    ],
)
def test_an_analysis_that_was_left_out_gives_its_reason(need, reason):
    answer = answer_need(need, FACTS)
    assert answer.gap == f"It is missing. Left out: {reason}"
    assert answer.places == (OMITTED,)


def test_a_reason_is_given_only_where_every_way_was_left_out():
    both = make_need("result", "weighted.*", "flow.excluded.*")
    assert answer_need(both, FACTS).gap == "It is missing. Left out: Nobody was treated."
    one = make_need("result", "weighted.*", "table1.region.*")
    assert answer_need(one, FACTS).gap == "It is missing."


def test_names_do_not_reach_into_the_abstract():
    assert is_named(ABSTRACT, "Abstract > Methods")
    assert not is_named(ABSTRACT, "Methods")


def test_a_place_is_given_once_and_not_too_many():
    many = tuple(
        Place(kind="table", id=f"table.x{n}", label=f"T{n}", anchor=f"t{n}") for n in range(9)
    )
    item = make_item(*(make_need("result", "r", at=("table.*",)) for _ in range(2)))
    marked = mark_item(item, Facts(places=many, results=frozenset({"r"})))
    assert [place.label for place in marked.places] == ["T0", "T1", "T2", "T3"]
