"""Characteristics of the patients of several centres, and of all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from helpers.results import Result, ResultSet

ALL = "all"
_ALL_LABEL = "All centres"


def pool_characteristics(
    centres: Mapping[str, ResultSet], *, set_id: str, title: str, shown: Sequence[str] | None = None
) -> ResultSet:
    """Put the characteristics of several centres beside each other.

    Parameters
    ----------
    centres : mapping of str to ResultSet
        Characteristics sets by the centre's label, counts protected.
    set_id, title : str
        Of the new set.
    shown : sequence of str, optional
        Centres that have a column; all of them count in the first one.

    Returns
    -------
    ResultSet
        ``<id>.all.<variable>.<level>`` is the sum of the printed counts, over the printed
        denominators of the centres that print the count; of a number ``<id>.all.<variable>``
        is the mean of the centres' means, weighted by the patients of whom it is known. Its
        meta ``is_partial`` says whether some centre's count is missing from a sum.
    """
    names = list(centres if shown is None else shown)
    rows = _join_rows(centres.values())
    if rows.empty:
        reason = "no centre shows its patients' characteristics"
        return ResultSet.omitted(set_id, reason, meta={"title": title})
    groups = {ALL: _ALL_LABEL} | {f"c{number}": name for number, name in enumerate(names, 1)}
    results: dict[str, Result] = {}
    is_partial = False
    for name in _list_names(rows):
        found = {label: one.find(name) for label, one in centres.items()}
        pooled, partial = _pool(list(found.values()), f"{set_id}.{ALL}.{name}")
        is_partial |= partial
        if pooled is not None:
            results[pooled.id] = pooled
        for key, label in list(groups.items())[1:]:
            if (own := found.get(label)) is not None:
                record = {**own.to_record(), "id": f"{set_id}.{key}.{name}"}
                results[record["id"]] = Result.from_record(record)
    sizes = {key: _find_size(centres[label]) for key, label in list(groups.items())[1:]}
    total = [_find_size(one) for one in centres.values()]
    known = [size for size in total if size is not None]
    return ResultSet.collect(
        set_id,
        results.values(),
        frames={"rows": rows},
        meta={
            "title": title,
            "groups": groups,
            "group_sizes": {ALL: sum(known) if known else None, **sizes},
            "is_partial": is_partial,
            "disclosure": True,
        },
    )


def _find_size(results: ResultSet) -> int | None:
    size = results.meta.get("n")
    return int(size) if size is not None else None


def _join_rows(sets: Any) -> pd.DataFrame:
    frames = [one.frames["rows"] for one in sets if "rows" in one.frames and one.is_computable]
    if not frames:
        return pd.DataFrame()
    longest = max(frames, key=len)
    joined = pd.concat([longest, *frames], ignore_index=True)
    return joined.drop_duplicates(["variable", "level"], ignore_index=True)


def _list_names(rows: pd.DataFrame) -> Iterator[str]:
    seen = set()
    for line in rows.to_dict("records"):
        variable, level = line["variable"], line["level"]
        if line["kind"] == "numeric":
            yield variable
        else:
            yield f"{variable}.{level}"
        if variable not in seen:
            seen.add(variable)
            yield f"{variable}.missing"


def _pool(found: Sequence[Result | None], result_id: str) -> tuple[Result | None, bool]:
    """Return the pooled number, and whether some centre's is not in it."""
    present = [one for one in found if one is not None]
    if not present:
        return None, False
    told = [one for one in present if one.status == "estimated" and one.estimate is not None]
    first = present[0]
    if first.kind == "summary":
        return _pool_means(told, first, result_id), False
    usable = [one for one in told if one.n is not None]
    is_partial = len(usable) < len(found)
    if not usable:
        masked = {**first.to_record(), "id": result_id, "status": "masked"}
        kept = ("id", "kind", "label", "unit", "population", "status", "reason")
        return Result.from_record({key: masked[key] for key in kept if key in masked}), is_partial
    return (
        Result(
            id=result_id,
            kind="count",
            label=first.label,
            estimate=sum(one.estimate or 0 for one in usable),
            n=sum(one.n or 0 for one in usable),
            unit=first.unit,
            population=first.population,
        ),
        is_partial,
    )


def _pool_means(told: Sequence[Result], first: Result, result_id: str) -> Result:
    usable = [one for one in told if one.n and "mean" in one.quantities]
    shared: dict[str, Any] = {"id": result_id, "kind": "summary", "label": first.label}
    if not usable:
        return Result(status="masked", reason=first.reason, unit=first.unit, **shared)
    weight = sum(one.n or 0 for one in usable)
    mean = sum((one.n or 0) * one.quantities["mean"] for one in usable) / weight
    return Result(
        estimate=mean,
        n=weight,
        unit=first.unit,
        method="mean of the centres' means, weighted by size",
        **shared,
    )
