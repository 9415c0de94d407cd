"""The printed numbers that the search aims at, as intervals of the numbers behind them.

A printed number stands for its rounding interval: 23 months for 22.5 to 23.5. The search
aims at a slightly narrower one, so that nothing rests on the edge.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from helpers.cohort.synthetic.margins import DAYS_PER_MONTH
from helpers.cohort.synthetic.streams import natural_log

ATTRIBUTES = (
    "age", "sex", "region", "source", "raeb", "excess", "ipss", "karyo", "therapy_related",
    "rbc_td", "esa_before", "schedule", "fail", "resp", "len6", "cyto", "tp53", "tx", "later",
    "complex", "allo",
)  # fmt: skip
"""Columns of the search's patient table; the last two are derived from the others."""

Condition = tuple[str, int, int]

GROUPS: dict[str, tuple[Condition, ...]] = {
    "all": (),
    "isolated": (("karyo", 0, 0),),
    "plus1": (("karyo", 1, 1),),
    "complex": (("complex", 1, 1),),
    "non_complex": (("complex", 0, 0),),
    "no_response": (("fail", 0, 0),),
    "loss_hi": (("fail", 1, 1),),
    "intolerance": (("fail", 2, 2),),
    "progression": (("fail", 3, 3),),
    "no_progression": (("fail", 0, 2),),
    "loss_hi_nonadverse": (("fail", 1, 1), ("complex", 0, 0)),
    "old": (("age", 75, 200),),
    "young": (("age", 0, 74),),
    "therapy_related": (("therapy_related", 1, 1),),
    "primary": (("therapy_related", 0, 0),),
    "excess": (("excess", 1, 1),),
    "no_excess": (("excess", 0, 0),),
    "raeb": (("raeb", 1, 1),),
    "no_raeb": (("raeb", 0, 0),),
    "responders": (("resp", 1, 1),),
    "non_responders": (("resp", 0, 0),),
    "len6_loss_hi": (("len6", 1, 1), ("fail", 1, 1)),
    "len6_no_response": (("len6", 1, 1), ("fail", 0, 0)),
    "len6_intolerance": (("len6", 1, 1), ("fail", 2, 2)),
    "len6_progression": (("len6", 1, 1), ("fail", 3, 3)),
    "cyto_yes": (("cyto", 1, 1),),
    "cyto_no": (("cyto", 0, 0),),
    "tp53_mutated": (("tp53", 1, 1),),
    "tp53_wildtype": (("tp53", 0, 0),),
    "bsc": (("tx", 0, 0),),
    "active": (("tx", 1, 5),),
    "chemo": (("tx", 1, 1),),
    "chemo_progression": (("tx", 1, 1), ("fail", 3, 3)),
    "hma": (("tx", 2, 2),),
    "hma_progression": (("tx", 2, 2), ("fail", 3, 3)),
    "hma_no_progression": (("tx", 2, 2), ("fail", 0, 2)),
    "esa": (("tx", 3, 3),),
    "esa_again": (("tx", 3, 3), ("esa_before", 1, 1)),
    "esa_new": (("tx", 3, 3), ("esa_before", 0, 0)),
    "allo": (("allo", 1, 1),),
    "allo_immediate": (("tx", 4, 4),),
    "no_allo": (("tx", 0, 5), ("allo", 0, 0)),
    "female": (("sex", 0, 0),),
    "male": (("sex", 1, 1),),
    "us": (("region", 0, 0),),
    "europe": (("region", 1, 1),),
    "trial": (("source", 0, 0),),
    "registry": (("source", 1, 1),),
    "rbc_td": (("rbc_td", 1, 1),),
    "no_rbc_td": (("rbc_td", 0, 0),),
    "ipss_low": (("ipss", 0, 0),),
    "ipss_int1": (("ipss", 1, 1),),
    "dose_10": (("schedule", 0, 0),),
    "dose_less": (("schedule", 1, 2),),
    "len6": (("len6", 1, 1),),
    "len_short": (("len6", 0, 0),),
}
"""Groups of patients: all conditions (attribute, lowest, highest) hold."""

GROUP_BIT = {name: place for place, name in enumerate(GROUPS)}

