"""What the paper prints about its 392 patients, as counts that a cohort of any size follows."""

from __future__ import annotations

import numpy as np

N_PAPER = 392

LEVELS: dict[str, tuple[tuple[str, int], ...]] = {
    "region": (("us", 216), ("europe", 176)),
    "source": (("trial", 261), ("registry", 131)),
    "sex": (("female", 258), ("male", 134)),
    "who_class": (
        ("ra", 125),
        ("del5q", 97),
        ("rars", 27),
        ("rcmd", 41),
        ("raeb1", 91),
        ("other", 11),
    ),
    "del5q_group": (("isolated", 230), ("plus1", 105), ("complex", 42), ("fish_only", 15)),
    "ipss": (("low", 161), ("int1", 231)),
    "failure_type": (
        ("no_response", 141),
        ("loss_hi", 152),
        ("intolerance", 56),
        ("progression", 43),
    ),
    "first_treatment": (
        ("bsc", 78),
        ("chemo", 16),
        ("hma", 91),
        ("esa", 22),
        ("allo", 12),
        ("other", 13),
        ("", 160),
    ),
    "len_schedule": (("10mg_21_28", 296), ("5mg_cont", 90), ("other", 6)),
}
"""Printed levels and counts; the three schedules' last two are 5 mg 23 % and the rest."""

FLAGS: dict[str, int] = {
    "therapy_related": 61,
    "rbc_td": 353,
    "esa_before": 155,
    "hma_before": 13,
    "len_esa_combination": 8,
}

RESPONDERS = {"no_response": 0, "loss_hi": 152, "intolerance": 35, "progression": 23}
"""Printed 152 and 23; the 35 intolerant responders follow from 210 in all."""

COMPLEX_RESPONDERS = 10
EXCESS_IN_RAEB, EXCESS_OUTSIDE = 72, 15
"""Excess of blasts at lenalidomide initiation by RAEB-1 at diagnosis: assumed."""

TREATMENT_IN_PROGRESSION = {"bsc": 5, "chemo": 12, "hma": 18, "esa": 0, "allo": 1, "other": 0}
"""First treatments of the 43 patients with progression: hma is printed, the rest assumed."""

ESA_AGAIN = 10
TP53 = {"mutated": 7, "wildtype": 32}
TP53_HMA, TP53_HMA_RESPONDERS, TP53_BRIDGED, TP53_ALLO_FIRST = 5, 4, 3, 2
ALLO_LATER = 18
CYTO_YES, CYTO_NO = 83, 124
CYTO_NO_IN_RESPONDERS = 37
COMORBIDITY_KNOWN = 95
DEATHS = 222
AML_AFTER = 109
AZACITIDINE = 65
HMA_EVALUABLE, HMA_RESPONDERS, HMA_CR_PR = 71, 32, 11
CHEMO_EVALUABLE, CHEMO_CR = 12, 3
ESA_EVALUABLE, ESA_RESPONDERS = 18, 2
OTHER_AGENTS = (
    ("thalidomide", 4),
    ("atg", 3),
    ("danazol", 1),
    ("ruxolitinib", 1),
    ("clinical_trial", 4),
)

AGE_POINTS = (
    (0.0, 37.0),
    (0.02, 43.5),
    (0.08, 52.0),
    (0.25, 62.5),
    (0.5, 70.5),
    (0.68, 75.0),
    (0.9, 82.5),
    (0.99, 89.5),
    (1.0, 95.99),
)
AGE_MIN, AGE_MAX, AGE_ALLO_MAX = 37, 95, 70

DAYS_PER_MONTH = 30.4375

LEN_MONTHS_POINTS = {
    "no_response": ((0, 1.0), (0.1, 2.4), (0.5, 5.0), (0.6, 6.1), (0.8, 9.0), (0.95, 16), (1, 30)),
    "loss_hi": ((0, 3.5), (0.05, 6.3), (0.2, 10), (0.5, 17.0), (0.75, 26), (0.95, 45), (1, 68.0)),
    "intolerance": ((0, 1.0), (0.25, 2.2), (0.5, 4.0), (0.65, 6.2), (0.8, 14), (1, 40)),
    "progression": ((0, 1.3), (0.25, 3.9), (0.5, 7.0), (0.75, 16), (1, 44)),
}
DIAGNOSIS_MONTHS_POINTS = ((0, 1.0), (0.25, 9.0), (0.5, 26.0), (0.75, 52.0), (0.95, 105), (1, 190))


def scale_count(count: int, n_patients: int) -> int:
    """Scale a count of the paper to another cohort size, rounding half up.

    Examples
    --------
    >>> scale_count(222, 392), scale_count(222, 784)
    (222, 444)
    """
    return (2 * count * n_patients + N_PAPER) // (2 * N_PAPER)


def scale_levels(variable: str, n_patients: int) -> tuple[int, ...]:
    """Scale the levels of a variable so that they add up to `n_patients`.

    Parameters
    ----------
    variable : str
        A key of ``LEVELS``.
    n_patients : int
        Cohort size.

    Returns
    -------
    tuple of int
        Counts in the order of the levels, by largest remainders.

    Examples
    --------
    >>> scale_levels("sex", 100)
    (66, 34)
    """
    products = np.array([count * n_patients for _, count in LEVELS[variable]])
    counts, remainders = products // N_PAPER, products % N_PAPER
    missing = n_patients - int(counts.sum())
    counts[np.argsort(-remainders, kind="stable")[:missing]] += 1
    return tuple(int(count) for count in counts)


def level_code(variable: str, level: str) -> int:
    """Return the integer code of a level, its place in ``LEVELS``.

    Examples
    --------
    >>> level_code("del5q_group", "complex")
    2
    """
    return [name for name, _ in LEVELS[variable]].index(level)
