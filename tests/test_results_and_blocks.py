"""Results, sets of them, and blocks: what holds by construction, and the way through JSON."""

from __future__ import annotations

import dataclasses
import json
import math

import pytest

from helpers.document import (
    Cell,
    FigureBlock,
    FigureText,
    ResultsBlock,
    TableBlock,
    TextBlock,
    block_from_json,
    block_to_json,
)
from helpers.results import Result, ResultSet

MEDIAN = Result(
    id="os.a.median",
    kind="median",
    label="A",
    estimate=12.5,
    ci_lower=0.0,
    n=0,
    quantities={"minimum": 1.0},
    unit="months",
)


@pytest.mark.parametrize("name", ["estimate", "std_error", "ci_lower", "p_value", "statistic"])
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_result_holds_no_number_that_json_lacks(name, value):
    with pytest.raises(ValueError, match=f"{name} of result 'x' must be a finite number or None"):
        Result(id="x", kind="median", **{name: value})


def test_results_are_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        MEDIAN.estimate = 1.0


def test_a_record_keeps_zeros_and_drops_what_is_not_there():
    record = MEDIAN.to_record()
    assert record == {
        "id": "os.a.median",
        "kind": "median",
        "label": "A",
        "estimate": 12.5,
        "ci_lower": 0.0,
        "n": 0,
        "quantities": {"minimum": 1.0},
        "unit": "months",
        "status": "estimated",
    }
    assert Result.from_record(json.loads(json.dumps(record))) == MEDIAN


@pytest.mark.parametrize(
    ("kind", "estimate", "n", "fraction"),
    [("count", 3, 12, 0.25), ("count", 0, 12, 0.0), ("count", 0, 0, None),
     ("count", None, 12, None), ("median", 3, 12, None)],
)  # fmt: skip
def test_only_a_count_with_a_denominator_has_a_fraction(kind, estimate, n, fraction):
    assert Result(id="x", kind=kind, estimate=estimate, n=n).fraction == fraction


def test_a_set_finds_results_by_both_names():
    kept = ResultSet.collect("os", [MEDIAN], meta={"title": "T"})
    assert kept["os.a.median"] is kept["a.median"] is MEDIAN
    assert "a.median" in kept
    assert "b.median" not in kept
    assert kept.find("b.median") is None
    assert list(kept) == [MEDIAN]
    assert kept.is_computable
    with pytest.raises(KeyError, match=r"no result 'b' in 'os'; there are \['os.a.median'\]"):
        kept["b"]


def test_one_id_is_given_once():
    with pytest.raises(ValueError, match=r"'os\.a\.median' came twice"):
        ResultSet.collect("os", [MEDIAN, MEDIAN])


def test_sets_cannot_be_changed():
    kept = ResultSet.collect("os", [MEDIAN], meta={"title": "T"})
    with pytest.raises(TypeError):
        kept.results["os.b"] = MEDIAN
    with pytest.raises(TypeError):
        kept.meta["title"] = "U"
    masked = dataclasses.replace(MEDIAN, status="masked", estimate=None)
    other = kept.with_results([masked])
    assert other["a.median"].status == "masked"
    assert (kept["a.median"].status, other.meta["title"]) == ("estimated", "T")


def test_an_omitted_set_is_empty_and_says_why():
    omitted = ResultSet.omitted("os", "no patient was tested.", meta={"title": "T"})
    assert not omitted.is_computable
    assert list(omitted) == []
    assert (omitted.reason, omitted.meta["title"]) == ("no patient was tested.", "T")


BLOCKS = {
    "text": TextBlock("os", "A *sentence*.", ("figure.os",)),
    "table": TableBlock(
        "table.os",
        "Title",
        ((Cell("", header=True), Cell("n", header=True, colspan=2)),),
        ((Cell("A", indent=1, notes=("a",)), Cell("1", value=1.0), Cell("", rowspan=2)),),
        "lrr",
        notes={"a": "A note"},
        abbreviations={"OS": "overall survival"},
        slot="supplement",
    ),
    "figure": FigureBlock(
        FigureText("figure.os", "Title.", "Caption.", "Alt", "Long", {"OS": "x"}, "appendix"),
        "<svg/>",
        bytes(range(256)),
        "time,estimate\n0,1\n",
        89.0,
    ),
    "results": ResultsBlock(
        "outcomes", (MEDIAN.to_record(),), ({"id": "os.b", "reason": "x"},), {"n": 3}
    ),
}


@pytest.mark.parametrize("name", BLOCKS)
def test_blocks_come_back_from_json_as_they_were(name):
    block = BLOCKS[name]
    data = json.loads(json.dumps(block_to_json(block)))
    assert data["type"] == type(block).__name__
    assert block_from_json(data) == block


def test_a_figure_is_known_by_the_id_of_its_words():
    assert BLOCKS["figure"].id == "figure.os"


@pytest.mark.parametrize("data", [{"type": "Picture"}, {}])
def test_a_block_of_no_kind_is_refused(data):
    with pytest.raises(ValueError, match="type of a block must be one of"):
        block_from_json(data)
