"""An attacker: all that is printed, all sums that are known to hold, bounds as tight as can be.

It knows how reports are made - which results are parts of which total, which groups of two
sections are the same patients - but of numbers only what is printed. It shares with the
protection neither the list of sums nor the arithmetic of intervals' narrowing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pandas as pd
from sections import Passed

from helpers.results import Result, ResultSet

Interval = tuple[float, float]

PRINTS = {
    "redact-7-round-5": {0: (0, 0), **{k: (max(8, k - 2), k + 2) for k in range(10, 2000, 5)}},
    "midpoint-6": {0: (0, 0), **{k: (k - 2, k + 3) for k in range(3, 2000, 6)}},
}
SMALL = {"redact-7-round-5": range(1, 8), "midpoint-6": range(1, 7)}


@dataclass
class Attack:
    """What can be inferred of each true count."""

    rule: str
    truth: dict[str, int] = field(default_factory=dict)
    known: dict[str, Interval] = field(default_factory=dict)
    sums: list[tuple[str, list[str]]] = field(default_factory=list)
    read_cells: int = 0

    def learn(self, name: str, truth: int, printed: float | None) -> str:
        """Note a count with what is printed of it; several prints of one count add up."""
        if name in self.truth and self.truth[name] != truth:
            raise AssertionError(f"{name} is {truth} here and {self.truth[name]} there")
        interval = (0, math.inf)
        if printed is not None and not math.isnan(printed):
            interval = PRINTS[self.rule][int(printed)]
            assert interval[0] <= truth <= interval[1], (name, truth, printed)
        before = self.known.get(name, (0, math.inf))
        self.truth[name] = truth
        self.known[name] = max(before[0], interval[0]), min(before[1], interval[1])
        return name

    def infer(self) -> None:
        """Narrow until nothing changes: each term of a sum from all others."""
        for _ in range(200):
            before = dict(self.known)
            for total, parts in self.sums:
                for target in (total, *parts):
                    self._narrow(total, parts, target)
            if before == self.known:
                return

    def _narrow(self, total: str, parts: list[str], target: str) -> None:
        low, high = self.known[target]
        if target == total:
            new = sum(self.known[p][0] for p in parts), sum(self.known[p][1] for p in parts)
        else:
            others = [self.known[p] for p in parts if p != target]
            new = (
                self.known[total][0] - sum(other[1] for other in others),
                self.known[total][1] - sum(other[0] for other in others),
            )
        self.known[target] = max(low, new[0]), min(high, new[1])

    def list_learnt(self) -> list[str]:
        """Return small counts of which not every small value is possible any more."""
        small = SMALL[self.rule]
        return [
            f"{name}: {truth} in {self.known[name]}"
            for name, truth in self.truth.items()
            if truth in small
            and (self.known[name][0] > small[0] or self.known[name][1] < small[-1])
        ]


def attack(passed: Passed, rule: str) -> Attack:
    """Return the attack on all sets of a report."""
    made = Attack(rule)
    everyone = made.learn("everyone", passed.n_patients, _print_everyone(passed))
    for set_id, raw in passed.raw.items():
        shown = passed.shown[set_id]
        if not raw.is_computable:
            continue
        _read_shares(made, raw, shown, passed.n_patients)
        _read_groups(made, raw, shown, everyone, passed.n_patients)
        _read_flow(made, raw, shown)
        _read_at_risk(made, raw, shown)
    made.infer()
    return made


def _print_everyone(passed: Passed) -> float | None:
    shown = passed.shown["flow"].find("included")
    return shown.estimate if shown is not None else None


def _find(shown: ResultSet, result: Result) -> Result:
    return shown.find(result.id) or Result(id=result.id, kind=result.kind, status="masked")


def _is_group(result: Result) -> bool:
    return result.kind == "count" and result.id.endswith(".n")


def _name_margin(raw: ResultSet, result: Result) -> str | None:
    """Return one name for the same patients in every section that looks at all of them."""
    definition = raw.meta.get("definition") or {"analysis": "", "options": {}}
    options, analysis = definition["options"], definition["analysis"]
    if options.get("where"):
        return None
    parts = result.id.removeprefix(f"{raw.id}.").split(".")
    if analysis == "summarise_characteristics" and not options.get("by"):
        return ".".join(parts)
    if analysis == "count_levels" and len(parts) == 1 and parts[0] != options.get("known_id"):
        return f"{options['variable']}.{parts[0]}"
    return None


def _read_shares(made: Attack, raw: ResultSet, shown: ResultSet, n_patients: int) -> None:
    """Counts out of a denominator: complements, partitions, what is missing."""
    counts = [r for r in raw if r.kind == "count" and not _is_group(r) and r.n is not None]
    if "steps" in raw.frames:
        return
    families: dict[str, list[tuple[Result, str]]] = {}
    for result in counts:
        printed = _find(shown, result)
        name = _name_margin(raw, result) or result.id
        made.learn(name, int(result.estimate), printed.estimate)
        if result.n == n_patients:
            made.sums.append(("everyone", [name, _rest(made, f"rest of {name}", result)]))
        families.setdefault(result.id.rpartition(".")[0], []).append((result, name))
    for parent, members in families.items():
        levels = [pair for pair in members if not pair[0].id.endswith(".missing")]
        missing = [pair for pair in members if pair[0].id.endswith(".missing")]
        sizes = {result.n for result, _ in levels}
        if len(levels) > 1 and sizes == {sum(int(result.estimate) for result, _ in levels)}:
            printed = {_find(shown, result).n for result, _ in levels}
            total = f"known of {parent}"
            for number in printed:
                made.learn(total, next(iter(sizes)), number)
            made.sums.append((total, [name for _, name in levels]))
            for result, name in missing:
                whole = made.learn(f"asked of {parent}", result.n, _find(shown, result).n)
                made.sums.append((whole, [total, name]))
                if result.n == n_patients:
                    made.sums.append(("everyone", [total, name]))
        else:
            for result, name in levels:
                of = made.learn(f"of {result.id}", result.n, _find(shown, result).n)
                made.sums.append((of, [name, _rest(made, f"rest in {name}", result)]))


def _rest(made: Attack, name: str, result: Result) -> str:
    return made.learn(name, result.n - int(result.estimate), None)


def _read_groups(
    made: Attack, raw: ResultSet, shown: ResultSet, everyone: str, n_patients: int
) -> None:
    """Groups of curves and levels of models: sizes, events, and their sums."""
    families: dict[str, list[tuple[str, str | None]]] = {}
    for result in raw:
        is_level = result.kind == "hazard_ratio" and "_vs_" not in result.id
        if not (_is_group(result) or is_level) or result.n is None:
            continue
        printed = _find(shown, result)
        group = result.id.removesuffix(".n").removesuffix(".hr")
        size = int(result.estimate) if _is_group(result) else result.n
        out = printed.estimate if _is_group(result) else printed.n
        name = made.learn(f"size of {group}", size, out)
        events = None
        if result.events is not None:
            events = made.learn(f"events of {group}", result.events, printed.events)
            gone = int(result.quantities.get("competing_events", 0))
            other = made.learn(f"competing of {group}", gone, None)
            rest = made.learn(f"censored of {group}", size - result.events - gone, None)
            made.sums.append((name, [events, other, rest]))
        _link_margin(made, raw, group, name)
        families.setdefault(group.rpartition(".")[0], []).append((name, events))
    overall = ("size of os.overall", "events of os.overall")
    for family, members in families.items():
        if family == "os" or len(members) < 2:
            continue
        names = [name for name, _ in members]
        events = [event for _, event in members if event]
        if sum(made.truth[name] for name in names) == n_patients:
            made.sums.append((everyone, names))
            is_os = overall[1] in made.truth and made.truth[overall[1]] == sum(
                made.truth[event] for event in events
            )
            if is_os:
                made.sums.append((overall[1], events))


def _link_margin(made: Attack, raw: ResultSet, group: str, name: str) -> None:
    """Take a group of all patients for the same group in another section's table."""
    options = (raw.meta.get("definition") or {}).get("options") or {}
    if options.get("where"):
        return
    parts = group.split(".")
    for margin in (f"{options.get('by')}.{parts[-1]}", ".".join(parts[-2:])):
        if made.truth.get(margin) == made.truth[name]:
            made.sums.append((margin, [name]))


