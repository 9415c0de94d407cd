"""What an attacker reads from analyses that compare groups: tables, shares, sums between sections.

As :mod:`attack` does, it takes the sums from how reports are made, not from the protection, and
of numbers only what is printed. Cells of tables are read as text, as a reader sees them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from attack import PRINTS, Attack
from sections import Passed

from helpers.document import TableBlock, TextBlock
from helpers.results import Result, ResultSet

#: Levels of one factor that are levels of another under another name.
_ALIASES = {
    "progression.yes": "failure_type.progression",
    "raeb.yes": "who_class.raeb_1",
    "therapy_related.yes": "therapy_related.yes",
}
_COUNTED = re.compile(r"(\d[\d,]*) (?:patients?|deaths?|events?)\b")
_OF_GROUP = re.compile(r"\bn = (\d[\d,]*)")


def attack_comparisons(made: Attack, passed: Passed) -> Attack:
    """Add to an attack all that analyses that compare groups print, and infer again."""
    for set_id, raw in passed.raw.items():
        shown, analysis = passed.shown[set_id], _get_analysis(raw)
        if raw.is_computable and analysis in _READERS:
            _READERS[analysis](made, raw, shown, passed)
    for raw in passed.raw.values():
        _link_models(made, raw, passed)
        _link_at_risk(made, raw, passed)
    for block in passed.blocks:
        if isinstance(block, TableBlock):
            _read_table(made, block, passed)
    made.infer()
    return made


def check_words(passed: Passed, rule: str) -> Iterator[str]:
    """Yield numbers of patients in sentences and words of figures that the rule does not print."""
    for block in passed.blocks:
        if isinstance(block, TextBlock):
            for pattern in (_COUNTED, _OF_GROUP):
                for text in pattern.findall(block.markdown):
                    if int(text.replace(",", "")) not in PRINTS[rule]:
                        yield f"{block.id}: {text} in {block.markdown}"


def _get_analysis(raw: ResultSet) -> str:
    return (raw.meta.get("definition") or {}).get("analysis", "")


def _get_options(raw: ResultSet) -> dict:
    return (raw.meta.get("definition") or {}).get("options") or {}


def _learn(made: Attack, name: str, truth: int, printed: float | None) -> str:
    return made.learn(name, int(truth), printed)


def _get(shown: ResultSet, result: Result) -> Result:
    found = shown.find(result.id)
    return found if found is not None else Result(id=result.id, kind=result.kind, status="masked")


def _add_rest(made: Attack, total: str, parts: list[str], name: str) -> None:
    """Say that parts make up a total with a rest that is printed nowhere."""
    rest = made.truth[total] - sum(made.truth[part] for part in parts)
    assert rest >= 0, (total, parts)
    made.sums.append((total, [*parts, made.learn(name, rest, None)] if rest else parts))


def _learn_pair(made: Attack, name: str, raw: Result, shown: Result) -> tuple[str, str]:
    """Learn patients and events of a population; the rest of it had none."""
    n = _learn(made, f"size of {name}", raw.n or 0, shown.n)
    events = _learn(made, f"events of {name}", raw.events or 0, shown.events)
    _add_rest(made, n, [events], f"censored of {name}")
    return n, events


def _same(made: Attack, name: str, other: str) -> None:
    """Say that two names are of the same patients, where the true counts agree."""
    if name != other and made.truth.get(other) == made.truth[name]:
        made.sums.append((other, [name]))


def _read_switching(made: Attack, raw: ResultSet, shown: ResultSet, passed: Passed) -> None:
    before, group = None, str(_get_options(raw).get("group"))
    for result in raw:
        if result.kind != "hazard_ratio" or result.n is None:
            continue
        name, printed = result.id.removesuffix(".hr"), _get(shown, result)
        n, events = _learn_pair(made, name, result, printed)
        joined = result.quantities["n_exposed"]
        inside = _learn(made, f"joined of {name}", int(joined), printed.quantities.get("n_exposed"))
        _add_rest(made, n, [inside], f"not joined of {name}")
        whole = f"{raw.id}.naive"
        if name != whole:
            outer = before if before is not None and ".landmark_" in name else whole
            _add_rest(made, f"size of {outer}", [n], f"left of {name}")
            _add_rest(made, f"events of {outer}", [events], f"left of events of {name}")
            if made.truth[inside] <= made.truth[f"joined of {whole}"]:
                _add_rest(made, f"joined of {whole}", [inside], f"left of joined of {name}")
            before = name if ".landmark_" in name else before
            continue
        _same_groups(made, inside, f"not joined of {name}", group, passed)
    immortal = raw.find("immortal")
    if immortal is not None:
        _learn(made, f"joined of {raw.id}.naive", immortal.n, _get(shown, immortal).n)
    parts = [f"size of {raw.id}.naive"]
    for key in ("n_unknown", "n_undated"):
        if raw.meta.get(key):
            out = shown.meta.get(key) if shown.is_computable else None
            parts.append(_learn(made, f"{key} of {raw.id}", raw.meta[key], out or None))
    _add_rest(made, "everyone", parts, f"rest outside {raw.id}")


def _same_groups(made: Attack, inside: str, outside: str, group: str, passed: Passed) -> None:
    """Link who joined and who did not to the two groups of the survival analysis."""
    for raw in passed.raw.values():
        options = _get_options(raw)
        if _get_analysis(raw) == "estimate_survival" and options.get("by") == group:
            for level in raw.meta.get("groups") or ():
                for name in (inside, outside):
                    _same(made, name, f"size of {raw.id}.{level}")


def _read_subgroups(made: Attack, raw: ResultSet, shown: ResultSet, passed: Passed) -> None:
    overall = raw["overall.hr"]
    whole = _learn_pair(made, f"{raw.id}.overall", overall, _get(shown, overall))
    _add_rest(made, "everyone", [whole[0]], f"rest outside {raw.id}")
    group = str(_get_options(raw)["group"])
    for test in raw:
        if not test.id.endswith(".interaction"):
            continue
        factor = test.id.removesuffix(".interaction")
        known = _learn_pair(made, factor, test, _get(shown, test))
        levels = [
            (one, *_learn_pair(made, one.id.removesuffix(".hr"), one, _get(shown, one)))
            for one in raw
            if one.id.startswith(f"{factor}.") and one.kind == "hazard_ratio"
        ]
        for at in (0, 1):
            _add_rest(made, known[at], [one[at + 1] for one in levels], f"rest of {known[at]}")
            _add_rest(made, whole[at], [known[at]], f"rest of {whole[at]} beside {known[at]}")
        for one, n, _ in levels:
            level = one.id.removeprefix(f"{raw.id}.").removesuffix(".hr")
            _tie_cells(made, n, level, group, passed)


def _tie_cells(made: Attack, total: str, level: str, group: str, passed: Passed) -> None:
    """Say that a level's patients are those of either group, where a table has the cells."""
    for raw in passed.raw.values():
        options = _get_options(raw)
        if _get_analysis(raw) == "summarise_characteristics" and options.get("by"):
            arms = [key for key in (raw.meta.get("groups") or {}) if key in group.split("_vs_")]
            for name in (level, _ALIASES.get(level, level)):
                cells = [f"{raw.id}.{arm}.{name}" for arm in arms]
                known = [made.truth[cell] for cell in cells if cell in made.truth]
                if len(known) == 2 and sum(known) == made.truth[total]:
                    made.sums.append((total, cells))


