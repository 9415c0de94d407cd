"""Parameters: every fault named, all at once, nothing accepted silently."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from helpers.errors import FaultsError, ParameterError
from helpers.params import (
    Params,
    check_params,
    make_schema,
    parse_overrides,
    read_params,
    read_params_file,
)
from helpers.params.documentation import write_parameter_table

PROJECT = Path(__file__).parents[2]
PAPER = PROJECT / "params" / "paper.yml"


def test_the_paper_file_is_the_published_analysis() -> None:
    params = read_params_file(PAPER)
    assert params.age_cut_years == 75
    assert params.len_duration_cut_months == 6
    assert params.len_dose_cut_mg == 10
    assert params.entry_p == 0.15
    assert params.conf_level == 0.95
    assert params.median_interval == "spss"
    assert params.data == "synthetic"


def test_the_defaults_are_the_paper_file() -> None:
    assert Params() == read_params_file(PAPER)


def test_parameters_are_frozen() -> None:
    params = Params()
    with pytest.raises(ValidationError, match="frozen"):
        params.age_cut_years = 70


def test_whole_numbers_are_numbers() -> None:
    assert check_params({"age_cut_years": 70}).age_cut_years == 70.0


def test_all_faults_come_at_once() -> None:
    values = {"age_cut_yeers": 70, "conf_level": 2, "ties": "exact", "seed": "one"}
    with pytest.raises(FaultsError) as caught:
        check_params(values, source="mine.yml")
    assert caught.value.heading == "mine.yml: 4 to mend"
    assert sorted(caught.value.faults) == [
        "'age_cut_yeers' is not a parameter; did you mean 'age_cut_years'?",
        "conf_level must be less than or equal to 0.999, but was 2",
        "seed must be a valid integer, but was 'one'",
        "ties must be 'efron' or 'breslow', but was 'exact'",
    ]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("age_cut_years", True, "must be a valid number"),
        ("age_cut_years", "75", "must be a valid number"),
        ("age_cut_years", 5, "greater than or equal to 18"),
        ("entry_p", 0, "greater than 0"),
        ("median_interval", "SPSS", "'spss', 'log-log', 'log', 'plain' or 'arcsin'"),
        ("formats", [], "at least 1 item"),
        ("formats", ["html", "html"], "must not name anything twice"),
        ("survival_horizons_months", [12, -1], "survival_horizons_months, item 2, must be"),
        ("data", "", "at least 1 character"),
        ("alpha", float("nan"), "less than 0.5|greater than 0|finite"),
    ],
)
def test_a_value_out_of_its_domain_is_refused(name: str, value: object, words: str) -> None:
    with pytest.raises(FaultsError, match=words):
        check_params({name: value})


def test_an_unknown_name_without_a_neighbour_lists_the_known() -> None:
    with pytest.raises(FaultsError, match="known are affiliations, age_cut_years, alpha"):
        check_params({"zzz": 1})


def test_overrides_replace_the_file() -> None:
    params = read_params_file(PAPER, overrides=["age_cut_years=70", "formats=[html]"])
    assert params.age_cut_years == 70
    assert params.formats == ["html"]


@pytest.mark.parametrize("text", ["age_cut_years", "=3", " =3"])
def test_an_override_is_a_key_and_a_value(text: str) -> None:
    with pytest.raises(ParameterError, match="--set must be key=value"):
        parse_overrides([text])


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"'none.yml' must be a readable file"):
        read_params_file(tmp_path / "none.yml")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"age_cut_years: [1", "must be YAML, but at line"),
        (b"- 1\n- 2\n", "holds a list"),
        (b"\xff\xfe\x00", "must be UTF-8 text"),
        (b"title: !!python/object/apply:os.system ['true']", "must be YAML"),
    ],
)
def test_a_file_that_is_no_mapping_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "mine.yml"
    path.write_bytes(content)
    with pytest.raises(ParameterError, match=words):
        read_params_file(path)


def test_an_empty_file_is_the_paper(tmp_path: Path) -> None:
    path = tmp_path / "mine.yml"
    path.write_text("")
    assert read_params_file(path) == Params()


def test_a_notebook_reads_its_own_variables() -> None:
    namespace = {"age_cut_years": 70, "In": ["x"], "_i": "y", "read_params": read_params, "x": 3}
    assert read_params(namespace).age_cut_years == 70


def test_a_notebook_refuses_a_misspelt_parameter() -> None:
    with pytest.raises(FaultsError, match="did you mean 'age_cut_years'"):
        read_params({"age_cut_year": 70})


def test_the_schema_file_is_in_step() -> None:
    written = json.loads((PROJECT / "params" / "params.schema.json").read_text())
    assert written == make_schema()


def test_readme_holds_the_table_of_parameters() -> None:
    assert write_parameter_table() in (PROJECT / "README.md").read_text(encoding="utf-8")


class TestComparisons:
    def test_all_faults_of_form_are_told_at_once(self) -> None:
        entry = {"by": 3, "landmark": 6, "landmark_months": -1, "where": {"len_6m": [True]}}
        with pytest.raises(FaultsError) as caught:
            check_params({"comparisons": [{"by": "sex"}, {**entry, "endpoint": "aml"}]})
        (text,) = caught.value.faults
        for part in (
            "entry 2 has no key 'landmark'",
            "by must be",
            "os, os_len, os_dx, but was 'aml'",
        ):
            assert part in text
        assert "landmark_months must be at least 0 and at most 600, but was -1" in text
        assert 'write {len_6m: ["yes"]}' in text
        assert "entry 1" not in text

    def test_names_are_listed_for_the_check(self) -> None:
        params = check_params({"comparisons": [{"by": "sex", "where": {"ipss": ["low", "int1"]}}]})
        assert params.factor_lists["comparisons"] == ["sex", "ipss"]
        assert params.subset_levels == [("ipss", "low"), ("ipss", "int1")]
