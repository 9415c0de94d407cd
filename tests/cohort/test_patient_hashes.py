"""What stands for a patient's identifier."""

import hashlib
from dataclasses import replace

from cohort_files import make_patient, write_patients

from helpers.cohort import build_cohort, read_cohort
from helpers.cohort.faults import hash_patient_id
from helpers.cohort.sources import read_source


def test_a_hash_follows_from_identifier_and_salt_alone():
    assert hash_patient_id("A-1", salt="x") == hash_patient_id("A-1", salt="x")
    assert len({hash_patient_id(one, salt=two) for one in ("A-1", "A-2") for two in "xy"}) == 4


def test_the_same_file_gives_the_same_hashes_and_another_file_others(tmp_path):
    first = write_patients(tmp_path / "a.csv", make_patient("A-1"))
    again = write_patients(tmp_path / "again.csv", make_patient("A-1"))
    other = write_patients(tmp_path / "b.csv", make_patient("A-1", age_years="74"))
    hashes = [read_cohort(path).table["patient_id"].iloc[0] for path in (first, again, other)]
    assert hashes[0] == hashes[1] != hashes[2]


def test_identifiers_cannot_be_tried_out_with_what_a_manifest_prints(tmp_path):
    path = write_patients(tmp_path / "a.csv", make_patient("A-1"))
    raw = read_source(path)
    found = read_cohort(path).table["patient_id"].iloc[0]
    printed = ["", raw.sha256, raw.name, raw.sha256[:8], hashlib.sha256(b"A-1").hexdigest()]
    assert found not in {hash_patient_id("A-1", salt=salt) for salt in printed}
    assert found[:16] != hashlib.sha256(b"A-1").hexdigest()[:16]
    assert raw.id_salt not in repr(raw)


def test_a_fault_names_the_patient_as_the_table_does(tmp_path):
    path = write_patients(tmp_path / "a.csv", make_patient("A-1"))
    raw = read_source(path)
    assert build_cohort(raw).table["patient_id"].iloc[0] == hash_patient_id("A-1", salt=raw.id_salt)
    salted = replace(raw, id_salt="another")
    assert build_cohort(salted).table["patient_id"].iloc[0] != hash_patient_id(
        "A-1", salt=raw.id_salt
    )
