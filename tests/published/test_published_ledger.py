from __future__ import annotations

import dataclasses
from collections import Counter
from decimal import Decimal

import pytest
from ledger_cases import PAPER, make_ledger, make_record, read_paper

from helpers.errors import FaultsError, ParameterError
from helpers.published.audit import audit_published
from helpers.published.comparison import VERDICT_WORDS
from helpers.published.entries import FIELDS, KINDS, SCOPES, Entry
from helpers.published.ledger import check_ledger, read_ledger


def read_faults(*records, **top) -> str:
    with pytest.raises(FaultsError) as caught:
        make_ledger(*records, **top)
    return str(caught.value)


def test_the_paper_s_ledger_holds_all_its_printed_numbers():
    ledger = read_paper()
    scopes = Counter(entry.scope for entry in ledger)
    assert scopes == {"cohort": 299, "method": 24, "background": 3}
    assert list(ledger.contradictions) == [f"A{number}" for number in range(1, 12)]
    assert ledger.conf_level == 0.95


def test_every_checkable_entry_names_a_result_a_field_and_a_place():
    for entry in read_paper().checkable:
        assert entry.result, entry.id
        assert entry.field, entry.id
        assert entry.place, entry.id
        assert entry.line, entry.id


def test_entries_that_print_one_number_name_one_result():
    ledger = read_paper()
    printed_as = ["abstract.os_median", "os.overall.median"]
    assert {ledger[entry_id].result for entry_id in printed_as} == {"os.overall.median"}
    assert ledger["os.overall.ci"].result == "os.overall.median"
    assert ledger["cox.text.age.hr"].result == ledger["table2.age.hr"].result


def test_numbers_are_exactly_the_printed_digits():
    entry = read_paper()["table2.progression.ci"]
    assert [item.number for item in entry.numbers] == [Decimal("1.609"), Decimal("3.481")]
    (span, _) = entry.spans
    assert (span.lower, span.upper) == (Decimal("1.6085"), Decimal("1.6095"))


def test_a_count_is_a_sum_or_difference_of_entries():
    ledger = read_paper()
    assert ledger.total_of(ledger["patients.registry.pct"].count) == 392 - 261


def test_an_excusing_contradiction_lists_the_entry():
    ledger = read_paper()
    excused = [entry for entry in ledger if entry.contradiction]
    assert len(excused) == 17
    for entry in excused:
        assert entry.id in ledger.contradictions[entry.contradiction].entries


def test_a_second_paper_can_be_described(tmp_path):
    path = tmp_path / "other.yml"
    path.write_text(
        "format: 1\n"
        "paper: {title: Another}\n"
        "entries:\n"
        "- {id: all.n, place: Table 1, kind: count, printed: N=80, value: 80, decimals: 0,\n"
        "   population: all, scope: cohort, result: flow.included, field: estimate}\n",
        encoding="utf-8",
    )
    ledger = read_ledger(path)
    assert ledger["all.n"].number == 80
    assert ledger.paper["title"] == "Another"


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ParameterError, match=r"readable file, but was .*nothing\.yml"):
        read_ledger(tmp_path / "nothing.yml")


def test_broken_yaml_says_where(tmp_path):
    path = tmp_path / "broken.yml"
    path.write_text("entries: [\n", encoding="utf-8")
    with pytest.raises(ParameterError, match=r"'broken.yml' must be YAML; .*line 2"):
        read_ledger(path)


def test_a_file_in_another_encoding_is_named(tmp_path):
    path = tmp_path / "latin.yml"
    path.write_bytes("paper: {title: Pr\u00e9bet}\n".encode("latin-1"))
    with pytest.raises(ParameterError, match=r"ledger 'latin.yml' must be UTF-8 text"):
        read_ledger(path)


def test_a_key_given_twice_is_refused(tmp_path):
    path = tmp_path / "twice.yml"
    path.write_text(PAPER.read_text("utf-8").replace("format: 1\n", "format: 1\nformat: 1\n"))
    with pytest.raises(ParameterError, match="'format' is given twice"):
        read_ledger(path)


@pytest.mark.parametrize("data", [None, [], {"entries": "none"}, {"format": 1}])
def test_what_has_no_entries_is_no_ledger(data):
    with pytest.raises(FaultsError, match="entries must be a list of entries"):
        check_ledger(data)


def test_all_faults_are_told_at_once():
    text = read_faults(
        make_record("a", "9", 9, kind="cuont"),
        make_record("a.b", "9", 9, decimals=-1, note=3),
        make_record("C", "9", "nine"),
        "not a mapping",
        format=2,
        colour="red",
    )
    for fault in (
        "the ledger has an unknown key 'colour'",
        "format must be 1, but was 2",
        "kind of entry 'a' must be one of count, percent",
        "decimals of entry 'a.b' must be a whole number from 0 to 12, but was -1",
        "note of entry 'a.b' must be text in quotes, but was 3",
        "id of entry 'C' must be lower-case words joined by dots",
        "value of entry 'C' must be a number, a bound such as '<0.001', or a list of these",
        "entry 4 must be a mapping of keys to values, but was 'not a mapping'",
    ):
        assert fault in text


