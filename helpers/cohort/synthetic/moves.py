"""Changes of one or two patients that the search proposes, compiled.

Every change keeps all printed counts: values are swapped between patients, never redrawn.
The columns are those of ``targets.ATTRIBUTES``.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from helpers.cohort.synthetic.compiled_math import next_below, next_uniform
from helpers.cohort.synthetic.targets import ATTRIBUTES

AGE, SEX, REGION, SOURCE, RAEB, EXCESS, IPSS, KARYO, THERAPY, TD, ESA = range(11)
SCHEDULE, FAIL, RESP, LEN6, CYTO, TP53, TX, LATER, COMPLEX, ALLO = range(11, 21)
N_SWAPPED = COMPLEX

MIN_SURVIVOR_DAYS, MAX_DAYS = 154, 2652
MAX_SHARED_DAY = 3
_SPANS = np.array([2, 8, 30, 120, 500])
_OLD_RANGE = (112, 140)
_EXCESS_RANGE = ((8, 24), (62, 84))

_BUNDLES = (
    ("age",), ("age",), ("sex",), ("region",), ("source",), ("raeb",), ("excess",), ("excess",),
    ("ipss",), ("karyo", "ipss"), ("therapy_related",), ("rbc_td",), ("esa_before",),
    ("schedule",), ("fail", "resp", "len6", "cyto"), ("fail", "resp", "len6"), ("fail",),
    ("resp", "cyto"), ("resp",), ("len6",), ("cyto",), ("tp53",), ("tp53", "tx", "later"),
    ("tx", "later"), ("tx",), ("later",), ("raeb", "excess"), ("raeb", "excess", "ipss"),
    ("karyo", "raeb", "excess", "ipss"), ("fail", "resp", "len6", "cyto", "tx", "later", "tp53"),
    ("tx", "later", "tp53", "age"), ("age", "raeb", "excess"), ("fail", "tx", "later", "tp53"),
    ("karyo", "ipss", "resp", "fail", "len6", "cyto"), ("esa_before", "tx", "later"),
    ("tx", "later", "tp53", "fail", "resp", "len6", "cyto", "age"), ("len6", "cyto"),
)  # fmt: skip


def make_bundle_table() -> np.ndarray:
    """Bundles of attributes that are swapped together, shape (n_bundles, n_attributes)."""
    table = np.zeros((len(_BUNDLES), len(ATTRIBUTES)), dtype=np.bool_)
    for row, names in enumerate(_BUNDLES):
        for name in names:
            table[row, ATTRIBUTES.index(name)] = True
    return table


@njit(cache=True)
def derive(row):
    """Fill the derived attributes of one patient."""
    row[COMPLEX] = 1 if row[KARYO] == 2 else 0
    row[ALLO] = 1 if row[TX] == 4 or row[LATER] == 1 else 0


@njit(cache=True)
def is_coherent(row, day, dead):
    """Whether a patient's values go together."""
    if not dead and day < MIN_SURVIVOR_DAYS:
        return False
    if (row[FAIL] == 1 and row[RESP] == 0) or (row[FAIL] == 0 and row[RESP] == 1):
        return False
    if (row[RAEB] == 1 and row[KARYO] == 2) or (row[CYTO] == 1 and row[RESP] == 0):
        return False
    if row[IPSS] == 0 and (row[RAEB] == 1 or row[KARYO] == 1 or row[KARYO] == 2):
        return False
    if row[FAIL] == 3 and row[TX] == 3:
        return False
    return is_transplant_coherent(row, day)


@njit(cache=True)
def is_transplant_coherent(row, day):
    """Whether a transplant goes with age, treatment and survival."""
    if row[LATER] == 1:
        salvage = row[TX] == 1 or row[TX] == 2 or row[TX] == 3 or row[TX] == 5
        return salvage and row[AGE] <= 70 and day >= 150
    return not (row[TX] == 4 and (row[AGE] > 70 or day < 45))


