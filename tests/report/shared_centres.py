"""Share files of the built-in cohort cut into its centres, made once for a run of tests."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from helpers.cohort import Cohort, read_cohort
from helpers.disclosure import Rule, get_rule
from helpers.params import Params, check_params
from helpers.report.sharing.content import ShareFile
from helpers.report.sharing.joint import JointKey, make_key
from helpers.report.sharing.making import make_share

RULE = "redact-7-round-5"
HOSPITALS = {
    "North": tuple(f"EU-0{number}" for number in range(1, 9)),
    "West": ("US-01", "US-02"),
    "South": ("US-03", "US-04", "US-05", "US-06", "US-07"),
}


@cache
def read_params() -> Params:
    return check_params({"data": "synthetic"})


@cache
def read_whole() -> Cohort:
    return read_cohort("synthetic", **read_params().cohort_options)


def select_centres(centres: Sequence[str]) -> Cohort:
    whole = read_whole()
    table = whole.table[whole.table["centre"].isin(list(centres))].reset_index(drop=True)
    return replace(whole, table=table)


@cache
def list_centres() -> tuple[str, ...]:
    return tuple(sorted(read_whole().table["centre"].unique()))


@cache
def make_hospital_key() -> JointKey:
    return make_key(list(HOSPITALS))


def get_default_rule() -> Rule:
    rule = get_rule(RULE)
    assert rule is not None
    return rule


@cache
def _share_hospital(name: str, *, with_key: bool) -> str:
    document = make_share(
        select_centres(HOSPITALS[name]),
        read_params(),
        centre=name,
        rule=get_default_rule(),
        key=make_hospital_key() if with_key else None,
    )
    return json.dumps(document)


def share_hospital(name: str, *, with_key: bool = True) -> dict[str, Any]:
    """Return a fresh copy of a hospital's share file."""
    return json.loads(_share_hospital(name, with_key=with_key))


@cache
def share_every_centre() -> tuple[ShareFile, ...]:
    """Return the share files of all fifteen centres with one joint key, as they are read."""
    key = make_key(list_centres())
    documents = (
        make_share(
            select_centres([name]), read_params(), centre=name, rule=get_default_rule(), key=key
        )
        for name in list_centres()
    )
    return tuple(ShareFile.model_validate(json.loads(json.dumps(one))) for one in documents)


def write_share_file(folder: Path, name: str, document: dict[str, Any]) -> Path:
    path = folder / f"{name}.share.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path