@pytest.mark.parametrize(
    ("keys", "fault"),
    [
        ({"poplation": "x"}, "unknown key 'poplation'; did you mean 'population'?"),
        ({"population": None}, "must have the key 'population'"),
        ({"result": None}, "must have 'result' and 'field', because its scope is cohort"),
        ({"decimals": None}, "must have 'decimals', because its value is a number"),
        ({"printed": "8"}, "must be what is printed ('8'), but was 9"),
        ({"field": "ci"}, "must hold 2 number(s) for the field 'ci', but holds 1"),
        ({"decimals": 13}, "decimals of entry 'a' must be a whole number from 0 to 12"),
        ({"id": ["a"]}, "id of entry 1 must be lower-case words joined by dots"),
        ({"tolerance": 0}, "tolerance of entry 'a' must be a number above 0"),
        ({"alternates": ["x"]}, "must be a mapping of names to ids of results"),
        ({"count": "9 %"}, "count of entry 'a' must be an entry's id, or a sum"),
        ({"of": "b"}, "entry 'a' names 'b', which is no entry"),
        ({"contradiction": "A1"}, "contradiction of entry 'a' must be one of none"),
    ],
)
def test_each_fault_of_an_entry_is_told(keys, fault):
    assert fault in read_faults(make_record("a", "9", 9, **keys))


@pytest.mark.parametrize(
    ("top", "fault"),
    [
        ({"sums": [{"total": 9, "parts": ["b"]}]}, "a sum names 'b', which is no entry"),
        ({"sums": [{"whole": 9}]}, "item 1 of sums has wrong or missing keys"),
        ({"denominators": {"all": "9"}}, "denominator 'all' names '9', which is no entry"),
        ({"denominators": {"all": ""}}, "denominator 'all' must be a sum or difference of ids"),
        ({"intervals": {"median": "round"}}, "intervals must say for a kind of estimate one of"),
        ({"intervals": {"conf_level": 95}}, "conf_level must lie between 0 and 1, but was 95"),
        ({"paper": "x"}, "paper must be a mapping, but was 'x'"),
        ({"intervals": [1]}, "intervals must be a mapping, but was [1]"),
        ({"denominators": 3.5}, "denominators must be a mapping, but was 3.5"),
        ({"sums": {"total": 9}}, "sums must be a list, but was {'total': 9}"),
        ({"sums": [{"total": None, "parts": ["a"]}]}, "total of item 1 of sums must be an entry"),
        ({"sums": [{"total": 9, "parts": []}]}, "parts of item 1 of sums must be a list of"),
        ({"sums": [{"total": 9, "parts": [1]}]}, "ids, but was [1]"),
        (
            {"contradictions": [{"key": [], "statement": "s", "arithmetic": "a", "entries": []}]},
            "key of item 1 of contradictions must be text, but was []",
        ),
    ],
)
def test_each_fault_of_the_whole_is_told(top, fault):
    assert fault in read_faults(make_record("a", "9", 9), **top)


def test_an_id_given_twice_is_refused():
    record = make_record("a", "9", 9)
    assert "id must be unique, but 'a' came twice" in read_faults(record, record)


def test_a_fault_of_one_entry_does_not_make_its_links_faults():
    text = read_faults(
        make_record("a", "9", 9, kind="cuont"), make_record("b", "9", 9, same_as="a")
    )
    assert "names 'a'" not in text


def test_spans_of_words_need_decimals():
    entry = make_ledger(
        make_record("a", "ns", ">=0.05", kind="p_value", field="p_value", decimals=None)
    )["a"]
    assert not entry.is_exact
    with pytest.raises(ValueError, match="decimals of entry 'a' must be given"):
        _ = entry.spans


README = (PAPER.parents[1] / "helpers" / "published" / "README.md").read_text(encoding="utf-8")


def test_the_example_of_the_readme_is_a_ledger_without_findings(tmp_path):
    path = tmp_path / "example.yml"
    path.write_text(README.partition("```yaml\n")[2].partition("```")[0], encoding="utf-8")
    ledger = read_ledger(path)
    assert list(ledger.entries) == ["all.n", "women.n", "men.n", "men.pct"]
    assert audit_published(ledger) == ()


@pytest.mark.parametrize("word", [*FIELDS, *KINDS, *SCOPES, *VERDICT_WORDS])
def test_the_readme_names_every_field_kind_scope_and_verdict(word):
    assert f"`{word}`" in README


def test_the_readme_names_every_key_of_an_entry():
    keys = {field.name for field in dataclasses.fields(Entry)} - {"numbers"} | {"value"}
    assert [key for key in keys if f"`{key}`" not in README] == []
