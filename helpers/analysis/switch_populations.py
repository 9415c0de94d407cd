"""The patients behind a comparison with a group that is joined after time zero."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.analysis.populations import EVERYONE, Population
from helpers.analysis.switch_data import SwitchData
from helpers.stats.treatment.switching import SwitchRecords


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """How many patients and events one estimate compares.

    Attributes
    ----------
    key : str
        Of the estimate.
    n, events : int
        Patients, and events among them.
    n_exposed, events_exposed : int
        Of these in the group.
    """

    key: str
    n: int
    events: int
    n_exposed: int
    events_exposed: int


def list_switch_populations(
    compared: Sequence[Compared], data: SwitchData, set_id: str, *, margin: tuple[str, str]
) -> Iterator[Population]:
    """Yield the patients of each estimate: of landmarks one within the other.

    Parameters
    ----------
    compared : sequence of Compared
        The naive estimate first, then the landmarks in their order.
    data : SwitchData
        Who is compared, and how many are left out.
    set_id : str
        Beginning of the results' ids.
    margin : tuple of (str, str)
        Column and level of the group.
    """
    before = "naive"
    for one in compared:
        total = {"naive": EVERYONE, "adjusted": "time_varying"}.get(one.key, before)
        total = "naive" if one.key == "time_varying" else total
        before = one.key if one.key.startswith("landmark_") else before
        tests = (f"{set_id}.mantel_byar",) * (one.key == "time_varying")
        yield Population(
            key=one.key,
            n=one.n,
            events=one.events,
            parts_of=((total, "compared" if total == EVERYONE else one.key),),
            is_whole=one.key == "naive",
            counted_by=(f"{set_id}.{one.key}.hr", *tests),
        )
        yield from _list_arms(one, set_id, margin)
    for name, count in (("unknown", data.n_unknown), ("undated", data.n_undated)):
        if count:
            yield Population(key=name, n=count, parts_of=((EVERYONE, "compared"),))


def _list_arms(one: Compared, set_id: str, margin: tuple[str, str]) -> Iterator[Population]:
    """Yield who is in the group and who is not; of these only the first number is printed."""
    is_naive = one.key == "naive"
    hr = f"{set_id}.{one.key}.hr"
    behind = [hr]
    if one.key == "time_varying":
        behind += [f"{set_id}.mantel_byar", f"{set_id}.before.median", f"{set_id}.after.median"]
    inside = ((one.key, "arms"),) + ((("naive/exposed", one.key),) if not is_naive else ())
    yield Population(
        key=f"{one.key}/exposed",
        n=one.n_exposed,
        events=one.events_exposed,
        parts_of=inside,
        events_printed="here" if is_naive else "nowhere",
        margin=margin if is_naive else None,
        counted_by=(f"{set_id}.immortal",) if is_naive else (),
        behind=tuple(behind),
    )
    yield Population(
        key=f"{one.key}/others",
        n=one.n - one.n_exposed,
        events=one.events - one.events_exposed,
        parts_of=((one.key, "arms"),),
        printed="here" if is_naive else "nowhere",
        events_printed="here" if is_naive else "nowhere",
        behind=tuple(behind),
    )


def tabulate_entries(records: SwitchRecords) -> pd.DataFrame:
    """Return when patients enter each of the two curves: group, time_months, n_entered."""
    frames = []
    for key, side in (("before", False), ("after", True)):
        entry = records.outcome.entry_months[records.exposed == side]
        times, counts = np.unique(entry, return_counts=True)
        frames.append(pd.DataFrame({"group": key, "time_months": times, "n_entered": counts}))
    return pd.concat(frames, ignore_index=True)