def _link_models(made: Attack, raw: ResultSet, passed: Passed) -> None:
    """Link the levels of a model of two groups' patients to tables of these groups."""
    for group in _get_options(raw).get("where") or {}:
        if _get_analysis(raw) != "fit_survival_model" or "_vs_" not in group:
            continue
        for result in raw:
            level = result.id.removeprefix(f"{raw.id}.").removesuffix(".hr")
            name = f"size of {raw.id}.{level}"
            if result.kind == "hazard_ratio" and name in made.truth:
                _tie_cells(made, name, level, group, passed)
                for kind in ("size", "events"):
                    here, there = (
                        f"{kind} of {raw.id}.{level}",
                        f"{kind} of subgroups.{group}.{level}",
                    )
                    if here in made.truth:
                        _same(made, here, there)


def _link_at_risk(made: Attack, raw: ResultSet, passed: Passed) -> None:
    """At each time those before and after joining are those of both groups together."""
    if _get_analysis(raw) != "estimate_switch_effect" or not raw.is_computable:
        return
    for other in passed.raw.values():
        same = _get_options(other).get("by") == _get_options(raw).get("group")
        if not same or _get_analysis(other) != "estimate_survival":
            continue
        for time in set(raw.frames["at_risk"]["time_months"]):
            states, groups = (
                [
                    name
                    for key in kept.meta["groups"]
                    if (name := f"at risk of {kept.id}.{key} at {time:g}") in made.truth
                ]
                for kept in (raw, other)
            )
            counts = [sum(made.truth[name] for name in names) for names in (states, groups)]
            if states and groups and counts[0] == counts[1]:
                total = made.learn(f"at risk of {raw.id} at {time:g}", counts[0], None)
                made.sums += [(total, states), (total, groups)]


