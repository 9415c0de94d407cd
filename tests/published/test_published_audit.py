from __future__ import annotations

import json
import math
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from ledger_cases import make_ledger, make_ratio, make_record, read_paper

from helpers.published.audit import audit_published
from helpers.published.findings import describe_findings, find_known_keys, findings_to_frame
from helpers.published.precision import rounding_span
from helpers.published.wald import find_wald_range, p_value_of, standard_error_of

WALD = {"intervals": {"hazard_ratio": "log-symmetric", "median": "symmetric"}}


def audit(*records, **top):
    return audit_published(make_ledger(*records, **top))


# The paper -----------------------------------------------------------------------------


def test_the_audit_of_the_paper_raises_twelve_contradictions_and_one_remark():
    findings = audit_published(read_paper())
    assert describe_findings(findings) == (
        "12 contradictions and 1 remark among the printed numbers."
    )


def test_every_hard_contradiction_of_the_paper_is_found_and_nothing_else():
    ledger = read_paper()
    found: dict[str, list[str]] = {}
    for finding in audit_published(ledger):
        keys = find_known_keys(ledger, finding)
        assert len(keys) == 1, finding
        found.setdefault(keys[0], []).append(finding.severity)
    twice = {"A6": ["contradiction"] * 2, "A9": ["contradiction", "remark"]}
    once = {f"A{number}": ["contradiction"] for number in range(1, 12)}
    assert found == {**once, **twice}


def test_the_audit_does_not_read_the_list_of_known_contradictions():
    ledger = read_paper()
    blind = replace(
        ledger,
        contradictions={},
        entries={entry.id: replace(entry, contradiction="") for entry in ledger},
    )
    assert audit_published(blind) == audit_published(ledger)


@pytest.mark.parametrize(
    ("entry_id", "piece"),
    [
        ("patients.del5q.isolated.pct", "230/377 = 61.01%"),
        ("patients.del5q.plus1.pct", "105/392 = 26.79%, which rounds to 27%"),
        ("patients.trial.pct", "261/392 = 66.58%, which rounds to 67%"),
        ("patients.registry.pct", "131/392 = 33.42%, which rounds to 33%"),
        ("patients.esa_before.pct", "155/392 = 39.54%, which rounds to 40%"),
        ("table2.progression.p", "z = 4.38; the roundings allow p from 0.0000119"),
        ("cox.supp3.hma.p", "z = -4.28; the roundings allow p from 0.00001148 to 0.0000308"),
        ("os.uni.raeb.exposed.median", "18m stands for 17.5 to 18.5"),
        ("os.failure.intolerance.median", "24m stands for 23.5 to 24.5"),
        ("table2.intolerance.p", "the roundings allow p from 0.7095 to 0.721"),
        ("cox.text.complex.p", "the roundings allow p from 0.02208 to 0.02496"),
    ],
)
def test_each_finding_shows_its_arithmetic(entry_id, piece):
    told = [item.arithmetic for item in audit_published(read_paper()) if entry_id in item.entries]
    assert any(piece in text for text in told)


def test_a_ledger_mended_in_its_contradictions_is_silent():
    ledger = read_paper()
    mended = {
        "patients.del5q.isolated.pct": "59", "table1.del5q.isolated.pct": "59",
        "patients.del5q.plus1.pct": "27", "table1.del5q.plus1.pct": "27",
        "patients.trial.pct": "67", "patients.registry.pct": "33",
        "patients.esa_before.pct": "40", "table1.esa_before.pct": "40",
        "cox.text.progression.hr": "2.4", "table2.progression.p": "0.00",
        "cox.supp3.hma.p": "0.000", "os.uni.raeb.exposed.median": "18",
        "os.failure.intolerance.median": "24", "table2.intolerance.p": "0.72",
        "cox.text.complex.p": "0.02", "table2.adverse_k.p": "0.02",
    }  # fmt: skip
    entries = dict(ledger.entries)
    for entry_id, number in mended.items():
        (item,) = entries[entry_id].numbers
        new = replace(item, number=Decimal(number))
        entries[entry_id] = replace(entries[entry_id], numbers=(new,))
    for end in ("ci", "p"):  # of the ratio 1.9, which fitted them
        entries.pop(f"cox.text.progression.{end}")
    assert audit_published(replace(ledger, entries=entries)) == ()


@pytest.mark.parametrize(
    ("entry_id", "wrong", "rule"),
    [
        ("table1.who.ra.n", 126, "sum of parts"),
        ("table1.male.pct", 35, "percentage of a count"),
        ("discussion.loss_hi.median", 38, "one quantity, two values"),
        ("os.overall.median", 28, "estimate in interval"),
        ("table1.age.median", 96, "estimate in interval"),
        ("cox.text.age.p", Decimal("0.01"), "ratio and interval against p"),
        ("patients.response.complex.pct", 25, "percentage without a count"),
        ("patients.cyto_response.cr_pr.n", 208, "domain"),
    ],
)
def test_a_slip_put_into_the_paper_is_found(entry_id, wrong, rule):
    ledger = read_paper()
    entry = ledger[entry_id]
    (item,) = entry.numbers
    slipped = replace(entry, numbers=(replace(item, number=Decimal(wrong)),))
    entries = {**ledger.entries, entry_id: slipped}
    known = audit_published(ledger)
    new = [item for item in audit_published(replace(ledger, entries=entries)) if item not in known]
    assert rule in {item.rule for item in new if entry_id in item.entries}


