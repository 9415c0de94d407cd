"""Result sets written by hand, as the analyses would hand them over."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.results import Result, ResultSet

_MONTHS = {
    "event_noun": "death",
    "endpoint_label": "Overall survival",
    "time_label": "Months since lenalidomide failure",
    "synthetic": True,
}


def make_curve(group, times, events, at_risk, *, low=0.8, high=1.1):
    """Return a tidy curve; a row without an event is a censored patient."""
    rows, survival = [(group, 0.0, at_risk, 0, 0, 1.0, 1.0, 1.0)], 1.0
    for time, event in zip(times, events, strict=True):
        survival *= 1 - event / at_risk
        limits = (survival * low, min(1.0, survival * high))
        rows.append((group, float(time), at_risk, event, 1 - event, survival, *limits))
        at_risk -= 1
    names = ["group", "time_months", "n_at_risk", "n_events", "n_censored", "estimate"]
    return pd.DataFrame(rows, columns=[*names, "ci_lower", "ci_upper"])


def draw_times(seed, n, mean):
    """Return exponential times and events of a seeded generator, times up to 88 months."""
    rng = np.random.default_rng(seed)
    death, last = rng.exponential(mean, n), rng.uniform(5, 88, n)
    times = np.round(np.minimum(death, last), 1)
    order = np.argsort(times, kind="stable")
    return times[order], (death <= last).astype(int)[order]


def median(name, *numbers, **more):
    estimate, lower, upper, n, events = numbers
    status = "estimated" if estimate is not None else "not_reached"
    return Result(id=name, kind="median", estimate=estimate, ci_lower=lower, ci_upper=upper,
                  conf_level=0.95, n=n, events=events, unit="months", method="spss",
                  status=status, **more)  # fmt: skip


def probability(name, months, *numbers, kind="probability", n=392):
    estimate, lower, upper = numbers
    return Result(id=name, kind=kind, estimate=estimate, ci_lower=lower, ci_upper=upper,
                  conf_level=0.95, n=n, method="log-log",
                  quantities={"time_months": float(months)})  # fmt: skip


def count(name, number, n, label="", **more):
    return Result(id=name, kind="count", estimate=number, n=n, label=label, **more)


def record_test(name, p_value, method, statistic=10.0, df=1.0):
    return Result(id=name, kind="test", p_value=p_value, method=method, statistic=statistic, df=df)


def ratio(name, *numbers, label=""):
    estimate, lower, upper, p_value, n, events = (*numbers, 100, 50)[:6]
    return Result(id=name, kind="hazard_ratio", estimate=estimate, ci_lower=lower,
                  ci_upper=upper, conf_level=0.95, p_value=p_value, n=n, events=events,
                  label=label, method="wald")  # fmt: skip


def reference(name, n=292, events=172, label=""):
    return Result(id=name, kind="hazard_ratio", status="reference", n=n, events=events, label=label)


def make_overall():
    times, events = draw_times(1, 392, 34)
    curve = make_curve("overall", times, events, 392, low=0.9, high=1.08)
    return ResultSet.collect(
        "os",
        [
            count("os.overall.n", 392, 392, events=222),
            median("os.overall.median", 23.0, 20.0, 27.0, 392, 222),
            probability("os.overall.prob_24m", 24, 0.488, 0.43, 0.54),
            probability("os.overall.prob_60m", 60, 0.24, 0.19, 0.295),
        ],
        frames={"curve": curve, "at_risk": pd.DataFrame()},
        meta={**_MONTHS, "title": "Overall survival after lenalidomide failure",
              "groups": {"overall": "All patients"}},
    )  # fmt: skip


def make_failure():
    groups = {
        "loss_hi": "Secondary loss of haematologic improvement",
        "intolerance": "Intolerance",
        "no_response": "No response",
        "progression": "Progression to RAEB-2 or AML",
    }
    specs = {
        "loss_hi": (152, 60, (39.0, 27.0, 51.0), 0.38),
        "intolerance": (56, 34, (23.5, 14.0, 34.0), 0.2),
        "no_response": (141, 27, (17.0, 11.0, 24.0), 0.17),
        "progression": (43, 15, (11.0, 6.0, None), 0.0312),
    }
    curves, results = [], []
    for seed, (key, (n, mean, limits, late)) in enumerate(specs.items(), start=2):
        times, events = draw_times(seed, n, mean)
        curves.append(make_curve(key, times, events, n))
        died = int(events.sum())
        results += [
            count(f"os.failure.{key}.n", n, 392, groups[key], events=died),
            median(f"os.failure.{key}.median", *limits, n, died),
            probability(f"os.failure.{key}.prob_60m", 60, late, late / 2, late * 1.4, n=n),
        ]
    results.append(record_test("os.failure.logrank", 2e-7, "logrank", 34.1, 3))
    return ResultSet.collect(
        "os.failure",
        results,
        frames={"curve": pd.concat(curves, ignore_index=True), "at_risk": pd.DataFrame()},
        meta={**_MONTHS, "title": "Overall survival by type of lenalidomide failure",
              "groups": groups, "factor_label": "Type of failure"},
    )  # fmt: skip


def make_tp53():
    return ResultSet.collect(
        "os.tp53",
        [
            median("os.tp53.mutated.median", None, 9.5, None, 7, 3),
            median("os.tp53.wildtype.median", 1.0, 0.6, None, 32, 1),
            probability("os.tp53.mutated.prob_12m", 12, 4 / 7, 0.17, 0.84, n=7),
            probability("os.tp53.wildtype.prob_12m", 12, 0.594, 0.4, 0.74, n=32),
            record_test("os.tp53.logrank", 0.7, "logrank"),
            ratio("os.tp53.mutated_vs_wildtype.hr", 0.8, 0.3, 2.1, 0.7, 39, 4,
                  label="mutated against wild type"),
        ],
        frames={
            "curve": pd.concat(
                [
                    make_curve("mutated", [3, 6, 9.5, 20, 30, 41, 55], [1, 1, 1, 0, 0, 0, 0], 7),
                    make_curve("wildtype", range(2, 66, 2), [1] * 20 + [0] * 12, 32),
                ],
                ignore_index=True,
            ),
            "at_risk": pd.DataFrame(),
        },
        meta={**_MONTHS, "title": "Overall survival by TP53", "factor_label": "TP53",
              "groups": {"mutated": "Mutated", "wildtype": "Wild type"}},
    )  # fmt: skip


def make_aml():
    times = np.arange(1.0, 73.0)
    parts = []
    for estimator, top in (("cumulative_incidence", 0.36), ("one_minus_km", 0.47)):
        estimate = top * (1 - np.exp(-times / 18))
        frame = pd.DataFrame(
            {
                "group": "overall",
                "time_months": times,
                "n_at_risk": np.maximum(349 - 5 * times.astype(int), 1),
                "n_events": 1,
                "n_censored": 1,
                "estimate": estimate,
                "ci_lower": estimate * 0.85,
                "ci_upper": estimate * 1.15,
                "estimator": estimator,
            }
        )
        parts.append(frame)
    kind = "incidence"
    return ResultSet.collect(
        "aml",
        [
            count("aml.overall.n", 349, 349, events=109),
            probability("aml.cumulative_incidence.overall.prob_24m", 24, 0.297, 0.25, 0.35,
                        kind=kind, n=349),
            probability("aml.one_minus_km.overall.prob_24m", 24, 0.341, 0.29, 0.4,
                        kind=kind, n=349),
        ],
        frames={"curve": pd.concat(parts, ignore_index=True), "at_risk": pd.DataFrame()},
        meta={**_MONTHS, "title": "Progression to AML after failure", "endpoint_label": "AML",
              "event_noun": "AML", "groups": {"overall": "All patients"}},
    )  # fmt: skip


_FACTORS = [
    ("age_75", "Age 75 years or older", "no", "No", True),
    ("age_75", "Age 75 years or older", "yes", "Yes", False),
    ("failure_type", "Type of failure", "no_response", "No response", True),
    ("failure_type", "Type of failure", "loss_hi", "Loss of HI", False),
    ("failure_type", "Type of failure", "intolerance", "Intolerance", False),
    ("failure_type", "Type of failure", "progression", "Progression", False),
    ("len_response", "Response to LEN", "no", "No", True),
    ("len_response", "Response to LEN", "yes", "Yes", False),
]


def make_terms(set_id):
    names = ["factor", "factor_label", "level", "level_label", "is_reference"]
    terms = pd.DataFrame(_FACTORS, columns=names)
    return terms.assign(result_id=set_id + "." + terms["factor"] + "." + terms["level"])


def make_model(set_id="cox.full"):
    return ResultSet.collect(
        set_id,
        [
            reference(f"{set_id}.age_75.no", 292, 152),
            ratio(f"{set_id}.age_75.yes", 1.641, 1.244, 2.176, 0.0005, 100, 70),
            reference(f"{set_id}.failure_type.no_response", 141, 84),
            ratio(f"{set_id}.failure_type.loss_hi", 0.64, 0.36, 1.15, 0.14, 152, 79),
            ratio(f"{set_id}.failure_type.intolerance", 1.09, 0.68, 1.77, 0.73, 56, 29),
            ratio(f"{set_id}.failure_type.progression", 1.92, 1.14, 33.0, 0.0138, 43, 30),
            reference(f"{set_id}.len_response.no", 182, 112),
            ratio(f"{set_id}.len_response.yes", 1.04, 0.64, 1.70, 0.86, 210, 110),
            record_test(f"{set_id}.failure_type.test", 0.004, "wald", 13.3, 3),
            Result(id=f"{set_id}.model", kind="statistic", estimate=45.2, statistic=45.2, df=5,
                   p_value=1e-8, n=392, events=222, method="lr",
                   quantities={"concordance": 0.645}),
            record_test(f"{set_id}.ph.age_75", 0.42, "cox.zph", 0.65, 1),
            record_test(f"{set_id}.ph.failure_type", 0.021, "cox.zph", 9.73, 3),
            record_test(f"{set_id}.ph.len_response", 0.3, "cox.zph", 1.07, 1),
            record_test(f"{set_id}.ph.global", 0.08, "cox.zph", 9.83, 5),
        ],
        frames={"terms": make_terms(set_id)},
        meta={**_MONTHS, "title": "Multivariable model of overall survival"},
    )  # fmt: skip


def make_model_with_medians():
    model = make_model()
    medians = [
        median("cox.full.age_75.no.median", 27.0, 22.0, 32.0, 292, 152),
        median("cox.full.age_75.yes.median", 18.0, 14.0, 22.0, 100, 70),
    ]
    return model.with_results([*model, *medians])


def make_screen():
    rows = [row for row in _FACTORS if row[0] in {"age_75", "len_response"}]
    names = ["factor", "factor_label", "level", "level_label", "is_reference"]
    return ResultSet.collect(
        "os.uni",
        [
            median("os.uni.age_75.no.median", 27.0, 22.0, 32.0, 292, 152),
            median("os.uni.age_75.yes.median", 18.0, 14.0, 22.0, 100, 70),
            ratio("os.uni.age_75.yes.hr", 1.55, 1.17, 2.05, 0.002),
            record_test("os.uni.age_75.logrank", 0.0021, "logrank"),
            median("os.uni.len_response.no.median", 17.0, 12.0, 22.0, 182, 112),
            median("os.uni.len_response.yes.median", 27.0, 21.0, 33.0, 210, 110),
            ratio("os.uni.len_response.yes.hr", 0.87, 0.67, 1.13, 0.29),
            record_test("os.uni.len_response.logrank", 0.29, "logrank"),
        ],
        frames={"factors": pd.DataFrame(rows, columns=names)},
        meta={**_MONTHS, "title": "Univariate analysis of overall survival"},
    )


def make_rows():
    return pd.DataFrame(
        [
            ("age_years", "Age", None, "", "numeric", "years"),
            ("sex", "Male sex", "male", "Male", "binary", None),
            ("who_class", "WHO class", "ra", "RA", "categorical", None),
            ("who_class", "WHO class", "raeb1", "RAEB-1", "categorical", None),
            ("tp53", "TP53", "mutated", "Mutated", "categorical", None),
        ],
        columns=["variable", "variable_label", "level", "level_label", "kind", "unit"],
    )


def summary(name, *numbers, unit="years", label="", **more):
    estimate, low, high, n = numbers
    return Result(id=name, kind="summary", estimate=estimate, n=n, unit=unit, label=label,
                  quantities={"minimum": low, "maximum": high, "q1": 62.0, "q3": 77.5},
                  **more)  # fmt: skip


def make_table1():
    return ResultSet.collect(
        "table1",
        [
            summary("table1.age_years", 70.0, 37.0, 95.0, 392),
            count("table1.sex.male", 134, 392),
            count("table1.who_class.ra", 125, 392),
            count("table1.who_class.raeb1", 91, 392),
            count("table1.tp53.mutated", 7, 39, missing=353),
            count("table1.tp53.missing", 353, 392),
        ],
        frames={"rows": make_rows()},
        meta={"title": "Patients' characteristics", "groups": {},
              "group_sizes": {"overall": 392}},
    )  # fmt: skip


def make_supp1():
    results = []
    for key, n, age, male, raeb in (("bsc", 78, 74.0, 30, 20), ("hma", 91, 69.5, 31, 40)):
        results += [
            summary(f"supp1.{key}.age_years", age, 41.0, 90.0, n),
            count(f"supp1.{key}.sex.male", male, n),
            count(f"supp1.{key}.who_class.ra", n - raeb, n),
            count(f"supp1.{key}.who_class.raeb1", raeb, n),
        ]
    results += [
        record_test("supp1.age_years.test", 0.0004, "Wilcoxon rank sum"),
        record_test("supp1.sex.test", 0.61, "Fisher exact"),
        record_test("supp1.who_class.test", 0.0123, "Fisher exact"),
    ]
    return ResultSet.collect(
        "supp1",
        results,
        frames={"rows": make_rows().iloc[:4]},
        meta={"title": "Characteristics by first treatment", "groups": {"bsc": "BSC", "hma": "HMA"},
              "group_sizes": {"bsc": 78, "hma": 91}, "slot": "supplement"},
    )  # fmt: skip


def make_flow():
    steps = pd.DataFrame(
        [
            ("del5q", "Deletion 5q confirmed", "no confirmed deletion 5q", 12, 440),
            ("agent", "Lenalidomide as single agent", "lenalidomide in combination with "
             "chemotherapy or in a trial of two drugs", 30, 410),
            ("risk", "Lower-risk disease", "RAEB-2 or AML before lenalidomide", 18, 392),
        ],
        columns=["step", "label", "reason", "n_excluded", "n_remaining"],
    )  # fmt: skip
    return ResultSet.collect(
        "flow",
        [count("flow.screened", 452, None), count("flow.included", 392, 452)],
        frames={"steps": steps},
        meta={"title": "Selection of patients", "illustrative": True},
    )


def make_path():
    steps = pd.DataFrame(
        [
            (1, "enter", "failure_type", "Type of failure", 0.00001, "score"),
            (2, "enter", "age_75", "Age 75 years or older", 0.0006, "score"),
            (3, "remove", "len_response", "Response to LEN", 0.31, "score"),
        ],
        columns=["step", "action", "factor", "factor_label", "p_value", "criterion"],
    )
    return ResultSet.collect(
        "cox.path", [], frames={"steps": steps}, meta={"title": "Path of the stepwise selection"}
    )


def make_treatments():
    counts = {
        "bsc": ("Best supportive care", 78),
        "hma": ("HMA", 91),
        "chemo": ("Chemotherapy", 16),
    }
    return ResultSet.collect(
        "tx",
        [
            count("tx.first.known", 232, 392, "First treatment known"),
            *(count(f"tx.first.{key}", n, 232, label) for key, (label, n) in counts.items()),
            count("tx.response.hma.evaluable", 71, 91, "HMA"),
            count("tx.response.hma.any", 32, 71, "Any response"),
            count("tx.response.hma.cr_pr", 11, 71, "CR or PR"),
            count("tx.response.esa.evaluable", 0, 22, "ESA"),
            count("tx.response.esa.any", 0, 0, "Any response"),
        ],
        meta={"title": "First treatment after failure"},
    )


def make_availability():
    return ResultSet.collect(
        "availability",
        [
            count("availability.age_years", 392, 392, "Age"),
            count("availability.tp53", 39, 392, "TP53"),
            count("availability.cyto_response", 207, 392, "Cytogenetic response"),
        ],
        meta={"title": "Known values"},
    )


def make_big(n_groups, n):
    """Return a survival set of very many patients, whose times are days."""
    curves = []
    for group in range(n_groups):
        rng = np.random.default_rng(group)
        died = rng.exponential(20 + 15 * group, n // n_groups)
        last = rng.uniform(0, 120, n // n_groups)
        days = np.ceil(np.minimum(died, last) * 30.4375)
        times, place = np.unique(days / 30.4375, return_inverse=True)
        events = np.bincount(place, died <= last)
        censored = np.bincount(place, died > last)
        gone = np.cumsum(events + censored)
        at_risk = n // n_groups - np.concatenate([[0], gone[:-1]])
        estimate = np.cumprod(1 - events / at_risk)
        spread = 1.96 * np.sqrt(estimate * (1 - estimate) / at_risk)
        curves.append(
            pd.DataFrame(
                {
                    "group": f"g{group}",
                    "time_months": times,
                    "n_at_risk": at_risk.astype(int),
                    "n_events": events.astype(int),
                    "n_censored": censored.astype(int),
                    "estimate": estimate,
                    "ci_lower": np.clip(estimate - spread, 0, 1),
                    "ci_upper": np.clip(estimate + spread, 0, 1),
                }
            )
        )
    groups = {f"g{group}": f"Group {group}" for group in range(n_groups)}
    return ResultSet.collect(
        "os.big",
        [median(f"os.big.{key}.median", 20.0, 19.0, 21.0, n, n // 2) for key in groups],
        frames={"curve": pd.concat(curves, ignore_index=True), "at_risk": pd.DataFrame()},
        meta={**_MONTHS, "title": "Very many", "groups": groups},
    )


def make_balance():
    balance = pd.DataFrame(
        {
            "variable": ["age_75", "raeb", "adverse_karyotype", "sex"],
            "label": ["Age 75 years or older", "RAEB-1", "Adverse karyotype", "Female sex"],
            "smd_before": [0.42, -0.55, 0.08, float("nan")],
            "smd_after": [0.03, -0.02, 0.11, float("nan")],
        }
    )
    return ResultSet.collect("balance", [], frames={"balance": balance}, meta=dict(_MONTHS))
