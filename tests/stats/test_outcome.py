"""The input guard: every fault is named with its column, its count and what was understood."""

import datetime

import numpy as np
import pandas as pd
import pytest
from reference_files import read_data

from helpers.errors import StatisticsError
from helpers.stats.grouping import check_group
from helpers.stats.outcome import (
    check_competing_outcome,
    check_events_within_follow_up,
    check_survival_outcome,
)
from helpers.stats.time_axis import merge_near_ties

NAMES = {"time_name": "os_months", "event_name": "dead"}


@pytest.mark.parametrize(
    "event",
    [
        [True, False, True],
        [1, 0, 1],
        [1.0, 0.0, 1.0],
        np.array([1, 0, 1], dtype=np.uint8),
        pd.Series([1, 0, 1], dtype="Int64"),
        pd.Series([True, False, True], dtype="boolean"),
        np.array([True, False, 1], dtype=object),
    ],
)
def test_every_spelling_of_an_event_column(event):
    outcome = check_survival_outcome([1, 2, 3], event)
    assert outcome.event.tolist() == [True, False, True]
    assert outcome.event.dtype == bool
    assert outcome.warnings == ()


@pytest.mark.parametrize(
    ("event", "message"),
    [
        (
            [1, 2, 2, 2],
            r"dead must be 0 \(censored\) or 1 \(event\), or true or false, but was 2 \(3 times\), "
            r"1 \(once\); if 2 marks the event, pass `dead == 2`",
        ),
        ([2, 2, 2, 2], "if 2 marks the event"),
        ([0, -1, 1, 0], "pass `dead == 1` if 1 marks the event"),
        ([0, 1, 2, 1], "several kinds of event need check_competing_outcome"),
        ([10.5, 20, 30, 41], "this is os_months itself: pass the column of events"),
        ([12, 24, 36, 48], "these look like durations: os_months and dead may have been exchanged"),
        ([0, 1, np.nan, None], "dead must be known for each patient, but was missing for 2 of 4"),
        (
            ["dead", "alive", "dead", "dead"],
            r"but was text: 'dead' \(3 times\), 'alive' \(once\); say which text is the event, for "
            "instance `dead == 'dead'`",
        ),
        (["1", "0", "1", "1"], "but was text: '1'"),
        (pd.Series(["yes", None, "no", "no"]), "but was text: 'no'"),
        ([1, 0, 1], "dead must be a column of 4 values like os_months, but was 3 long"),
        ([[1, 0], [0, 1]], r"dead must be one column of numbers, but was an array of shape"),
        (
            np.array(["2020-01-01"] * 4, dtype="datetime64[D]"),
            "dead must be a column of numbers, but was .* convert the dates first",
        ),
    ],
)
def test_faults_of_event_columns(event, message):
    with pytest.raises(StatisticsError, match=message):
        check_survival_outcome([10.5, 20, 30, 41], event, **NAMES)


@pytest.mark.parametrize(
    ("time", "message"),
    [
        ([], r"os_months must be a column with at least one patient, but was \[\]"),
        ([1, 2, -0.5], r"zero or later, but was negative for 1 of 3 patients \(lowest -0.5\)"),
        ([1, np.nan, np.inf], "but was missing for 1 and infinite for 1 of 3"),
        (["1", "2", "3"], "os_months must be a column of numbers, but was '1'"),
        ([True, False, True], "times and events seem to have been exchanged"),
        (
            [datetime.date(2020, 1, 1)] * 3,
            r"os_months must be a column of numbers, but was datetime.date\(2020, 1, 1\)",
        ),
        (pd.to_timedelta([1, 2, 3], unit="D"), "convert the durations first"),
    ],
)
def test_faults_of_time_columns(time, message):
    with pytest.raises(StatisticsError, match=message):
        check_survival_outcome(time, [1, 0, 1], **NAMES)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ([0, 2, 0], "entry must be before os_months, but was equal or later for 1 of 3 patients"),
        ([0, np.nan, 0], "was missing or infinite for 1 of 3; give 0 to patients followed"),
        ([0, 1], "entry must be a column of 3 values like os_months"),
        ([0, 2 - 1e-12, 0], "but was equal to it for 1 of 3 patients"),
    ],
)
def test_faults_of_entry_times(entry, message):
    with pytest.raises(StatisticsError, match=message):
        check_survival_outcome([1, 2, 3], [1, 0, 1], entry=entry, **NAMES)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([1, -1, 1], r"weights must be finite and not negative, but was -1 \(once\)"),
        ([1, np.inf, 1], "weights must be finite"),
        ([0, 0, 0], "but was 0 for all 3"),
        ([1, 1], "weights must be a column of 3 values"),
    ],
)
def test_faults_of_weights(weights, message):
    with pytest.raises(StatisticsError, match=message):
        check_survival_outcome([1, 2, 3], [1, 0, 1], weights=weights)


def test_reversed_coding_is_suspected_from_the_times():
    """Patients are followed for 60 months: the censored are those with the longest times."""
    rng = np.random.default_rng(1)
    death = rng.exponential(40, 200)
    time, dead = np.minimum(death, 60), death < 60
    assert check_survival_outcome(time, dead).warnings == ()
    (warning,) = check_survival_outcome(time, ~dead, **NAMES).warnings
    n_alive = int((~dead).sum())
    assert f"dead looks reversed, for the censored times come before the events; {n_alive}" in (
        warning
    )


