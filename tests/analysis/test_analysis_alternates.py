"""Results under other conventions: the same analyses with other options, made on demand."""

from __future__ import annotations

import math
from functools import cache

import pytest
from small_cohorts import FEMALE, MALE, make_cohort

from helpers.analysis.alternates import offer_alternates
from helpers.analysis.characteristics import summarise_characteristics
from helpers.analysis.counts import CountRow, compare_proportions, count_levels, count_subsets
from helpers.analysis.incidence import estimate_incidence
from helpers.analysis.models import fit_survival_model
from helpers.analysis.screen import screen_factors
from helpers.analysis.survival import estimate_survival
from helpers.cohort import Cohort, read_cohort
from helpers.results import ResultSet


@cache
def read() -> Cohort:
    return read_cohort("synthetic")


def make_patients(**columns) -> Cohort:
    length = len(columns["sex"])
    return make_cohort(os_months=range(1, length + 1), dead=[1] * length, **columns)


def offer(*sets: ResultSet, cohort: Cohort | None = None):
    definitions = {made.id: made.meta["definition"] for made in sets if made.meta["definition"]}
    results = {result.id: result for made in sets for result in made}
    return offer_alternates(lambda: cohort or read(), definitions, results)


def test_medians_come_under_every_other_interval():
    made = estimate_survival(read(), set_id="os", median_interval="spss")
    offered = offer(made)["os.overall.median"]
    assert set(offered) == {
        "interval_log_log",
        "interval_log",
        "interval_plain",
        "interval_arcsin",
    }
    again = estimate_survival(read(), set_id="x", median_interval="log")["overall.median"]
    found = offered["interval_log"]()
    assert (found.estimate, found.ci_lower, found.ci_upper) == (
        again.estimate,
        again.ci_lower,
        again.ci_upper,
    )
    assert found.ci_lower != made["overall.median"].ci_lower


def test_a_longer_set_id_owns_its_results():
    whole = estimate_survival(read(), set_id="os", conf_level=0.9)
    split = estimate_survival(read(), set_id="os.failure", by="failure_type")
    found = offer(whole, split)["os.failure.loss_hi.median"]["interval_log"]()
    assert found.conf_level == 0.95
    assert found.n == split["loss_hi.n"].estimate


def test_hazard_ratios_come_under_the_other_ties():
    made = fit_survival_model(read(), set_id="cox", factors=["sex", "progression"])
    offered = offer(made)["cox.progression.yes"]
    assert list(offered) == ["ties_breslow"]
    found = offered["ties_breslow"]()
    assert "Breslow" in found.method
    assert found.estimate != made["progression.yes"].estimate
    assert found.estimate == pytest.approx(made["progression.yes"].estimate, rel=0.02)


def test_a_screen_is_made_again_for_one_factor_only(monkeypatch):
    seen = []
    made = screen_factors(read(), set_id="uni", factors=["sex", "progression"])
    monkeypatch.setitem(
        offer_alternates.__globals__["_ANALYSES"],
        "screen_factors",
        lambda cohort, **options: (
            seen.append(options["factors"]) or screen_factors(cohort, **options)
        ),
    )
    found = offer(made)["uni.progression.yes.median"]["interval_plain"]()
    assert seen == [["progression"]]
    assert found.id == "uni.progression.yes.median"


def test_each_change_is_made_once(monkeypatch):
    made = estimate_survival(read(), set_id="os", by="failure_type")
    calls = []
    monkeypatch.setitem(
        offer_alternates.__globals__["_ANALYSES"],
        "estimate_survival",
        lambda cohort, **options: calls.append(1) or estimate_survival(cohort, **options),
    )
    offered = offer(made)
    offered["os.loss_hi.median"]["interval_log"]()
    offered["os.no_response.median"]["interval_log"]()
    assert len(calls) == 1


def test_nothing_is_read_before_an_alternate_is_asked_for():
    def refuse() -> Cohort:
        raise AssertionError

    made = estimate_survival(read(), set_id="os")
    results = {result.id: result for result in made}
    offered = offer_alternates(refuse, {"os": made.meta["definition"]}, results)
    assert "interval_log" in offered["os.overall.median"]


# 8 women of whom 5 responded and 2 are not known, 8 men of whom 2 responded
RESPONSES = [1, 1, 1, 1, 1, 0, None, None, 1, 1, 0, 0, 0, 0, 0, 0]
KARYOTYPES = ["isolated"] * 4 + ["fish_only"] * 4 + ["isolated"] * 8


