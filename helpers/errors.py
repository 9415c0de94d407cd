"""The errors that a user of the report can cause, each worded for that user."""

from __future__ import annotations

from collections.abc import Sequence


class LenfailError(Exception):
    """Base of all errors that are reported in one sentence, without a traceback."""

    exit_code = 2


class ParameterError(LenfailError, ValueError):
    """A parameter has an unknown name, a wrong type or a value out of its domain."""


class DataError(LenfailError, ValueError):
    """The patients' data break a rule of the data dictionary."""


class StatisticsError(LenfailError, ValueError):
    """An estimator was given data that it cannot be defined on."""


class NotComputableError(LenfailError):
    """An analysis lacks a column or patients; the report says so and goes on."""


class BuildError(LenfailError):
    """A report could not be built."""


class FaultsError(LenfailError):
    """Several faults found together.

    Parameters
    ----------
    heading : str
        One line that says what was being checked.
    faults : sequence of str
        One sentence for each fault.
    """

    def __init__(self, heading: str, faults: Sequence[str]) -> None:
        self.heading = heading
        self.faults = tuple(faults)
        super().__init__("\n".join([heading, *(f"  - {fault}" for fault in self.faults)]))