@pytest.mark.parametrize("name", ["alive", "Censored", "survival_status"])
def test_reversed_coding_is_suspected_from_the_name(name):
    (warning,) = check_survival_outcome([1, 2], [1, 0], event_name=name).warnings
    assert "sounds as if 1 meant censored; 1 events among 2 patients were understood" in warning


@pytest.mark.parametrize(
    ("data", "time", "event"),
    [
        ("veteran", "time", "status"),
        ("colon_death", "time", "status"),
        ("colon_recurrence", "time", "status"),
        ("mgus2", "futime", "death"),
        ("ovarian", "futime", "fustat"),
        ("kidney", "time", "status"),
    ],
)
def test_sound_data_sets_pass_without_a_warning(data, time, event):
    frame = read_data(data)
    assert check_survival_outcome(frame[time], frame[event]).warnings == ()


@pytest.mark.parametrize(
    ("event", "warning"),
    [
        ([0, 0, 0], "event is never 1: no event among 3 patients"),
        ([1, 1, 1], "event is always 1: none of 3 patients is censored"),
    ],
)
def test_constant_event_columns_are_stated(event, warning):
    assert check_survival_outcome([1, 2, 3], event).warnings == (warning,)


def test_arrays_of_an_outcome_cannot_be_changed():
    times = np.array([1.0, 2.0])
    outcome = check_survival_outcome(times, [1, 0])
    with pytest.raises(ValueError, match="read-only"):
        outcome.time_months[0] = 9.0
    times[0] = 1.5
    assert times[0] == 1.5


def test_selection_keeps_columns_together():
    outcome = check_survival_outcome([3, 4, 5], [1, 0, 1], entry=[0, 1, 2], weights=[1, 2, 3])
    part = outcome.select(np.array([False, True, True]))
    assert part.time_months.tolist() == [4, 5]
    assert part.event.tolist() == [False, True]
    assert part.entry_months.tolist() == [1, 2]
    assert part.weights.tolist() == [2, 3]
    assert (part.n_subjects, part.n_events) == (2, 1)


def test_near_ties_follow_the_rule_of_r():
    """The tolerance is 1.49e-8, absolute or as a share of the mean distinct time."""
    merged, _ = merge_near_ties(np.array([1.0, 1.0 + 1e-8, 1.0 + 1e-7]), None)
    assert merged.tolist() == [1.0, 1.0, 1.0 + 1e-7]
    merged, _ = merge_near_ties(np.array([1000.0, 1000.0 + 1e-5, 1000.1]), None)
    assert merged.tolist() == [1000.0, 1000.0, 1000.1]


def test_times_without_near_ties_are_untouched():
    times = np.array([1.0, 2.0])
    assert merge_near_ties(times, None)[0] is times


def test_competing_outcome():
    outcome = check_competing_outcome([1, 2, 3, 4], [0, 1, 2, 1.0])
    assert outcome.event_code.tolist() == [0, 1, 2, 1]
    assert (outcome.n_subjects, outcome.n_events, outcome.warnings) == (4, 3, ())
    assert outcome.select(np.array([1, 2])).event_code.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (["aml", "death", "", "aml"], "event_code must be .* but was text: 'aml'"),
        ([0, 1, None, 2], "was missing for 1 of 4"),
        ([0, 1, 0.5, 2], r"2 to 9 \(competing events\), but was"),
        ([0, 100, 200, 300], "if these are times, event_code and time_months were exchanged"),
        ([1, 2, 3, 1], "if 1 marks the censored, pass `event_code - 1`"),
        ([0, 1], "event_code must be a column of 4 values"),
    ],
)
def test_faults_of_competing_codes(code, message):
    with pytest.raises(StatisticsError, match=message):
        check_competing_outcome([1, 2, 3, 4], code)


@pytest.mark.parametrize(
    ("code", "warning"),
    [
        ([0, 1, 1], "event_code holds no competing event: 1 (2 times), 0 (once)"),
        (
            [1, 2, 2],
            "event_code is never 0: all 3 patients are taken to have had an event "
            "(2 (2 times), 1 (once))",
        ),
    ],
)
def test_odd_competing_codes_are_stated(code, warning):
    assert check_competing_outcome([1, 2, 3], code).warnings == (warning,)


def test_event_after_last_contact():
    columns = {"event_time_name": "aml_months", "last_contact_name": "follow_up_months"}
    check_events_within_follow_up([5, None, 7], [5, 3, 8], **columns)
    with pytest.raises(
        StatisticsError,
        match=r"aml_months must be no later than follow_up_months, but was later or without it in "
        r"2 of 3 events \(by up to 1.5\)",
    ):
        check_events_within_follow_up([5, 7.5, 7], [5, 6, None], **columns)


def test_groups_are_sorted_or_in_declared_order():
    assert check_group([3, 1, 2, 1], 4).levels == (1, 2, 3)
    assert check_group(["b", "a"], 2).levels == ("a", "b")
    assert check_group([True, False], 2).levels == (False, True)
    declared = pd.Categorical(["b", "a"], categories=["b", "a"])
    assert check_group(declared, 2).levels == ("b", "a")
    assert check_group(pd.Series(declared), 2).codes.tolist() == [0, 1]
    assert check_group(np.array(["b", 1], dtype=object), 2).levels == (1, "b")


def test_group_that_is_all_one_level():
    with pytest.raises(
        StatisticsError,
        match="failure must be a column of at least 2 levels with patients, but was 'late' for all "
        "2 patients; there is nothing to compare",
    ):
        check_group(["late", "late", None], 3, name="failure")