MEDIANS: dict[str, tuple[float, tuple[float, float] | None]] = {
    "all": (23, (20, 27)),
    "isolated": (24, (15, 33)),
    "plus1": (22, (16, 28)),
    "complex": (15, (9, 22)),
    "non_complex": (24, None),
    "no_response": (17, (11, 24)),
    "loss_hi": (39, (27, 51)),
    "intolerance": (24, (14, 34)),
    "progression": (11, (6, 17)),
    "no_progression": (24, None),
    "loss_hi_nonadverse": (43, (28, 58)),
    "old": (18, None),
    "young": (27, None),
    "therapy_related": (18, None),
    "primary": (24, None),
    "excess": (15, None),
    "no_excess": (24, None),
    "raeb": (18, None),
    "no_raeb": (24, None),
    "responders": (27, None),
    "non_responders": (17, None),
    "len6_loss_hi": (39, None),
    "len6_no_response": (17, None),
    "len6_intolerance": (12, None),
    "len6_progression": (14, None),
    "cyto_yes": (17, None),
    "cyto_no": (15, None),
    "bsc": (23, (18, 29)),
    "active": (49, None),
    "chemo": (7, None),
    "chemo_progression": (7, None),
    "hma": (39, None),
    "hma_progression": (16, None),
    "hma_no_progression": (45, None),
    "esa": (59, None),
    "allo": (52, None),
    "allo_immediate": (55, None),
    "no_allo": (35, None),
}
"""Median months and SPSS interval. Intolerance is printed as 23 and as 24; the centre of its
interval, 14 to 34, decides."""

PROBABILITIES: dict[str, tuple[float, float, float]] = {
    "all": (60, 0.235, 0.245),
    "tp53_mutated": (12, 0.565, 0.575),
    "tp53_wildtype": (12, 0.585, 0.595),
}
"""Month, and the rounding interval of the survival there."""

TESTS: tuple[tuple[str, str, float, float], ...] = (
    ("old", "young", 0.0015, 0.0025),
    ("therapy_related", "primary", 0.075, 0.085),
    ("excess", "no_excess", 0.015, 0.025),
    ("complex", "non_complex", 0.0115, 0.0125),
    ("non_responders", "responders", 0.035, 0.045),
    ("progression", "no_progression", 0.0, 0.0008),
    ("male", "female", 0.16, 1.0),
    ("us", "europe", 0.16, 1.0),
    ("trial", "registry", 0.16, 1.0),
    ("isolated", "plus1", 0.16, 1.0),
    ("rbc_td", "no_rbc_td", 0.16, 1.0),
    ("ipss_low", "ipss_int1", 0.16, 1.0),
    ("dose_10", "dose_less", 0.16, 1.0),
    ("len6", "len_short", 0.16, 1.0),
    ("cyto_yes", "cyto_no", 0.16, 1.0),
    ("tp53_mutated", "tp53_wildtype", 0.16, 1.0),
    ("active", "bsc", 0.0025, 0.0035),
    ("hma", "bsc", 0.0035, 0.0045),
    ("hma_progression", "chemo", 0.125, 0.135),
    ("esa_again", "esa_new", 0.16, 1.0),
    ("allo", "no_allo", 0.65, 0.75),
    ("hma_progression", "hma_no_progression", 0.0, 0.0008),
)
"""Log-rank tests and the interval of p; "not significant" asks for more than the entry rule."""

FOUR_GROUPS = ("len6_loss_hi", "len6_no_response", "len6_intolerance", "len6_progression")
FOUR_GROUPS_MIN_CHI_SQUARE = 17.2  # p = 0.00065 on three degrees of freedom


@dataclass(frozen=True, slots=True)
class CoxTarget:
    """Printed hazard ratio, interval and p of one term.

    Attributes
    ----------
    group : str
        The term's patients; all others of the model are its reference.
    hazard_ratio, ci_lower, ci_upper : tuple of float
        Rounding intervals; the printed numbers' decimals are in them.
    p_value : tuple of float or None
        Rounding interval; None where the printed p contradicts the printed interval.
    """

    group: str
    hazard_ratio: tuple[float, float]
    ci_lower: tuple[float, float]
    ci_upper: tuple[float, float]
    p_value: tuple[float, float] | None


COX_MODELS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("all",), ("old", "complex", "raeb", "loss_hi", "intolerance", "progression", "responders")),
    (("all",), ("progression",)),
    (("hma", "bsc"), ("hma", "old", "complex", "raeb", "progression")),
)
"""Patients and terms of the Cox models: Table 2, progression alone, Supplementary Table 3."""

COX_TARGETS: tuple[tuple[int, CoxTarget], ...] = (
    (0, CoxTarget("old", (1.635, 1.645), (1.235, 1.245), (2.175, 2.185), (0.0005, 0.0015))),
    (0, CoxTarget("complex", (1.645, 1.655), (1.065, 1.075), (2.545, 2.555), None)),
    (0, CoxTarget("raeb", (1.405, 1.415), (1.025, 1.035), (1.925, 1.935), (0.025, 0.035))),
    (0, CoxTarget("loss_hi", (0.635, 0.645), (0.355, 0.365), (1.145, 1.155), (0.135, 0.145))),
    (0, CoxTarget("intolerance", (1.085, 1.095), (0.675, 0.685), (1.765, 1.775), None)),
    (0, CoxTarget("progression", (1.85, 1.95), (1.135, 1.145), (3.225, 3.235), (0.005, 0.015))),
    (0, CoxTarget("responders", (1.035, 1.045), (0.635, 0.645), (1.695, 1.705), (0.855, 0.865))),
    (
        1,
        CoxTarget("progression", (2.3665, 2.3675), (1.6085, 1.6095), (3.4805, 3.4815), None),
    ),
    (2, CoxTarget("hma", (0.335, 0.345), (0.205, 0.215), (0.555, 0.565), None)),
)

