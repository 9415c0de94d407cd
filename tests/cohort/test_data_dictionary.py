import re
from importlib import resources

import pytest

from helpers.cohort.dictionary import parse_dictionary, read_dictionary
from helpers.cohort.documentation import write_data_dictionary_table
from helpers.errors import FaultsError

TEXT = resources.files("helpers.cohort").joinpath("dictionary.yml").read_text("utf-8")


def test_types_of_failure_stand_in_the_order_of_the_paper():
    factor = read_dictionary().factors["failure_type"]
    assert list(factor.levels) == ["no_response", "loss_hi", "intolerance", "progression"]
    assert factor.reference == "no_response"


def test_only_identifier_dates_and_death_are_required():
    required = [v.name for v in read_dictionary().variables.values() if v.required]
    assert required == ["patient_id", "failure_date", "last_contact_date", "dead"]


def test_groups_settled_after_failure_are_marked():
    dictionary = read_dictionary()
    after = {name for name, factor in dictionary.factors.items() if factor.after_time_zero}
    assert after == {
        "first_treatment",
        "active_treatment",
        "hma_vs_bsc",
        "hma_agent",
        "hma_progression",
        "hma_progression_vs_chemo",
        "esa_prior",
        "allo_any",
        "allo_timing",
        "allo_vs_other",
        "other_agent",
        "treatment_response",
        "treatment_responder",
    }
    assert dictionary.factors["len_response"].is_settled_after("len_start")
    assert not dictionary.factors["esa_before"].is_settled_after("len_start")


def test_keys_can_stand_in_ids_of_results():
    dictionary = read_dictionary()
    for name, factor in dictionary.factors.items():
        for key in (name, factor.reference, *factor.levels):
            assert re.fullmatch(r"[a-z0-9][a-z0-9_]*", key)
        assert factor.reference in factor.levels


def test_every_column_that_is_needed_is_described():
    dictionary = read_dictionary()
    known = {*dictionary.variables, *dictionary.factors}
    for entry in (*dictionary.variables.values(), *dictionary.factors.values()):
        assert set(entry.needs) <= known
        assert entry.label
        assert entry.meaning
        for root in dictionary.find_roots(entry.name):
            assert root in dictionary.file_columns


def test_every_short_form_in_a_label_is_explained():
    dictionary = read_dictionary()
    texts = [entry.label for entry in dictionary.variables.values()]
    for factor in dictionary.factors.values():
        texts += [factor.label, *factor.levels.values()]
    short = {word for text in texts for word in re.findall(r"\b[A-Z][A-Z0-9]+\b", text)}
    assert short <= set(dictionary.abbreviations)


def test_abbreviations_of_some_texts():
    expanded = read_dictionary().expand(["ESA before LEN"])
    assert expanded == {"ESA": "erythropoiesis-stimulating agent", "LEN": "lenalidomide"}


def test_an_abbreviation_inside_a_longer_word_does_not_count():
    assert list(read_dictionary().expand(["RAEB-1 (WHO)"])) == ["RAEB", "WHO"]
    assert list(read_dictionary().expand(["Isolated del(5q)"])) == ["del(5q)"]


def test_roots_go_back_to_the_file():
    dictionary = read_dictionary()
    assert dictionary.find_roots("len_6m") == ("len_start_date", "failure_date")
    assert dictionary.find_roots("allo_timing") == (
        "transplant_date",
        "failure_date",
        "first_treatment",
    )
    assert dictionary.find_roots("sex") == ("sex",)


def test_an_unknown_column_is_named():
    with pytest.raises(KeyError, match="'shoe_size'"):
        read_dictionary().label("shoe_size")


def test_table_for_documentation():
    table = write_data_dictionary_table(read_dictionary()).set_index(["kind", "name"])
    assert table.loc[("file", "ipss"), "allowed"] == "low, int1"
    assert table.loc[("file", "age_years"), "allowed"] == "a whole number from 0 to 120"
    assert table.loc[("file", "dead"), "required"] == "yes"
    assert table.loc[("derived", "os_months"), "unit"] == "months"
    assert table.loc[("factor", "raeb"), "allowed"] == "no (No), yes (Yes)"
    assert not table.isna().any(axis=None)


BROKEN = [
    ("format: 1", "format: 2", "format must be 1, but was 2"),
    ("known_at: diagnosis", "known_at: birth", "known_at must be one of diagnosis, .*'birth'"),
    ('keep: "no"', "keep: no", 'keep must be "no" or "yes" in quotes, but was False'),
    ("reference: no_response", "reference: sd", "reference must be one of .* but was 'sd'"),
    ("range: [0, 120]", "range: [120, 0]", r"range must be two rising numbers, but was \[120, 0\]"),
    ("range: [0, 120]", "range: [low, 1]", "range must be two rising numbers"),
    ("needs: [dead]", "needs: 3", "needs must name columns of the dictionary, but named 3"),
    ("levels: {chemo: Chemotherapy, hma: HMA with progression}", "levels: 3", "keys with labels"),
    ("type: integer", "type: int", "type must be one of .* but was 'int'"),
    ("label: Region,", "lable: Region,", "no key 'lable'; did you mean 'label'"),
    ("needs: [dead]", "needs: [death]", "needs must name columns .* but named 'death'"),
    ('{"no": BSC, "yes"', "{no: BSC, yes", "levels must be text, but had False"),
    ("rule: {copy: sex}", "rule: {clone: sex}", "rule must be one of copy, .* but was"),
    ("column: consent,", "column: assent,", "column must be a variable, but was 'assent'"),
    ("abbreviations:", "abbrev:", "has no key 'abbrev'; did you mean 'abbreviations'"),
    ("rule: {copy: ipss}", "rule: {copy: isps}", "rule must name columns .* but named 'isps'"),
    ("{allo_any: [", "{allo_timing: [", "columns that stand above it, but named 'allo_timing'"),
    ("cases: {bsc: {", "cases: {bcs: {", "must have the shape that cases asks for"),
    ("where: {first_treatment: [esa]}", "where: esa", "lists of values in where, but was 'esa'"),
    ("{present: transplant_months}", "{present: [a]}", "the shape that present asks for"),
    ("cut: 5}", "cuts: 5}", "the shape that at_least asks for"),
    ("values: [raeb1]}", "values: raeb1}", "the shape that one_of asks for"),
    (
        "{copy: treatment_response}, reference: none",
        "{present: aml_months}, reference: none",
        "makes two levels, but the group has 4",
    ),
]


@pytest.mark.parametrize(("old", "new", "message"), BROKEN)
def test_a_broken_dictionary_is_refused(old, new, message):
    assert old in TEXT
    with pytest.raises(FaultsError, match=message):
        parse_dictionary(TEXT.replace(old, new))


def test_all_faults_of_a_dictionary_come_at_once():
    text = TEXT.replace("range: [0, 120]", "range: [1]").replace("type: integer", "type: int")
    with pytest.raises(FaultsError) as caught:
        parse_dictionary(text)
    assert len(caught.value.faults) == 1 + TEXT.count("type: integer")


@pytest.mark.parametrize("text", ["", "- a\n- b", "a: [", "variables: 3", "'just text'", "1"])
def test_what_is_no_dictionary_at_all_is_refused(text):
    with pytest.raises(FaultsError, match="The data dictionary has faults"):
        parse_dictionary(text)