def _read_flow(made: Attack, raw: ResultSet, shown: ResultSet) -> None:
    """Who is left is who was there without the excluded."""
    steps = raw.frames.get("steps", pd.DataFrame())
    if "n_excluded" not in steps:
        return
    printed = shown.frames["steps"].set_index("step")
    before = made.learn("screened", int(raw["screened"].estimate), shown["screened"].estimate)
    for line in steps.to_dict("records"):
        out = made.learn(
            f"out at {line['step']}", line["n_excluded"], printed.loc[line["step"], "n_excluded"]
        )
        left = made.learn(
            f"left at {line['step']}", line["n_remaining"], printed.loc[line["step"], "n_remaining"]
        )
        made.sums.append((before, [out, left]))
        before = left
    made.sums.append((before, ["everyone"]))


def _read_at_risk(made: Attack, raw: ResultSet, shown: ResultSet) -> None:
    """Numbers at risk: parts of the numbers of all groups, and falling."""
    if "at_risk" not in raw.frames:
        return
    printed = {}
    if "at_risk" in shown.frames:
        frame = shown.frames["at_risk"]
        printed = dict(
            zip(
                zip(frame["group"], frame["time_months"], strict=True),
                frame["n_at_risk"],
                strict=True,
            )
        )
    for group, lines in raw.frames["at_risk"].groupby("group", sort=False):
        before = None
        for line in lines.to_dict("records"):
            time = line["time_months"]
            now = made.learn(
                f"at risk of {raw.id}.{group} at {time:g}",
                int(line["n_at_risk"]),
                printed.get((group, time)),
            )
            # Whoever joins a group later makes its numbers rise.
            if before is not None and not (group == "after" and "entries" in raw.frames):
                lost = made.truth[before] - made.truth[now]
                # Who left between two ticks is printed nowhere: rounding is what protects it.
                made.known[made.learn(f"left of {now}", lost, None)] = (0, math.inf)
                made.sums.append((before, [now, f"left of {now}"]))
            before = now


def drop_rounded_differences(learnt: list[str]) -> list[str]:
    """Leave out what is no printed cell: differences of rounded counts keep a base's width."""
    inner = ("left of ", "censored of ", "competing of ", "rest ", "not joined of ")
    return [text for text in learnt if not text.startswith(inner)]


def check_inner(made: Attack) -> Iterator[str]:
    """Yield differences that are not printed and yet known to fewer than a base's values."""
    widths: Mapping[str, int] = {"redact-7-round-5": 5, "midpoint-6": 6}
    for name, truth in made.truth.items():
        low, high = made.known[name]
        if truth in SMALL[made.rule] and high - low + 1 < widths[made.rule]:
            yield f"{name}: {truth} in {(low, high)}"