@njit(cache=True)
def signature(row):
    """Pack the joint counts that must not change, two binary digits each."""
    mutated = row[TP53] == 1
    flags = (
        (row[COMPLEX] == 1 and row[RESP] == 1),
        (row[TX] == 2 and row[FAIL] == 3),
        (row[TX] == 1 and row[FAIL] == 3),
        (row[TX] == 0 and row[FAIL] == 3),
        (row[TX] == 3 and row[ESA] == 1),
        (row[RAEB] == 1 and row[EXCESS] == 1),
        (row[LEN6] == 1 and row[FAIL] == 0),
        (row[LEN6] == 1 and row[FAIL] == 1),
        (row[LEN6] == 1 and row[FAIL] == 2),
        (row[LEN6] == 1 and row[FAIL] == 3),
        (row[RESP] == 1 and row[FAIL] == 2),
        (row[RESP] == 1 and row[FAIL] == 3),
        (mutated and row[TX] == 2),
        (mutated and row[TX] == 4),
        (mutated and row[LATER] == 1),
        (row[RESP] == 1 and row[CYTO] == 0),
    )
    total = 0
    for flag in flags:
        total = total * 4 + (1 if flag else 0)
    return total


@njit(cache=True)
def count_locked_deaths(row, dead):
    """Pack the deaths after progression, with complex karyotype and of 75+; they must not change.

    Their numbers decide the standard errors of the printed hazard ratios.
    """
    return dead * (16 * (row[AGE] >= 75) + 4 * (row[FAIL] == 3) + (row[KARYO] == 2))


@njit(cache=True)
def shift_day(random, days, shared, i):
    """Move one patient's time by up to a few weeks."""
    span = _SPANS[next_below(random, len(_SPANS))]
    day = days[i] + (1 + next_below(random, span)) * (1 if next_uniform(random) < 0.5 else -1)
    if day < 1 or day > MAX_DAYS or shared[day] >= MAX_SHARED_DAY:
        return False
    shared[days[i]] -= 1
    shared[day] += 1
    days[i] = day
    return True


@njit(cache=True)
def swap_outcomes(days, event, i, j, whole):
    """Exchange two patients' deaths, and where ``whole`` their times as well."""
    if whole:
        days[i], days[j] = days[j], days[i]
    differs = event[i] != event[j]
    event[i], event[j] = event[j], event[i]
    return i != j and (whole or differs)


@njit(cache=True)
def swap_bundle(table, bundle, i, j):
    """Exchange a bundle of attributes; False where the two patients agree on it."""
    differs = False
    for column in range(N_SWAPPED):
        if bundle[column] and table[i, column] != table[j, column]:
            table[i, column], table[j, column] = table[j, column], table[i, column]
            differs = True
    return differs


@njit(cache=True)
def nudge_ages(table, i, j):
    """Make one patient a year older and another younger; keep range, median and count 75+."""
    up, down = table[i, AGE] + 1, table[j, AGE] - 1
    if i == j or table[i, AGE] <= 38 or up >= 94 or down <= 38 or table[j, AGE] >= 95:
        return False
    table[i, AGE], table[j, AGE] = up, down
    old, below, upto = 0, 0, 0
    for patient in range(len(table)):
        old += table[patient, AGE] >= 75
        below += table[patient, AGE] < 70
        upto += table[patient, AGE] <= 70
    half = len(table) // 2
    return _OLD_RANGE[0] <= old <= _OLD_RANGE[1] and below < half - 1 and upto > half + 1


@njit(cache=True)
def flip_excess(table, i):
    """Change one patient's excess of blasts within the assumed agreement with RAEB-1."""
    table[i, EXCESS] = 1 - table[i, EXCESS]
    agreement = _EXCESS_RANGE[table[i, RAEB]]
    count = 0
    for patient in range(len(table)):
        count += table[patient, RAEB] == table[i, RAEB] and table[patient, EXCESS] == 1
    return agreement[0] <= count <= agreement[1]
