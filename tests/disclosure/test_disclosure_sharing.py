"""Nobody learns a small count or an identifier of a share file."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pandas as pd
import pytest
from attack import SMALL, Attack, attack, check_inner, drop_rounded_differences
from sections import Passed

import helpers
from helpers.analysis.contributions import contribute_to_model
from helpers.cohort import Cohort, read_cohort
from helpers.disclosure import Gate, get_rule, printed_life_table
from helpers.disclosure.life_table import count_exits, find_step, read_exits, rebuild_codes
from helpers.disclosure.printed_life_table import (
    print_life_tables,
    read_life_table,
    rebuild_printed,
)
from helpers.disclosure.system import CountSystem
from helpers.params import check_params
from helpers.report.sharing.analyses import SCREEN, list_models, make_reference
from helpers.report.sharing.joint import make_key
from helpers.report.sharing.making import make_share
from helpers.results import Result, ResultSet

RULES = sorted(SMALL)
SYNTHETIC = Path(helpers.__file__).parent / "cohort" / "data" / "synthetic.csv"
HOSPITALS = {
    "north": tuple(f"EU-0{number}" for number in range(1, 9)),
    "west": ("US-01", "US-02"),
    "one": ("US-01",),
    "south": ("US-03", "US-04", "US-05", "US-06", "US-07"),
}
PARAMS = check_params({"data": "synthetic"})


@pytest.fixture(scope="module")
def whole() -> Cohort:
    return read_cohort("synthetic", **PARAMS.cohort_options)


def select(whole: Cohort, centres: Sequence[str]) -> Cohort:
    table = whole.table[whole.table["centre"].isin(list(centres))].reset_index(drop=True)
    return replace(whole, table=table)


def share(cohort: Cohort, rule: str, **options: Any) -> tuple[dict[str, Any], Passed]:
    """Return a share file as it is written, and every set before the gate and in the file."""
    raw: list[ResultSet] = []
    protect = Gate.protect

    def watch(gate: Gate, results: ResultSet) -> ResultSet:
        raw.append(results)
        return protect(gate, results)

    with mock.patch.object(Gate, "protect", watch):
        document = make_share(cohort, PARAMS, centre="A", rule=get_rule(rule), **options)
    document = json.loads(json.dumps(document))
    passed = Passed(n_patients=len(cohort))
    for number, results in enumerate(raw):
        part = document["sets"][results.id]
        key = f"{results.id}#{number}" if results.id == SCREEN else results.id
        passed.raw[key] = results
        shown = {
            record["id"]: Result.from_record(record)
            for record in part.get("results", ())
            if record["id"] in results.results
        }
        passed.shown[key] = ResultSet(results.id, shown)
    printed = get_rule(rule).publish(len(cohort))
    count = Result(id="flow.included", kind="count", estimate=len(cohort), n=len(cohort))
    passed.raw["flow"] = ResultSet("flow", {})
    passed.shown["flow"] = ResultSet("flow", {count.id: replace(count, estimate=printed)})
    return document, passed


def attack_file(document: dict[str, Any], passed: Passed, rule: str) -> Attack:
    """Return the attack on the records and on the life tables."""
    at_risk = {key: one.frames.get("at_risk") for key, one in passed.raw.items()}
    bare = {
        key: replace(one, frames={k: v for k, v in one.frames.items() if k != "at_risk"})
        for key, one in passed.raw.items()
    }
    made = attack(replace(passed, raw=bare), rule)
    for set_id, part in document["sets"].items():
        for table in part.get("life_tables", ()):
            curve = passed.raw[set_id].frames["curve"]
            _read_life_table(made, f"{set_id}.{table['group']}", table, curve, at_risk[set_id])
    made.infer()
    return made


def _read_life_table(
    made: Attack, group: str, table: dict[str, Any], curve: pd.DataFrame, at_risk: pd.DataFrame
) -> None:
    rows = curve[curve["group"] == table["group"]]
    if "estimator" in rows:
        rows = rows[rows["estimator"] == "cumulative_incidence"]
    rule = get_rule(made.rule)
    counted = count_exits(read_exits(rows), rule, step_months=find_step(at_risk))
    size = made.learn(f"size of {group}", counted.size, table["size"])
    small = SMALL[made.rule]
    for at in range(1, table["n_intervals"] + 1, 2):
        names = []
        for name, code in (("events", 1), ("competing", 2), ("censored", 0)):
            key = f"{name} of {group} by {at}"
            shown = _find_print(table[name], at)
            made.learn(key, int(counted.by_code[code][at]), shown)
            if shown is None:
                low, high = made.known[key]
                made.known[key] = max(low, small[0]), min(high, small[-1])
            names.append(key)
        gone = sum(made.truth[name] for name in names)
        left = made.learn(f"left of {group} by {at}", counted.size - gone, None)
        made.known[left] = (small[-1] + 1, math.inf)
        made.sums.append((size, [*names, left]))


def _find_print(changes: list[list[int | None]], at: int) -> int | None:
    found: int | None = 0
    for when, value in changes:
        if when <= at:
            found = value
    return found


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("hospital", HOSPITALS)
def test_no_small_count_is_learnt_of_a_share_file(whole: Cohort, hospital: str, rule: str) -> None:
    document, passed = share(select(whole, HOSPITALS[hospital]), rule)
    made = attack_file(document, passed, rule)
    assert any(part.get("life_tables") for part in document["sets"].values())
    assert len(made.sums) > 100
    assert sum(truth in SMALL[rule] for truth in made.truth.values()) > 15
    assert not [*drop_rounded_differences(made.list_learnt()), *check_inner(made)]


def list_learnt(whole: Cohort, hospital: str, rule: str) -> list[str]:
    document, passed = share(select(whole, HOSPITALS[hospital]), rule)
    made = attack_file(document, passed, rule)
    return [*drop_rounded_differences(made.list_learnt()), *check_inner(made)]


def test_the_attack_learns_without_secondary_suppression(
    whole: Cohort, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CountSystem, "suppress", lambda system: system.hidden)
    monkeypatch.setattr(CountSystem, "find_exposed", lambda system: [])
    assert len(list_learnt(whole, "north", "redact-7-round-5")) > 3


def test_the_attack_learns_of_life_tables_that_end_too_late(
    whole: Cohort, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        printed_life_table, "find_last", lambda counted, rule, largest: len(counted.by_code[1]) - 1
    )
    assert list_learnt(whole, "west", "midpoint-6")


@pytest.mark.parametrize("hospital", HOSPITALS)
def test_likelihoods_are_told_of_large_groups_only(whole: Cohort, hospital: str) -> None:
    cohort = select(whole, HOSPITALS[hospital])
    document, _ = share(cohort, "redact-7-round-5")
    told = set(document["likelihoods"])
    for name, factors in list_models(cohort, PARAMS).items():
        part = contribute_to_model(
            cohort, factors=factors, reference=make_reference(cohort, factors)
        )
        if name in told:
            assert min(*part.n, *part.events) > 7, name
    assert "cox.full" not in told


def test_a_small_group_has_no_likelihood(whole: Cohort) -> None:
    document, _ = share(select(whole, HOSPITALS["north"]), "redact-7-round-5")
    told = {name.rpartition(".")[2] for name in document["likelihoods"]}
    assert {"age_75", "len_response"} <= told
    assert not told & {"region", "hma_before", "adverse_karyotype"}


@pytest.mark.parametrize("rule", RULES)
def test_life_tables_give_the_curve_of_the_report(whole: Cohort, rule: str) -> None:
    cohort = select(whole, HOSPITALS["north"])
    document, passed = share(cohort, rule)
    raw = passed.raw["os"]
    kept = get_rule(rule)
    step = find_step(raw.frames["at_risk"])
    ours = rebuild_codes(read_exits(raw.frames["curve"]), kept, step_months=step)
    table = read_life_table(document["sets"]["os"]["life_tables"][0])
    theirs = rebuild_printed(table, kept)
    assert np.array_equal(ours[0], theirs[0])
    assert np.array_equal(ours[1], theirs[1])
    assert not print_life_tables(raw, ResultSet.omitted("os", "hidden"), kept)


def test_a_joint_file_of_a_tiny_centre_tells_nothing(whole: Cohort) -> None:
    key = make_key(["A", "B", "C"])
    document, _ = share_tiny(whole, key)
    other, _ = share_tiny(whole, make_key(["A", "B", "C"]))
    assert document["sets"] == {}
    assert document["likelihoods"] == {}
    for name, masked in document["joint"]["masked"].items():
        words = [int(masked[at : at + 16], 16) for at in range(0, len(masked), 16)]
        assert len(set(words)) == len(words), name
        assert masked != other["joint"]["masked"][name]


def share_tiny(whole: Cohort, key: Any) -> tuple[dict[str, Any], Passed]:
    cohort = select(whole, ["EU-07"])
    document = make_share(cohort, PARAMS, centre="A", rule=get_rule("redact-7-round-5"), key=key)
    return document, Passed()


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the path of a cohort whose identifiers and texts stand out."""
    frame = pd.read_csv(SYNTHETIC, dtype=str, keep_default_na=False)
    frame["patient_id"] = [f"ZQPLANTED{number:04}" for number in range(len(frame))]
    frame["centre"] = "ZQHOSPITAL"
    path = tmp_path_factory.mktemp("zqfolder") / "zqpatients.csv"
    frame.to_csv(path, index=False)
    return path


def test_no_identifier_row_or_path_is_in_a_share_file(planted: Path) -> None:
    cohort = read_cohort(str(planted), **PARAMS.cohort_options)
    key = make_key(["A", "B", "C"])
    document = make_share(cohort, PARAMS, centre="A", rule=get_rule("midpoint-6"), key=key)
    text = json.dumps(document)
    assert len(text) > 50_000
    for secret in (*list_secrets(cohort), key.secret.hex()):
        assert secret not in text, secret


def list_secrets(cohort: Cohort) -> Iterator[str]:
    yield from ("ZQPLANTED", "ZQHOSPITAL", "zqfolder", "zqpatients", cohort.sha256)
    yield from map(str, cohort.table["patient_id"])
    for column in ("len_start_date", "failure_date", "last_contact_date"):
        yield from cohort.table[column].dropna().dt.strftime("%Y-%m-%d").unique()