def _read_weighting(made: Attack, raw: ResultSet, shown: ResultSet, passed: Passed) -> None:
    crude, score = raw["crude.hr"], raw["propensity"]
    whole, _ = _learn_pair(made, f"{raw.id}.whole", crude, _get(shown, crude))
    _add_rest(made, "everyone", [whole], f"rest outside {raw.id}")
    printed = _get(shown, score)
    outside = _learn(
        made,
        f"outside overlap of {raw.id}",
        int(score.quantities["n_outside"]),
        printed.quantities.get("n_outside"),
    )
    _add_rest(made, whole, [outside], f"rest inside overlap of {raw.id}")
    arms = []
    for one in raw:
        if one.id.endswith(".effective"):
            level = one.id.removeprefix(f"{raw.id}.").removesuffix(".effective")
            arms.append(_learn(made, f"arm {level} of {raw.id}", one.n, _get(shown, one).n))
            group = _get_options(raw)["treatment"]
            for other in passed.raw.values():
                if _get_options(other).get("by") == group:
                    _same(made, arms[-1], f"size of {other.id}.{level}")
    made.sums.append((whole, arms))
    _read_shares(made, raw, shown, arms)


def _read_shares(made: Attack, raw: ResultSet, shown: ResultSet, arms: list[str]) -> None:
    """Read counts out of printed shares: which count, printed or true, rounds to this share."""
    balance = shown.frames.get("balance") if shown.is_computable else None
    sizes, truth = raw.frames["sizes"], raw.frames["balance"]
    for at, line in enumerate(sizes.to_dict("records")):
        row = truth[(truth["variable"] == line["variable"]) & (truth["label"] == line["label"])]
        for side, arm in zip(("comparator", "treatment"), arms, strict=True):
            name = made.learn(f"cell {side} {at} of {raw.id}", line[side], None)
            made.sums.append((arm, [name, _rest_of(made, arm, name)]))
            if balance is None or f"{side}_before" not in balance:
                continue
            share = float(balance.loc[row.index[0], f"{side}_before"])
            if not math.isnan(share):
                _narrow_by_share(made, name, share, arm)


def _rest_of(made: Attack, total: str, part: str) -> str:
    return made.learn(f"rest beside {part}", made.truth[total] - made.truth[part], None)


def _narrow_by_share(made: Attack, name: str, share: float, arm: str) -> None:
    low, high = made.known[arm]
    prints = PRINTS[made.rule]
    totals = [
        number for number, bounds in prints.items() if bounds[0] <= made.truth[arm] <= bounds[1]
    ]
    read = [
        bounds
        for number, bounds in prints.items()
        if any(abs(min(number / total, 1.0) - share) <= 0.0051 for total in totals if total)
    ]
    inside = [bounds for bounds in read if bounds[0] <= made.truth[name] <= bounds[1]]
    exact = (share - 0.005) * low, (share + 0.005) * high
    bounds = (min(b[0] for b in inside), max(b[1] for b in inside)) if inside else exact
    known = made.known[name]
    made.known[name] = max(known[0], bounds[0]), min(known[1], bounds[1])