def make_sixteen() -> Cohort:
    return make_patients(
        sex=[FEMALE] * 8 + [MALE] * 8,
        len_response=RESPONSES,
        del5q_group=KARYOTYPES,
    )


def test_shares_are_tested_with_and_without_correction():
    cohort = make_sixteen()
    made = compare_proportions(cohort, set_id="r", variable="len_response", level="yes", by="sex")
    offered = offer(made, cohort=cohort)["r.test"]
    # [[5, 1], [2, 6]]: n (ad - bc)^2 / (6 * 8 * 7 * 7), with n/2 off |ad - bc| for Yates
    for name, gap in (("chi_square_pearson", 28.0), ("chi_square_yates", 28.0 - 7.0)):
        statistic = 14 * gap**2 / (6 * 8 * 7 * 7)
        assert offered[name]().p_value == pytest.approx(math.erfc(math.sqrt(statistic / 2)))
    # one tail: 5 or 6 of the 7 responders among the 6 women; the other is its mirror image
    tail = (math.comb(7, 5) * math.comb(7, 1) + math.comb(7, 6)) / math.comb(14, 6)
    assert offered["fisher_exact"]().p_value == pytest.approx(2 * tail)


def test_counts_come_out_of_all_and_without_fish_only():
    cohort = make_sixteen()
    shares = compare_proportions(cohort, set_id="r", variable="len_response", level="yes", by="sex")
    levels = count_levels(cohort, set_id="c", variable="len_response")
    offered = offer(shares, levels, cohort=cohort)
    women = shares["female"]
    assert (women.estimate, women.n) == (5, 6)
    everyone = offered["r.female"]["with_missing"]()
    assert (everyone.estimate, everyone.n) == (5, 8)
    karyotyped = offered["r.female"]["without_fish_only"]()
    assert (karyotyped.estimate, karyotyped.n) == (4, 4)
    assert offered["c.yes"]["with_missing"]().n == 16
    assert offered["c.yes"]["without_fish_only"]().n == 12


def test_characteristics_come_without_fish_only():
    cohort = make_sixteen()
    made = summarise_characteristics(cohort, set_id="t", variables=["sex"])
    found = offer(made, cohort=cohort)["t.sex.female"]["without_fish_only"]()
    assert (found.estimate, found.n) == (4, 12)


def test_a_convention_that_the_data_cannot_support_says_so():
    cohort = make_patients(sex=[FEMALE, MALE])
    made = count_levels(cohort, set_id="c", variable="sex")
    found = offer(made, cohort=cohort)["c.female"]["without_fish_only"]()
    assert found.status == "not_computable"
    assert found.reason.startswith("without_fish_only: ")


def test_counts_of_responses_come_out_of_all_who_were_treated():
    cohort = make_patients(
        sex=[FEMALE] * 3 + [MALE] * 2,
        ipss=["low", "int1", None, "low", "low"],
    )
    made = count_subsets(
        cohort,
        set_id="k",
        rows=[
            CountRow("f.evaluable", "evaluable", {"sex": ["female"]}, {"ipss": ["low", "int1"]}),
            CountRow(
                "f.low", "low", {"sex": ["female"], "ipss": ["low", "int1"]}, {"ipss": ["low"]}
            ),
        ],
    )
    assert made.meta["definition"] == {}
    found = offer(made, cohort=cohort)["k.f.low"]["with_missing"]()
    assert (found.estimate, found.n) == (1, 3)


def test_incidences_stand_for_each_other():
    made = estimate_incidence(read(), set_id="aml", where={"progression": ["no"]})
    offered = offer(made)
    swapped = offered["aml.one_minus_km.overall.prob_24m"]
    assert list(swapped) == ["aalen_johansen"]
    direct = made["cumulative_incidence.overall.prob_24m"]
    assert swapped["aalen_johansen"]() == direct
    back = offered[direct.id]["one_minus_km"]()
    assert back == made["one_minus_km.overall.prob_24m"]


def test_a_changed_file_gives_no_alternates():
    made = estimate_survival(read(), set_id="os.failure", by="failure_type")
    other = make_patients(sex=[FEMALE, MALE])
    found = offer(made, cohort=other)["os.failure.loss_hi.median"]["interval_log"]()
    assert found.status == "not_computable"
