"""Share files: what is in them, what is not, and which are refused by name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from shared_centres import (
    HOSPITALS,
    get_default_rule,
    read_params,
    select_centres,
    share_hospital,
    write_share_file,
)

import helpers
from helpers.cohort import read_cohort
from helpers.disclosure.rule import make_rule
from helpers.errors import FaultsError, NotComputableError, ParameterError
from helpers.params import check_params
from helpers.report.sharing.canonical import hash_document
from helpers.report.sharing.content import make_share_schema
from helpers.report.sharing.joint import make_key, read_key, write_key
from helpers.report.sharing.making import make_share
from helpers.report.sharing.reading import read_share_files

SOURCE = Path(helpers.__file__).parent
SCHEMA = json.loads((SOURCE / "report" / "sharing" / "share_schema.json").read_text("utf-8"))


def sign(document: dict[str, Any]) -> dict[str, Any]:
    """Return a file with the checksum that fits, as an honest writer would make it."""
    content = {key: value for key, value in document.items() if key != "checksum"}
    return {**content, "checksum": hash_document(content)}


def refuse(folder: Path, *documents: dict[str, Any]) -> str:
    files = [
        write_share_file(folder, f"f{number}", document)
        for number, document in enumerate(documents, 1)
    ]
    with pytest.raises(FaultsError) as caught:
        read_share_files(files)
    return str(caught.value)


def test_the_schema_file_is_that_of_the_code() -> None:
    assert make_share_schema() == SCHEMA


@pytest.mark.parametrize("name", HOSPITALS)
@pytest.mark.parametrize("with_key", [True, False])
def test_a_share_file_follows_the_schema(name: str, with_key: bool) -> None:
    document = share_hospital(name, with_key=with_key)
    jsonschema.validate(document, SCHEMA)
    assert (document["joint"] is not None) == with_key


def test_files_are_read_in_their_order(tmp_path: Path) -> None:
    files = [write_share_file(tmp_path, name, share_hospital(name)) for name in HOSPITALS]
    assert [share.centre for share in read_share_files(files)] == list(HOSPITALS)


def test_the_same_patients_give_the_same_file() -> None:
    cohort, rule = select_centres(HOSPITALS["South"]), get_default_rule()
    again = make_share(cohort, read_params(), centre="South", rule=rule)
    assert json.loads(json.dumps(again)) == share_hospital("South", with_key=False)


def test_a_hand_edited_file_is_refused(tmp_path: Path) -> None:
    edited = share_hospital("West")
    edited["sets"]["os"]["results"][0]["events"] += 5
    told = refuse(tmp_path, share_hospital("North"), edited)
    assert "'f2.share.json' must be as 'lenfail share' wrote it, but was changed" in told


def test_a_file_of_another_version_is_refused(tmp_path: Path) -> None:
    newer = sign({**share_hospital("West"), "version": 2})
    told = refuse(tmp_path, share_hospital("North"), newer)
    assert "'f2.share.json' must be of version 1, but was of 2" in told


def test_the_same_file_twice_is_refused(tmp_path: Path) -> None:
    told = refuse(tmp_path, share_hospital("North"), share_hospital("North"))
    assert "'f2.share.json' and 'f1.share.json' are the same file" in told


def test_a_label_twice_is_refused(tmp_path: Path) -> None:
    other = sign({**share_hospital("West"), "centre": "North"})
    told = refuse(tmp_path, share_hospital("North"), other)
    assert "are both of centre 'North'" in told


@pytest.mark.parametrize("with_key", [True, False])
def test_the_same_patients_under_another_name_are_refused(tmp_path: Path, with_key: bool) -> None:
    key = make_key(["North", "South", "Twin"])
    cohort, rule = select_centres(HOSPITALS["South"]), get_default_rule()
    files = [
        make_share(cohort, read_params(), centre=name, rule=rule, key=key if with_key else None)
        for name in ("South", "Twin")
    ]
    assert "hold the same patients under two names" in refuse(tmp_path, *files)


def test_a_small_centre_under_another_name_is_refused(tmp_path: Path) -> None:
    """It shows nothing of its own; the keyed hash of its masked numbers tells."""
    key = make_key(["A", "B", "C"])
    cohort, rule = select_centres(["EU-07"]), get_default_rule()
    files = [
        make_share(cohort, read_params(), centre=name, rule=rule, key=key) for name in ("A", "B")
    ]
    assert not files[0]["sets"]
    assert files[0]["joint"]["masked"] != files[1]["joint"]["masked"]
    assert "hold the same patients under two names" in refuse(tmp_path, *files)


def test_other_definitions_are_refused_by_name(tmp_path: Path) -> None:
    params = check_params(
        {"data": "synthetic", "age_cut_years": 70.0, "model_factors": ["age_75", "raeb"]}
    )
    cohort = read_cohort("synthetic", **params.cohort_options)
    other = make_share(cohort, params, centre="East", rule=get_default_rule())
    told = refuse(
        tmp_path,
        share_hospital("North", with_key=False),
        share_hospital("West", with_key=False),
        other,
    )
    assert "'f3.share.json' must be defined as 'f1.share.json' is, but differs" in told
    assert "age_cut_years is 70.0 instead of 75.0" in told
    assert "model_factors lacks adverse_karyotype, failure_type, len_response" in told


def test_files_of_two_keys_are_refused(tmp_path: Path) -> None:
    key = make_key(["North", "South", "West"])
    cohort, rule = select_centres(HOSPITALS["South"]), get_default_rule()
    other = make_share(cohort, read_params(), centre="South", rule=rule, key=key)
    told = refuse(tmp_path, share_hospital("North"), other)
    assert "must be made with one joint key, but were made with 2 different ones" in told


def test_a_single_file_is_refused(tmp_path: Path) -> None:
    assert "share files must be two or more, but was 1" in refuse(tmp_path, share_hospital("North"))


@pytest.mark.parametrize(
    "text", ["{}", "[]", "not JSON", '{"format": "other"}', "[" * 100_000, '"text"']
)
def test_what_is_no_share_file_is_refused(tmp_path: Path, text: str) -> None:
    stranger = tmp_path / "stranger.json"
    stranger.write_text(text, encoding="utf-8")
    whole = write_share_file(tmp_path, "north", share_hospital("North"))
    with pytest.raises(FaultsError, match=r"'stranger.json' must be a file that 'lenfail share'"):
        read_share_files([whole, stranger])


def test_a_file_with_foreign_fields_is_refused(tmp_path: Path) -> None:
    extended = sign({**share_hospital("West"), "rows": [{"patient_id": "P1"}]})
    told = refuse(tmp_path, share_hospital("North"), extended)
    assert "'f2.share.json' must follow the form of a share file, but field rows" in told


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    edited = {**share_hospital("West"), "centre": "Elsewhere"}
    newer = sign({**share_hospital("South"), "version": 9})
    told = refuse(tmp_path, edited, newer, {"format": "other"})
    assert [name for name in ("f1", "f2", "f3") if f"'{name}.share.json'" in told] == [
        "f1",
        "f2",
        "f3",
    ]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    whole = write_share_file(tmp_path, "north", share_hospital("North"))
    with pytest.raises(FaultsError, match=r"'none.json' must be a file that can be read"):
        read_share_files([whole, tmp_path / "none.json"])


def test_a_small_centre_needs_a_key() -> None:
    with pytest.raises(NotComputableError, match="more than 14 patients"):
        make_share(select_centres(["EU-07"]), read_params(), centre="E", rule=get_default_rule())


def test_a_centre_must_be_of_its_key() -> None:
    with pytest.raises(ParameterError, match="name must be one of the joint key's centres"):
        make_share(
            select_centres(["US-01"]),
            read_params(),
            centre="Elsewhere",
            rule=get_default_rule(),
            key=make_key(["A", "B", "C"]),
        )


def test_a_higher_threshold_tells_less() -> None:
    cohort = select_centres(HOSPITALS["North"])
    strict = make_share(cohort, read_params(), centre="North", rule=make_rule(20))
    usual = share_hospital("North", with_key=False)
    assert set(strict["likelihoods"]) < set(usual["likelihoods"])
    assert strict["rule"]["largest_small"] == 20


def test_a_key_is_written_once_and_for_its_owner(tmp_path: Path) -> None:
    key, path = make_key(["C", "A", "B"]), tmp_path / "study.key"
    write_key(path, key)
    assert read_key(path) == key
    assert path.stat().st_mode & 0o077 == 0
    with pytest.raises(ParameterError, match="must be a new file"):
        write_key(path, key)
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(ParameterError, match="joint key must be a file"):
        read_key(path)
