"""Settle the courses before failure and the leukaemias after it, once survival is settled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from helpers.cohort.synthetic import margins, targets
from helpers.cohort.synthetic.covariates import Patients
from helpers.cohort.synthetic.margins import DAYS_PER_MONTH, level_code
from helpers.cohort.synthetic.outcomes import draw_lengths, draw_leukaemia
from helpers.cohort.synthetic.streams import Stream

COURSE_GROUPS = (
    "all", "responders", "non_responders", "no_response", "loss_hi", "intolerance", "progression",
    "esa_before", "no_esa_before",
)  # fmt: skip
LENGTH_MEDIANS = (
    ("all", 9.45, 9.55),
    ("responders", 16.5, 17.5),
    ("no_response", 4.5, 5.5),
    ("loss_hi", 16.5, 17.5),
    ("intolerance", 3.5, 4.5),
    ("progression", 6.5, 7.5),
)
SURVIVAL_MEDIANS = (
    ("responders", 49.5, 50.5, 0),
    ("non_responders", 27.5, 28.5, 0),
    ("esa_before", 81.5, 82.5, 1),
    ("no_esa_before", 76.5, 77.5, 1),
)
"""Group, rounding interval in months, 1 from diagnosis or 0 from the start of lenalidomide."""
SURVIVAL_TESTS = (
    ("responders", "non_responders", 0.0, 0.0008, 0),
    ("esa_before", "no_esa_before", 0.155, 0.165, 1),
)

LEUKAEMIA_TERMS = (
    ("complex", 2.35, 8.0),
    ("raeb", 2.35, 8.0),
    ("hma_before", 2.35, 8.0),
    ("esa_before", -1.2, 1.2),
    ("old", -1.2, 1.2),
    ("responders", -1.3, 1.3),
    ("len6", -1.6, 1.6),
)
"""Terms of the model of leukaemia and the interval of z: clearly significant, or clearly not."""
LEUKAEMIA_LEN6_ALONE = (-6.0, -2.3)
LEUKAEMIA_TWO_YEARS = (0.335, 0.345)


def assign_lengths(patients: Patients, stream: Stream) -> None:
    """Deal durations of lenalidomide out so that they agree with ``len6``.

    Parameters
    ----------
    patients : dict of str to ndarray
        Coded columns; ``len_days`` is drawn anew within each type of failure.
    stream : Stream
        Random numbers.
    """
    for level, points in margins.LEN_MONTHS_POINTS.items():
        group = patients["fail"] == level_code("failure_type", level)
        values = np.sort(draw_lengths(int(group.sum()), points, stream))
        long = group & (patients["len6"] == 1)
        short = group & (patients["len6"] == 0)
        n_short = int(short.sum())
        patients["len_days"][short] = values[:n_short][stream.order(n_short)]
        patients["len_days"][long] = values[n_short:][stream.order(len(values) - n_short)]


def settle_courses(patients: Patients, settings: Mapping[str, Any], seed: int) -> float:
    """Search durations of lenalidomide and times from diagnosis; return the loss left.

    Parameters
    ----------
    patients : dict of str to ndarray
        Coded columns; ``len_days`` and ``dx_days`` are changed in place.
    settings : mapping
        Section ``courses`` of the configuration.
    seed : int
        Of the compiled generator.
    """
    from helpers.cohort.synthetic.refinement import Course, refine_course

    days = patients["t"].astype(np.int64)
    edge = settings["edge"]
    length = patients["len_days"].astype(np.int64)
    before = patients["dx_days"].astype(np.int64)
    course = Course(
        length=length,
        before=before,
        days=days,
        event=patients["dead"].astype(np.int64),
        fail=patients["fail"].astype(np.int64),
        response=patients["resp"].astype(np.int64),
        esa=patients["esa_before"].astype(np.int64),
        mask=_mask_course_groups(patients),
        from_start=days + length,
        from_diagnosis=days + length + before,
        order_start=np.argsort(days + length, kind="stable"),
        order_diagnosis=np.argsort(days + length + before, kind="stable"),
        medians=_make_rows(LENGTH_MEDIANS, edge),
        curves=_make_rows(SURVIVAL_MEDIANS, edge),
        tests=np.array(
            [
                (
                    COURSE_GROUPS.index(first),
                    COURSE_GROUPS.index(second),
                    *targets.chi_square_bounds(low, high, edge),
                    origin,
                )
                for first, second, low, high, origin in SURVIVAL_TESTS
            ]
        ),
        outside=float(settings["outside"]),
    )
    random = np.array([seed], dtype=np.uint64)
    loss = refine_course(course, random, settings["steps"], settings["hot"], settings["cold"])
    patients["len_days"], patients["dx_days"] = length, before
    return float(loss)


def settle_leukaemia(patients: Patients, settings: Mapping[str, Any], seed: int) -> float:
    """Search days of leukaemia and who had earlier treatment; return the loss left.

    Parameters
    ----------
    patients : dict of str to ndarray
        Coded columns; ``aml`` and ``hma_before`` are changed in place.
    settings : mapping
        Section ``leukaemia`` of the configuration.
    seed : int
        Of the generators.
    """
    from helpers.cohort.synthetic.refinement import Leukaemia, refine_leukaemia

    draw_leukaemia(patients, Stream(seed, 3))
    able = patients["fail"] != level_code("failure_type", "progression")
    part = {name: values[able].astype(np.int64) for name, values in patients.items()}
    n = int(able.sum())
    columns = {
        "complex": part["karyo"] == 2,
        "old": part["age"] >= 75,
        "responders": part["resp"] == 1,
    }
    bits = np.zeros(n, dtype=np.int64)
    for place, (name, _, _) in enumerate(LEUKAEMIA_TERMS):
        bits |= columns.get(name, part.get(name, np.zeros(n)) == 1).astype(np.int64) << place
    bounds = [(low, high) for _, low, high in LEUKAEMIA_TERMS]
    state = Leukaemia(
        aml=part["aml"],
        days=part["t"],
        bits=bits,
        event=np.zeros(n, dtype=np.int64),
        time=part["t"].copy(),
        order=np.argsort(part["t"], kind="stable"),
        mask=np.ones(n, dtype=np.uint64),
        single=part["len6"],
        targets=np.array([*bounds, LEUKAEMIA_LEN6_ALONE]),
        outside=float(settings["outside"]),
        probability=np.array(targets.narrow(*LEUKAEMIA_TWO_YEARS, settings["edge"])),
        limit=float(settings["limit"]),
    )
    random = np.array([seed], dtype=np.uint64)
    loss = refine_leukaemia(state, random, settings["steps"], settings["hot"], settings["cold"])
    patients["aml"][able] = state.aml
    hma = [name for name, _, _ in LEUKAEMIA_TERMS].index("hma_before")
    patients["hma_before"][able] = (state.bits >> hma) & 1
    return float(loss)


def _mask_course_groups(patients: Patients) -> np.ndarray:
    members = {
        "all": np.ones(len(patients["t"]), dtype=bool),
        "responders": patients["resp"] == 1,
        "non_responders": patients["resp"] == 0,
        "esa_before": patients["esa_before"] == 1,
        "no_esa_before": patients["esa_before"] == 0,
    }
    for level in margins.LEN_MONTHS_POINTS:
        members[level] = patients["fail"] == level_code("failure_type", level)
    mask = np.zeros(len(patients["t"]), dtype=np.uint64)
    for bit, name in enumerate(COURSE_GROUPS):
        mask |= members[name].astype(np.uint64) << np.uint64(bit)
    return mask


def _make_rows(rows: tuple[tuple, ...], edge: float) -> np.ndarray:
    made = []
    for name, low, high, *origin in rows:
        low_days, high_days = (bound * DAYS_PER_MONTH for bound in targets.narrow(low, high, edge))
        made.append((COURSE_GROUPS.index(name), low_days, high_days, *origin))
    return np.array(made, dtype=float)
