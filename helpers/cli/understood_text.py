"""What a check has understood, in words for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

WIDTH = 100
INDENT = 16


def format_understood(found: Mapping[str, Any]) -> str:
    """Return what :func:`helpers.cli.understood.describe_understood` found, as text."""
    lines: list[str] = []
    for title, texts in (
        ("Source", [_tell_source(found["source"]), *found["source"]["notes"]]),
        ("Patients", list(_tell_patients(found))),
        ("Event", list(_tell_event(found["event"]))),
        ("Time", [_tell_time(found["time"])]),
        ("Mapping", list(found["mapping"])),
        ("Columns", list(_tell_columns(found["columns"], found["patients"]["eligible"]))),
        ("Groups", list(_tell_groups(found["groups"]))),
        ("Left out", list(_tell_left_out(found["left_out"]))),
        ("Look at", list(found["warnings"])),
    ):
        for number, text in enumerate(texts):
            head = f"{title if number == 0 else '':<{INDENT}}"
            lines += textwrap.wrap(
                text, WIDTH, initial_indent=head, subsequent_indent=" " * (INDENT + 2)
            )
    return "\n".join(lines)


def show_count(count: int | None) -> str:
    """Return a count, or what stands for one that is not shown."""
    return "few (not shown)" if count is None else f"{count:,}"


def _tell_source(source: Mapping[str, Any]) -> str:
    parts = [source["kind"] or "table"]
    if source["sheet"]:
        parts.append(f"sheet {source['sheet']!r}")
    if source["encoding"]:
        parts.append(source["encoding"])
    if source["delimiter"]:
        parts.append(f"cells parted by {source['delimiter']}")
    if source["decimal"]:
        parts.append(f"decimal {source['decimal']}")
    size = f"{source['rows']:,} rows of {source['columns']:,} columns"
    synthetic = "; SYNTHETIC patients" if source["synthetic"] else ""
    return f"{source['name']}: {', '.join(parts)}; {size}{synthetic}"


def _tell_patients(found: Mapping[str, Any]) -> Iterator[str]:
    patients = found["patients"]
    yield (
        f"{show_count(patients['screened'])} screened, {show_count(patients['eligible'])} eligible"
    )
    for step in found["selection"]:
        if step["checked"] and step["excluded"] != 0:
            yield f"{show_count(step['excluded'])} excluded: {step['reason']}"


def _tell_event(event: Mapping[str, Any]) -> Iterator[str]:
    yield (
        f"{event['label']} ({_name_column(event['column'], event['your_columns'])}): "
        f"1, yes: {show_count(event['yes'])}; 0, no (censored): {show_count(event['no'])}"
    )
    codes = [
        f"{one['code'][:30]!r} as {one['read_as'] or 'not known'} in {show_count(one['rows'])} rows"
        for one in event["coding"]
    ]
    if codes:
        yield f"its codes were read so: {', '.join(codes)}"


def _tell_time(time: Mapping[str, Any]) -> str:
    made = " to ".join(time["made_from"])
    text = f"zero is the {_lower(time['zero'])}; the end is the {_lower(time['end'])} (from {made})"
    if time["total_months"] is not None:
        text += f"; {time['total_months']:,} months observed in all"
    if "longest_months" in time:
        text += f", from {time['shortest_months']:g} to {time['longest_months']:g} for a patient"
    return text


def _lower(label: str) -> str:
    return label[:1].lower() + label[1:]


def _tell_columns(columns: list[Mapping[str, Any]], eligible: int | None) -> Iterator[str]:
    plain = [one for one in columns if one["your_columns"] in ([], [one["column"]])]
    for column in columns:
        if column not in plain:
            name = _name_column(column["column"], column["your_columns"])
            yield f"{_name(column)}: {name}; known for {show_count(column['known'])}"
    complete = [_name(one) for one in plain if one["known"] == eligible]
    if complete:
        yield f"known for every patient: {', '.join(complete)}"
    partly = [
        f"{_name(one)} {show_count(one['known'])}" for one in plain if one["known"] != eligible
    ]
    if partly:
        yield f"known for some: {', '.join(partly)}"


def _name(column: Mapping[str, Any]) -> str:
    return f"{column['label']} ({column['unit']})" if column["unit"] else column["label"]


def _name_column(ours: str, theirs: list[str]) -> str:
    if not theirs or theirs == [ours]:
        return f"column {ours}"
    noun = "column" if len(theirs) == 1 else "columns"
    return f"your {noun} {' and '.join(repr(name[:60]) for name in theirs)}"


def _tell_groups(groups: list[Mapping[str, Any]]) -> Iterator[str]:
    for group in groups:
        levels = [f"{label}: {show_count(count)}" for label, count in group["levels"].items()]
        if group["not_known"] != 0:
            levels.append(f"not known: {show_count(group['not_known'])}")
        yield f"{group['label']} - {', '.join(levels)}"


def _tell_left_out(left_out: list[Mapping[str, Any]]) -> Iterator[str]:
    if not left_out:
        yield "nothing: the columns are enough for every analysis"
    by_columns: dict[tuple[str, ...], list[str]] = {}
    for item in left_out:
        by_columns.setdefault(tuple(sorted(item["lacking"])), []).append(item["analysis"])
    for columns, analyses in by_columns.items():
        yield f"no {' and no '.join(columns)}: {'; '.join(analyses)}"