# Each rule by hand -----------------------------------------------------------------------


def make_share(printed, count, n, **keys):
    return [
        make_record("n", str(count), count, denominator=n),
        make_record(
            "pct", f"{printed}%", printed, kind="percent", field="percent",
            count="n", denominator=n, **keys,
        ),
    ]  # fmt: skip


def test_a_share_must_be_its_count_s():
    assert audit(*make_share(15, 11, 71)) == ()  # 15.49
    (finding,) = audit(*make_share(17, 11, 71))
    assert finding.rule == "percentage of a count"
    assert finding.statement == "17% (Table 9) is not 11 of 71."
    assert finding.arithmetic == (
        "11/71 = 15.49%, which rounds to 15%; the printed share needs a denominator from "
        "62.86 to 66.67; no known convention gives it."
    )


@pytest.mark.parametrize(("printed", "n", "n_findings"), [(24, 42, 0), (25, 42, 1), (50, 3, 1)])
def test_a_share_without_its_count_must_be_a_whole_number_s(printed, n, n_findings):
    share = make_record(
        "pct", f"{printed}%", printed, kind="percent", field="percent", denominator=n
    )
    findings = audit(share)
    assert len(findings) == n_findings
    assert all(item.rule == "percentage without a count" for item in findings)


def test_counts_must_add_up_exactly_and_shares_within_their_rounding():
    parts = [make_record("a", "7", 7), make_record("b", "3", 3)]
    assert audit(*parts, sums=[{"total": 10, "parts": ["a", "b"]}]) == ()
    (finding,) = audit(*parts, sums=[{"total": 11, "parts": ["a", "b"]}])
    assert finding.arithmetic == "7 + 3 = 10, not 11."
    shares = [
        make_record(name, f"{value}%", value, kind="percent", field="percent")
        for name, value in {"x": 33, "y": 33, "z": 33}.items()
    ]
    assert audit(*shares, sums=[{"total": 100, "parts": ["x", "y", "z"]}]) == ()
    (finding,) = audit(*shares[:2], sums=[{"total": 100, "parts": ["x", "y"]}])
    assert finding.arithmetic == "33 + 33 = 66, not 100, more than 1.0 off by rounding."


def test_a_sum_may_name_the_entry_of_its_whole():
    records = [make_record("a", "7", 7), make_record("b", "3", 3), make_record("all", "9", 9)]
    (finding,) = audit(*records, sums=[{"total": "all", "parts": ["a", "b"]}])
    assert finding.entries == ("a", "b", "all")


@pytest.mark.parametrize(
    ("other", "decimals", "n_findings"), [(1.94, 2, 0), (1.95, 2, 0), (1.96, 2, 1), (2, 0, 0)]
)
def test_one_quantity_printed_twice_must_have_a_common_value(other, decimals, n_findings):
    findings = audit(
        make_record("a", "1.9", 1.9, kind="median", decimals=1),
        make_record("b", str(other), other, kind="median", decimals=decimals, same_as="a"),
    )
    # 1.9 stands for 1.85 up to 1.95, 1.95 for 1.945 up to 1.955
    assert len(findings) == n_findings


def test_entries_compared_with_one_result_are_one_quantity_unless_defined_otherwise():
    one = make_record("a", "17", 17, kind="median", result="r.x")
    other = make_record("b", "18", 18, kind="median", result="r.x")
    (finding,) = audit(one, other)
    assert finding.entries == ("a", "b")
    assert audit(one, {**other, "assumed": "another definition"}) == ()


def test_links_reach_over_several_entries():
    records = [
        make_record("a", "17", 17, kind="median", same_as="b"),
        make_record("b", "17", 17, kind="median"),
        make_record("c", "19", 19, kind="median", same_as="a"),
    ]
    (finding,) = audit(*records)
    assert set(finding.entries) == {"a", "b", "c"}


@pytest.mark.parametrize(
    ("estimate", "interval", "rules"),
    [
        (23, [20, 27], []),
        (28, [20, 27], ["estimate in interval", "symmetry of an interval"]),
        (23, [27, 20], ["limits in order", "estimate in interval"]),
        (20, [20, 27], ["symmetry of an interval"]),
        (24, [14, 34], []),
        (23, [14, 34], ["symmetry of an interval"]),
    ],
)
def test_an_estimate_lies_in_its_interval(estimate, interval, rules):
    lower, upper = interval
    findings = audit(
        make_record("m", str(estimate), estimate, kind="median", result="r.m"),
        make_record(
            "ci", f"[{lower}-{upper}]", interval, kind="ci", field="ci", of="m", result="r.m"
        ),
        **WALD,
    )
    assert sorted(item.rule for item in findings) == sorted(rules)


