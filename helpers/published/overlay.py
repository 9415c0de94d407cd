"""Published medians and probabilities as points to be drawn over a curve."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import pandas as pd

import helpers
from helpers.published.entries import Entry, Ledger
from helpers.published.ledger import read_ledger

LEDGER = Path(helpers.__file__).parents[1] / "params" / "published_values.yml"


@dataclass(frozen=True, slots=True)
class PublishedPoint:
    """A published median or probability, to be drawn over a curve.

    Attributes
    ----------
    group : str
        Key of the curve's group.
    time_months : float
        A median's value, or a probability's horizon.
    probability : float
        0.5 for a median, else the printed probability, 0 to 1.
    lower_months, upper_months : float or None
        Printed interval of a median.
    label : str
        The printed text with its place.
    """

    group: str
    time_months: float
    probability: float
    lower_months: float | None
    upper_months: float | None
    label: str


def find_published_points(ledger: Ledger, set_id: str) -> tuple[PublishedPoint, ...]:
    """Return the printed medians and probabilities of a set of survival curves.

    Parameters
    ----------
    ledger : Ledger
        Its entries name results ``{set_id}.{group}.median`` and
        ``{set_id}.{group}.prob_{months}m``.
    set_id : str
        E.g. ``os.failure``.
    """
    points = (_make_point(ledger, entry, set_id) for entry in ledger.list_estimates())
    return tuple(point for point in points if point is not None)


def _make_point(ledger: Ledger, entry: Entry, set_id: str) -> PublishedPoint | None:
    parent, _, name = entry.result.rpartition(".")
    owner, _, group = parent.rpartition(".")
    if owner != set_id:
        return None
    label = f"{entry.printed} ({entry.place})"
    value = float(entry.number)
    if name == "median":
        return PublishedPoint(group, value, 0.5, *ledger.limits_of(entry), label)
    if name.startswith("prob_"):
        months = float(name.removeprefix("prob_").removesuffix("m"))
        return PublishedPoint(group, months, value / 100, None, None, label)
    return None


def find_published_ratios(
    set_id: str, *, is_published: bool, ledger: Path = LEDGER
) -> dict[str, float]:
    """Return the printed hazard ratios of a model, to be marked in figures.

    Parameters
    ----------
    set_id : str
        E.g. ``cox.full``.
    is_published : bool
        Whether the patients have what the publication is about; else there are none.
    ledger : pathlib.Path
        File of the published numbers.

    Returns
    -------
    dict of str to float
        By factor and level, ``age_75.yes``; the first where several are printed.
    """
    found: dict[str, float] = {}
    if is_published and ledger.is_file():
        for entry in read_ledger(ledger).list_estimates():
            name = entry.result.removeprefix(f"{set_id}.")
            if entry.kind == "hazard_ratio" and name != entry.result:
                found.setdefault(name, float(entry.number))
    return found


def tabulate_published_points(set_id: str, *, ledger: Path = LEDGER) -> pd.DataFrame:
    """Return the published points of a set of curves as a frame, for a figure.

    Parameters
    ----------
    set_id : str
        E.g. ``os.failure``.
    ledger : pathlib.Path
        File of the published numbers; without it the frame is empty.

    Returns
    -------
    pandas.DataFrame
        A row for each point, columns as of :class:`PublishedPoint`.
    """
    points: Iterable[PublishedPoint] = ()
    if ledger.is_file():
        points = find_published_points(read_ledger(ledger), set_id)
    names = [field.name for field in fields(PublishedPoint)]
    return pd.DataFrame([asdict(point) for point in points], columns=names)