def _read_imputed(made: Attack, raw: ResultSet, shown: ResultSet, passed: Passed) -> None:
    whole = None
    for one in raw:
        if one.id.endswith(".imputed"):
            whole = _learn_pair(made, f"{raw.id}.whole", one, _get(shown, one))[0]
    if whole is None:
        return
    _add_rest(made, "everyone", [whole], f"rest outside {raw.id}")
    printed = shown.meta.get("n_incomplete") if shown.is_computable else None
    lost = _learn(made, f"incomplete of {raw.id}", raw.meta["n_incomplete"], printed)
    _add_rest(made, whole, [lost], f"rest complete of {raw.id}")
    for one in raw:
        if one.id.endswith(".complete"):
            name = one.id.removeprefix(f"{raw.id}.").split(".")[0]
            n, _ = _learn_pair(made, f"{raw.id} complete {name}", one, _get(shown, one))
            _add_rest(made, whole, [n], f"missing of {name} of {raw.id}")


def _read_wholes(made: Attack, raw: ResultSet, shown: ResultSet, passed: Passed) -> None:
    """Read the patients and events of an analysis that has one number of them."""
    for one in raw:
        if one.n is not None and one.events is not None:
            name = f"{raw.id} of {one.n}"
            whole, _ = _learn_pair(made, name, one, _get(shown, one))
            _add_rest(made, "everyone", [whole], f"rest outside {name}")


def _read_patterns(made: Attack, raw: ResultSet, shown: ResultSet, passed: Passed) -> None:
    """Read missing values by group: shares of the groups, parts of all that are missing."""
    by = _get_options(raw)["by"]
    for line in raw.frames["rows"].to_dict("records"):
        cells = []
        for level, size in raw.meta["group_sizes"].items():
            result = raw[f"{line['variable']}.{level}"]
            printed = _get(shown, result)
            cells.append(_learn(made, result.id, int(result.estimate), printed.estimate))
            sizes = shown.meta.get("group_sizes") or {}
            whole = _learn(made, f"{by}.{level}", size, sizes.get(level))
            _learn(made, whole, size, printed.n)
            _add_rest(made, whole, [cells[-1]], f"rest known of {result.id}")
        total = f"availability missing {line['variable']}"
        count = sum(made.truth[cell] for cell in cells)
        known = passed.shown.get("availability")
        found = None if known is None else known.find(line["variable"])
        made.learn(total, count, None)
        of_all = passed.raw["availability"].find(line["variable"]) if known is not None else None
        if of_all is not None and of_all.n - int(of_all.estimate) == count:
            name = _learn(
                made,
                f"{line['variable']} is known",
                int(of_all.estimate),
                None if found is None else found.estimate,
            )
            made.sums.append(("everyone", [name, total]))
        made.sums.append((total, cells))


_READERS = {
    "estimate_switch_effect": _read_switching,
    "compare_subgroups": _read_subgroups,
    "estimate_weighted_effect": _read_weighting,
    "fit_imputed_model": _read_imputed,
    "estimate_weighted_curves": _read_wholes,
    "validate_model": _read_wholes,
    "compare_centres": _read_wholes,
    "check_hazards": _read_wholes,
    "count_missing": _read_patterns,
}


def _read_table(made: Attack, block: TableBlock, passed: Passed) -> None:
    """Read the cells of patients and events of a table whose rows are estimates."""
    name = block.id.removeprefix("table.")
    source = next((raw for raw in passed.raw.values() if raw.id.replace(".", "_") == name), None)
    if source is None or _get_analysis(source) not in {
        "estimate_switch_effect",
        "compare_subgroups",
    }:
        return
    head = [cell.text for cell in block.header[-1]]
    terms = {str(line["level_label"]): line for line in source.frames["terms"].to_dict("records")}
    factor = ""
    for row in block.rows:
        label = row[0].text
        factor = label if label not in terms else factor
        for line in source.frames["terms"].to_dict("records"):
            inside = line["factor_label"] == factor or line["level_label"] == line["factor_label"]
            if line["level_label"] != label or not (inside or line["factor"] == "overall"):
                continue
            result_id = str(line["result_id"]).removesuffix(".hr")
            for column, kind in (("Patients", "size"), ("Deaths", "events"), ("In the", "joined")):
                places = [at for at, text in enumerate(head) if text.startswith(column)]
                text = row[places[0]].text.replace(",", "") if places else ""
                target = f"{kind} of {result_id}"
                if text.isdigit() and target in made.truth:
                    made.learn(target, made.truth[target], float(text))
                    made.read_cells += 1