HALF_MONTH = 0.5
UNBOUNDED = 1.0e12


def narrow(low: float, high: float, edge: float) -> tuple[float, float]:
    """Cut the share `edge` of an interval's width off at both ends.

    Examples
    --------
    >>> narrow(22.5, 23.5, 0.25)
    (22.75, 23.25)
    """
    rim = (high - low) * edge
    return low + rim, high - rim


def chi_square_bounds(p_low: float, p_high: float, edge: float) -> tuple[float, float]:
    """Translate an interval of p into one of chi-square with one degree of freedom."""
    low, high = _z_bounds(p_low, p_high, edge)
    return low * low, high * high if high < UNBOUNDED else UNBOUNDED


def make_group_table() -> np.ndarray:
    """Groups as integers, shape (n_groups, 3, 3): attribute, lowest, highest; -1 for none."""
    table = np.full((len(GROUPS), 3, 3), -1, dtype=np.int64)
    for row, conditions in enumerate(GROUPS.values()):
        for place, (attribute, low, high) in enumerate(conditions):
            table[row, place] = ATTRIBUTES.index(attribute), low, high
    return table


def make_km_table(edge: float) -> np.ndarray:
    """Targets of the curves in days, shape (n_groups, 9).

    Columns: median's low and high, lower limit's low and high, upper limit's low and high,
    day of the survival probability, its low and high. An unbounded pair is no target.
    """
    table = np.tile([-UNBOUNDED, UNBOUNDED], (len(GROUPS), 4))
    table = np.insert(table, 6, -1.0, axis=1)
    for name, (median, interval) in MEDIANS.items():
        row = table[GROUP_BIT[name]]
        printed = (median, *interval) if interval else (median,)
        for place, value in enumerate(printed):
            low, high = narrow(value - HALF_MONTH, value + HALF_MONTH, edge)
            row[2 * place : 2 * place + 2] = low * DAYS_PER_MONTH, high * DAYS_PER_MONTH
    for name, (month, low, high) in PROBABILITIES.items():
        row = table[GROUP_BIT[name]]
        row[6] = month * DAYS_PER_MONTH
        row[7:9] = narrow(low, high, edge)
    return table


def make_test_table(edge: float) -> tuple[np.ndarray, np.ndarray]:
    """Log-rank targets: the two groups' bits, shape (n, 2), and chi-square bounds, (n, 2)."""
    pairs = np.array([(GROUP_BIT[a], GROUP_BIT[b]) for a, b, _, _ in TESTS])
    bounds = np.array([chi_square_bounds(low, high, edge) for _, _, low, high in TESTS])
    return pairs, bounds


def make_cox_tables(edge: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cox targets: members (m, 2), terms (m, 8) as bits (-1 none), and bounds (m, 8, 8).

    Bounds are of log hazard ratio, log lower and upper limit, and the absolute z.
    """
    members = np.full((len(COX_MODELS), 2), -1, dtype=np.int64)
    terms = np.full((len(COX_MODELS), 8), -1, dtype=np.int64)
    bounds = np.tile([-UNBOUNDED, UNBOUNDED], (len(COX_MODELS), 8, 4))
    for model, (patients, names) in enumerate(COX_MODELS):
        members[model, : len(patients)] = [GROUP_BIT[name] for name in patients]
        terms[model, : len(names)] = [GROUP_BIT[name] for name in names]
    for model, target in COX_TARGETS:
        row = bounds[model, COX_MODELS[model][1].index(target.group)]
        printed = (target.hazard_ratio, target.ci_lower, target.ci_upper)
        for place, (low, high) in enumerate(printed):
            row[2 * place : 2 * place + 2] = natural_log(np.array(narrow(low, high, edge)))
        if target.p_value is not None:
            row[6:8] = _z_bounds(*target.p_value, edge)
    return members, terms, bounds


def _z_bounds(p_low: float, p_high: float, edge: float) -> tuple[float, float]:
    """Bounds of the absolute normal deviate, rounded so that all machines agree."""
    if p_low > 0 and p_high < 1:
        p_low, p_high = narrow(p_low, p_high, edge)
    normal = NormalDist()
    low = round(-normal.inv_cdf(p_high / 2), 9) if p_high < 1 else 0.0
    high = round(-normal.inv_cdf(p_low / 2), 9) if p_low > 0 else UNBOUNDED
    return low, high
