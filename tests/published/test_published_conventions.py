from __future__ import annotations

from ledger_cases import make_ledger, make_record

from helpers.published.compare import compare_with_published
from helpers.published.conventions import CONVENTIONS, add_conventions, search_conventions
from helpers.results import Result


def search(ledger, results, **keys):
    table = compare_with_published(ledger, results)
    return search_conventions(ledger, table, results, **keys)


def make_share(printed: int, **keys):
    return make_record(
        "share", f"{printed}%", printed, kind="percent", field="percent", result="r.share", **keys
    )


def share_result(count, n, **keys):
    return {"r.share": Result(id="r.share", kind="count", estimate=count, n=n, **keys)}


def test_a_share_that_is_cut_off_is_recognised():
    (match,) = search(make_ledger(make_share(66)), share_result(261, 392))
    assert match.describe() == "cut off, not rounded (66.5816 gives 66%)"


def test_an_equal_number_is_not_searched():
    assert search(make_ledger(make_share(67)), share_result(261, 392)) == ()


def test_the_ledger_s_other_denominators_are_tried():
    ledger = make_ledger(
        make_share(61),
        make_record("all", "392", 392),
        make_record("fish", "15", 15),
        denominators={"patients with karyotype": "all - fish", "all": "all"},
    )
    results = {
        **share_result(230, 392),
        "r.all": Result(id="r.all", kind="count", estimate=392),
        "r.fish": Result(id="r.fish", kind="count", estimate=15),
    }
    (match,) = search(ledger, results)
    assert match.describe() == "out of patients with karyotype (230/377 = 61.01%)"


def test_missing_values_in_the_denominator_are_tried():
    (match,) = search(make_ledger(make_share(21)), share_result(83, 207, missing=185))
    assert match.convention == CONVENTIONS["with_missing"]
    assert match.arithmetic == "83/392 = 21.17%"


def test_what_the_others_leave_of_a_hundred_is_tried():
    ledger = make_ledger(
        make_share(34),
        make_record("rest", "66%", 66, kind="percent", field="percent"),
        sums=[{"total": 100, "parts": ["share", "rest"]}],
    )
    results = {**share_result(131, 392), "r.rest": Result(id="r.rest", kind="count", estimate=1)}
    (match,) = search(ledger, results)
    assert match.arithmetic == "100 - 66 = 34"


def test_what_is_left_of_a_hundred_is_no_explanation_beside_another():
    ledger = make_ledger(
        make_share(66),
        make_record("rest", "34%", 34, kind="percent", field="percent"),
        sums=[{"total": 100, "parts": ["share", "rest"]}],
    )
    results = {**share_result(261, 392), "r.rest": Result(id="r.rest", kind="count", estimate=1)}
    assert [match.convention for match in search(ledger, results)] == ["cut off, not rounded"]


def test_rounding_twice_and_to_even_are_tried():
    p_value = make_record("p", "p=0.03", 0.03, kind="p_value", field="p_value", decimals=2)
    results = {"r.p": Result(id="r.p", kind="test", p_value=0.0246)}
    (match,) = search(make_ledger(p_value), results)
    assert match.convention == "rounded twice"
    median = make_record("m", "24", 24, kind="median")
    results = {"r.m": Result(id="r.m", kind="median", estimate=24.5)}
    assert [match.convention for match in search(make_ledger(median), results)] == [
        "cut off, not rounded",
        "halves rounded to even",
    ]


INTERVAL = make_record("ci", "[20-27]", [20, 27], kind="ci", field="ci", result="r.m")


def median(lower, upper):
    return Result(id="r.m", kind="median", estimate=23.0, ci_lower=lower, ci_upper=upper)


def test_alternates_may_stand_among_the_results():
    results = {"r.m": median(21.0, 29.0), "r.m@interval_spss": median(19.6, 26.6)}
    (match,) = search(make_ledger(INTERVAL), results)
    assert match.convention == CONVENTIONS["interval_spss"]
    assert match.arithmetic == "gives [20-27]"


def test_alternates_may_be_given_and_are_computed_only_where_a_number_differs():
    calls = []

    def compute():
        calls.append("plain")
        return median(20.2, 27.2)

    alternates = {"r.m": {"interval_plain": compute, "by hand": median(1.0, 2.0)}}
    ledger = make_ledger(INTERVAL)
    assert search(ledger, {"r.m": median(20.0, 27.0)}, alternates=alternates) == ()
    assert calls == []
    (match,) = search(ledger, {"r.m": median(21.0, 29.0)}, alternates=alternates)
    assert match.convention == CONVENTIONS["interval_plain"]
    assert calls == ["plain"]


def test_other_results_that_the_entry_names_are_tried():
    record = make_record(
        "aml", "34%", 34, kind="probability", field="percent",
        result="aml.aj", alternates={"1 - Kaplan-Meier": "aml.km", "none such": "aml.none"},
    )  # fmt: skip
    results = {
        "aml.aj": Result(id="aml.aj", kind="incidence", estimate=0.297),
        "aml.km": Result(id="aml.km", kind="incidence", estimate=0.3402),
    }
    (match,) = search(make_ledger(record), results)
    assert match.describe() == "1 - Kaplan-Meier (gives 34%)"


def test_found_conventions_join_the_table():
    ledger, results = make_ledger(make_share(66)), share_result(261, 392)
    table = compare_with_published(ledger, results)
    joined = add_conventions(table, search_conventions(ledger, table, results))
    assert table["share"].conventions == ()
    assert joined["share"].conventions == ("cut off, not rounded (66.5816 gives 66%)",)
    assert joined.to_frame().loc[0, "conventions"] == joined["share"].conventions[0]


def test_conventions_that_come_to_one_share_are_named_once():
    other = Result(id="r.share", kind="count", estimate=83, n=392)
    offered = {"r.share": {"without_fish_only": other}}
    (match,) = search(
        make_ledger(make_share(21)), share_result(83, 207, missing=185), alternates=offered
    )
    assert match.convention == CONVENTIONS["with_missing"]


def test_the_share_of_an_alternate_is_shown_with_its_arithmetic():
    offered = {"r.share": {"without_fish_only": Result(id="r", kind="count", estimate=230, n=377)}}
    (match,) = search(make_ledger(make_share(61)), share_result(230, 392), alternates=offered)
    assert match.describe() == "karyotypes by FISH only left out (230/377 = 61.01%)"


def test_an_alternate_explains_before_a_remainder_does():
    ledger = make_ledger(
        make_share(34),
        make_record("rest", "66%", 66, kind="percent", field="percent"),
        sums=[{"total": 100, "parts": ["share", "rest"]}],
    )
    offered = {"r.share": {"with_missing": Result(id="r", kind="count", estimate=34, n=100)}}
    (match,) = search(ledger, share_result(33, 100), alternates=offered)
    assert match.arithmetic == "34/100 = 34%"


def test_an_interval_s_convention_is_not_tried_on_the_estimate():
    def refuse() -> Result:
        raise AssertionError

    ledger = make_ledger(make_record("m", "23", 23, kind="median", result="os.median"))
    result = Result(id="os.median", kind="median", estimate=22.4)
    offered = {"os.median": {"interval_log": refuse}}
    assert search(ledger, {"os.median": result}, alternates=offered) == ()