def test_asymmetry_is_a_remark_and_only_where_symmetry_is_claimed():
    records = [
        make_record("m", "23", 23, kind="median", result="r.m"),
        make_record("ci", "[14-34]", [14, 34], kind="ci", field="ci", of="m", result="r.m"),
    ]
    (finding,) = audit(*records, **WALD)
    assert finding.severity == "remark"
    assert audit(*records) == ()


@pytest.mark.parametrize(
    ("ratio", "interval", "p", "rule"),
    [
        (0.81, [0.70, 0.94], 0.005, None),  # the worked example of Altman and Bland
        (1.64, [1.24, 2.18], 0.001, None),
        (1.04, [0.64, 1.70], 0.86, None),
        (0.64, [0.36, 1.15], 0.14, None),
        (1.09, [0.68, 1.77], 0.73, "ratio and interval against p"),
        (0.34, [0.21, 0.56], "<0.001", None),
        (0.34, [0.21, 0.56], ">=0.05", "ratio and interval against p"),
        (1.50, [1.24, 2.18], 0.001, "ratio against interval"),
    ],
)
def test_ratio_interval_and_p_value_belong_together(ratio, interval, p, rule):
    records = make_ratio(ratio, interval, p)
    if isinstance(p, str):
        records[2] = {**records[2], "printed": f"p{p}", "decimals": 3}
    findings = audit(*records, **WALD)
    assert [item.rule for item in findings] == ([rule] if rule else [])


def test_ratios_are_left_alone_where_wald_limits_are_not_claimed():
    assert audit(*make_ratio(1.09, [0.68, 1.77], 0.73)) == ()


def test_a_lower_limit_printed_as_zero_is_left_alone():
    assert audit(*make_ratio(0.5, [0.0, 1.9], 0.3), **WALD) == ()


def test_words_and_bounds_are_left_alone():
    record = make_record("p", "ns", ">=0.05", kind="p_value", field="p_value", decimals=None)
    assert audit(record) == ()


def test_findings_go_into_a_frame_and_into_json():
    findings = audit(*make_share(16, 11, 71))
    assert findings_to_frame(findings).loc[0, "entries"] == "pct, n"
    record = json.loads(json.dumps(findings[0].to_record()))
    assert record["entries"] == ["pct", "n"]
    assert list(findings_to_frame(())) == list(findings_to_frame(findings))
    assert describe_findings(()) == "0 contradictions and 0 remarks among the printed numbers."


# The Wald relations ------------------------------------------------------------------------


def test_standard_error_and_p_value_of_a_published_example():
    # Altman and Bland (2011): 0.81 (0.70 to 0.94) has SE 0.0752, z -2.802, p 0.005
    std_error = standard_error_of(0.70, 0.94, 0.95)
    assert std_error == pytest.approx(0.0752, abs=5e-5)
    assert p_value_of(math.log(0.81) / std_error) == pytest.approx(0.005, abs=5e-4)


@pytest.mark.parametrize(
    ("ratio", "lower", "upper", "decimals"),
    [("1.09", "0.68", "1.77", 2), ("1.65", "1.07", "2.55", 2), ("0.98", "0.61", "1.58", 2)],
)
def test_the_allowed_p_values_are_those_of_all_unrounded_limits(ratio, lower, upper, decimals):
    spans = [rounding_span(Decimal(text), decimals) for text in (ratio, lower, upper)]
    allowed = find_wald_range(*spans, 0.95)
    rng = np.random.default_rng(20170718)
    low, high = (
        np.log(rng.uniform(float(span.lower), float(span.upper), 200_000)) for span in spans[1:]
    )
    middle = np.exp((low + high) / 2)
    fits = (middle >= float(spans[0].lower)) & (middle <= float(spans[0].upper))
    z = 1.959964 * np.abs(high + low)[fits] / (high - low)[fits]
    p_values = np.array([p_value_of(value) for value in (z.max(), z.min())])
    assert allowed.p_lower <= p_values[0] <= allowed.p_lower + 2e-3
    assert allowed.p_upper - 2e-3 <= p_values[1] <= allowed.p_upper


def test_a_ratio_that_may_be_one_allows_a_p_value_of_one():
    spans = [rounding_span(Decimal(text), 2) for text in ("1.00", "0.50", "2.00")]
    assert find_wald_range(*spans, 0.95).p_upper == 1


@pytest.mark.parametrize(("printed", "bounds"), [(0, "above 800"), (9, "from 42.11 to 47.06")])
def test_a_share_near_zero_has_no_largest_denominator(printed, bounds):
    ledger = make_ledger(
        make_record("men.n", "4", 4, denominator=100),
        make_record(
            "men.pct", f"{printed}%", printed, kind="percent", field="percent",
            denominator=100, count="men.n",
        ),
    )  # fmt: skip
    (finding,) = audit_published(ledger)
    assert f"the printed share needs a denominator {bounds};" in finding.arithmetic
