"""What is said of two groups whose hazard ratio misleads or says nothing."""

from __future__ import annotations

from made_sets import median, ratio, record_test

from helpers import narrative
from helpers.results import Result, ResultSet


def make_set(*, p=0.04, ph=0.5, label="Male against Female", difference=3.26, **meta):
    extra = {"conf_level": 0.95, "n": 90, "events": 61}
    rmst = Result(
        id="os.x.rmst_difference", kind="restricted_mean", label=label, estimate=difference,
        ci_lower=difference - 2, ci_upper=difference + 2, p_value=0.02, unit="months",
        quantities={"horizon_months": 60.0}, **extra,
    )  # fmt: skip
    power = Result(
        id="os.x.detectable_hr", kind="statistic", estimate=1.86, n=90, events=61,
        quantities={"alpha": 0.05, "power": 0.8},
    )  # fmt: skip
    return ResultSet.collect(
        "os.x",
        [
            median("os.x.female.median", 17.0, 12.0, 22.0, 40, 30),
            median("os.x.male.median", 27.0, 21.0, 33.0, 50, 31),
            record_test("os.x.logrank", p, "log-rank test"),
            ratio("os.x.male_vs_female.hr", 0.75, 0.57, 0.98, p, 90, 61, label=label),
            record_test("os.x.ph", ph, "proportional hazards (km)"),
            rmst,
            power,
        ],
        meta={"endpoint_label": "Overall survival", "event_noun": "death", "factor_label": "Sex",
              "groups": {"female": "Female", "male": "Male"}, **meta},
    )  # fmt: skip


def tell(**options):
    return narrative.describe_survival(make_set(**options)).markdown.partition("(n = 50). ")[2]


def test_proportional_hazards_and_a_clear_difference_need_no_more_words():
    assert tell() == (
        "The groups differed (log-rank test, p = 0.04; HR of male against female 0.75, 95% CI "
        "0.57–0.98)."
    )


def test_the_restricted_mean_comes_first_where_hazards_are_not_proportional():
    assert tell(ph=0.002) == (
        "The hazards were not proportional (score test, p = 0.002), so that no single hazard ratio "
        "describes the groups and the restricted mean comes first: up to 60 months, mean overall "
        "survival was 3.3 months longer for male than for female (95% CI 1.3 to 5.3, p = 0.02). "
        "The hazard ratio below is an average over the follow-up. The groups differed (log-rank "
        "test, p = 0.04; HR of male against female 0.75, 95% CI 0.57–0.98)."
    )


def test_a_shorter_mean_has_its_limits_turned():
    told = tell(ph=0.002, difference=-3.26, label="Yes against No", factor_label="Response")
    assert (
        "mean overall survival was 3.3 months shorter with response than without (95% CI 1.3 to "
        "5.3, p = 0.02)"
    ) in told


def test_what_a_null_comparison_could_have_found():
    assert tell(p=0.4) == (
        "There was no clear difference between the groups (log-rank test, p = 0.40; HR of male "
        "against female 0.75, 95% CI 0.57–0.98). With 61 deaths, only a hazard ratio beyond 1.86 "
        "or 0.54 would have been found with a power of 80%."
    )


def test_immortal_time_is_told_of_any_time_zero():
    assert "(immortal time); the comparison is not causal." in tell(is_immortal=True)
    assert "immortal" not in tell(is_immortal=False, known_at="after_failure")
