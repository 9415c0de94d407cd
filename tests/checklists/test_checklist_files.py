"""The guidelines' items: all there, in order, well formed."""

import re

import pytest

from helpers.checklists.reading import NAMES, parse_checklist, read_checklist, read_checklists
from helpers.errors import FaultsError
from helpers.narrative.references import LITERATURE

#: As published: STROBE for cohorts, RECORD's own items, REMARK, TARGET.
NUMBERS = {
    "STROBE": "1a 1b 2 3 4 5 6a 6b 7 8 9 10 11 12a 12b 12c 12d 12e 13a 13b 13c 14a 14b 14c 15 "
    "16a 16b 16c 17 18 19 20 21 22",
    "RECORD": "1.1 1.2 1.3 6.1 6.2 6.3 7.1 12.1 12.2 12.3 13.1 19.1 22.1",
    "REMARK": "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20",
    "TARGET": "1a 1b 1c 2 3 4 5 6a 6b 6c 6d 6e 6f 6g 6h 7a 7b 7c 7d 7e 7f 7g.i 7g.ii 7h.i 7h.ii "
    "8 9 10 11 12 13 14 15 16 17 18 19 20 21",
}
ITEM = "- {number: '1', section: A, asks: B, needs: [{table: [table.a], gap: C}]}"
HEAD = "format: 1\nkey: k\nname: N\ntitle: T\ncitation: c\nitems:\n"


def test_every_item_is_there_in_the_order_of_its_guideline():
    found = {one.name: " ".join(item.number for item in one.items) for one in read_checklists()}
    assert found == NUMBERS


def test_each_guideline_is_in_the_literature_with_its_doi():
    dois = [LITERATURE[one.citation][1] for one in read_checklists()]
    assert dois == [
        "10.1016/S0140-6736(07)61602-X",
        "10.1371/journal.pmed.1001885",
        "10.1093/jnci/dji237",
        "10.1001/jama.2025.13350",
    ]


@pytest.mark.parametrize("checklist", read_checklists(), ids=NAMES)
def test_words_fit_into_a_table(checklist):
    for item in checklist.items:
        gaps = [need.gap for need in item.needs]
        assert len(item.asks) <= 165, item.number
        assert all(len(gap) <= 115 for gap in gaps), item.number
        for text in (item.asks, item.otherwise, *gaps):
            assert not text or re.fullmatch(r"[A-Z][^`]*\.", text), (item.number, text)


def test_a_file_is_read_as_the_package_reads_its_own(tmp_path):
    path = tmp_path / "own.yml"
    path.write_text(HEAD + ITEM, encoding="utf-8")
    (item,) = read_checklist(path).items
    assert (item.number, item.needs[0].names, item.needs[0].gap) == ("1", ("table.a",), "C")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("format: 2", "format must be 1"),
        ("[", "must be YAML"),
        (HEAD.replace("citation: c", "citation: 7") + ITEM, "citation must be text, but was 7"),
        (HEAD.rstrip() + " []", "items must be a list"),
        (HEAD + f"{ITEM}\n{ITEM}", "unique, but was '1'"),
        (HEAD + ITEM.replace("'1'", "1"), "must be text and unique, but was 1; quote it"),
        (HEAD + ITEM.replace("asks: B", "asks: ''"), "item 1: asks must be text"),
        (HEAD + ITEM.replace("asks: B", "ask: B"), "but was 'ask'; mend it"),
        (HEAD + ITEM.replace("asks: B", "asks: B, otherwise: D"), "applies must come with"),
        (HEAD + ITEM.replace("needs: [{table: [table.a], gap: C}]", "needs: []"), "needs must be"),
        (HEAD + ITEM.replace("table: [", "tables: ["), "need must have one of text, heading"),
        (HEAD + ITEM.replace(", gap: C", ""), "gap must be text"),
        (HEAD + ITEM.replace("table: [table.a]", "text: [A]"), "by says or words"),
        (HEAD + ITEM.replace("table: [table.a]", "text: [A], says: '('"), "regular expression"),
        (HEAD + ITEM.replace("table: [table.a]", "row: A"), "a row must have of and column"),
        (HEAD + ITEM.replace("table: [table.a]", "result: [a]"), "must be shown at a place"),
        (HEAD + ITEM.replace("gap: C", "gap: C, by: us"), "by must be authors, but was 'us'"),
        (HEAD + ITEM.replace("gap: C", "gap: C, bye: us"), "but was 'bye'"),
    ],
)
def test_a_fault_is_told(text, message):
    with pytest.raises(FaultsError, match=re.escape(message)):
        parse_checklist(text, "own.yml")


def test_all_faults_are_told_at_once():
    text = HEAD + ITEM.replace("asks: B", "asks: ''").replace(", gap: C", "")
    with pytest.raises(FaultsError, match="2 to mend") as caught:
        parse_checklist(text, "own.yml")
    assert len(caught.value.faults) == 2
