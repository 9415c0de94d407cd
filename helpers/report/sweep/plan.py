"""A sweep before it runs: its file held against the patients' data and the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.analysis.specifications import CUTS, Multiverse
from helpers.analysis.subset import check_where, get_factor
from helpers.errors import FaultsError, LenfailError
from helpers.report.sweep.job import SweepData

if TYPE_CHECKING:
    from helpers.cohort import Cohort
    from helpers.params import Params
    from helpers.params.sweep import SweepFile
    from helpers.published import Ledger

MOST_SPECIFICATIONS = 200_000
_CONF_LEVEL = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepPlan:
    """A sweep that can be run.

    Attributes
    ----------
    name : str
        Of its folder.
    data : SweepData
        For the workers.
    multiverse : Multiverse
        The same, here.
    params : Params
        That it is based on.
    published : float or None
        Printed hazard ratio.
    title : str
        Of the page.
    """

    name: str
    data: SweepData
    multiverse: Multiverse
    params: Params
    published: float | None
    title: str


def plan_sweep(path: Path, *, ledger: Path) -> SweepPlan:
    """Read the file of a sweep, its parameters and the data, and check all of them.

    Parameters
    ----------
    path : Path
        Of the file; its name is that of the sweep.
    ledger : Path
        Published numbers.

    Returns
    -------
    SweepPlan

    Raises
    ------
    FaultsError
        With every fault of the file; if it is right, with every fault of the data.
    ParameterError
        If a file cannot be read.
    """
    from helpers.params import read_params_file
    from helpers.params.sweep import read_sweep_file
    from helpers.published import read_ledger
    from helpers.report.check_inputs import check_inputs
    from helpers.report.publish import check_report_name

    name = check_report_name(path.stem)
    file = read_sweep_file(path)
    params_file = path.resolve().parent / file.params
    params = read_params_file(params_file)
    checked = check_inputs(params, params_file.parent)
    checked.raise_faults()
    cohort = checked.cohort
    assert cohort is not None  # there is one where there is no fault
    known = read_ledger(ledger)
    faults = list(_find_faults(file, params, cohort, known))
    if faults:
        noun = "fault" if len(faults) == 1 else "faults"
        raise FaultsError(f"{path.name}: {len(faults)} {noun} to mend", faults)
    choices = {**file.choices}
    choices.setdefault("ties", [params.ties])
    data = SweepData(
        data=params.data,
        options={**params.cohort_options, "base_dir": params_file.parent},
        sha256=cohort.sha256,
        factor=file.factor,
        level=file.level,
        choices=choices,
        models=file.models,
        subsets=file.subsets,
        cuts={name: float(getattr(params, name)) for name in CUTS},
    )
    return SweepPlan(
        name=name,
        data=data,
        multiverse=_make_multiverse(cohort, file, choices, data.cuts),
        params=params,
        published=_find_published(file.published, known),
        title=file.title,
    )


def _make_multiverse(
    cohort: Cohort, file: SweepFile, choices: Mapping[str, Any], cuts: Mapping[str, float]
) -> Multiverse:
    return Multiverse(
        cohort, file.factor, file.level, choices, file.models, file.subsets, cuts=cuts
    )


def _find_faults(file: SweepFile, params: Params, cohort: Cohort, ledger: Ledger) -> Iterator[str]:
    yield from _try(lambda: Multiverse(cohort, file.factor, file.level, {}))
    yield from _find_wrong_choices(file, cohort)
    for name, factors in file.models.items():
        for factor in factors:
            yield from _try(lambda factor=factor: get_factor(cohort, factor), f"model {name}: ")
    for name, where in file.subsets.items():
        for column, levels in where.items():
            for level in levels or [""]:
                kept = {column: [level]} if levels else {column: []}
                yield from _try(lambda kept=kept: check_where(cohort, kept), f"subset {name}: ")
            if not levels:
                yield f"subset {name}: {column} must have levels, but has none; name those to keep"
    yield from _find_unused(file)
    if file.published:
        yield from _find_wrong_published(file.published, ledger)
    if params.disclosure != "off":
        yield (
            f"disclosure of {file.params} must be off, but was {params.disclosure!r}; hazard "
            "ratios of many overlapping subsets have no protected form"
        )
    if params.conf_level != _CONF_LEVEL:
        yield (
            f"conf_level of {file.params} must be {_CONF_LEVEL}, but was {params.conf_level}; a "
            "sweep gives intervals of that level only"
        )


def _find_wrong_choices(file: SweepFile, cohort: Cohort) -> Iterator[str]:
    level = next(iter(get_factor_levels(cohort, file.factor)), "")
    target = (file.factor, level) if level else _any_target(cohort)
    n = 1
    for name, values in file.choices.items():
        n *= max(len(values), 1)
        for given in [[value] for value in values] or [[]]:
            kept = (cohort, *target, {name: given}, file.models, file.subsets)
            yield from _try(lambda kept=kept: Multiverse(*kept))
        twice = [value for place, value in enumerate(values) if value in values[:place]]
        if twice:
            yield f"values of choice {name} must all be different, but {twice[0]!r} came twice"
    if n > MOST_SPECIFICATIONS:
        yield (
            f"choices must make at most {MOST_SPECIFICATIONS:,} specifications, but make {n:,}; "
            "leave some values out"
        )


def get_factor_levels(cohort: Cohort, name: str) -> tuple[str, ...]:
    """Return the levels of a factor; none where there is no such factor."""
    factor = cohort.dictionary.factors.get(name)
    return () if factor is None else tuple(factor.levels)


def _any_target(cohort: Cohort) -> tuple[str, str]:
    name, factor = next(iter(cohort.dictionary.factors.items()))
    return name, next(iter(factor.levels))


def _find_unused(file: SweepFile) -> Iterator[str]:
    for choice, declared in (("model", file.models), ("subset", file.subsets)):
        for name in declared:
            if name not in file.choices.get(choice, ()):
                yield (
                    f"{choice} {name!r} must be a value of the choice {choice}, but is none; add "
                    "it there or remove it"
                )


def _find_wrong_published(name: str, ledger: Ledger) -> Iterator[str]:
    entry = ledger.entries.get(name)
    if entry is None or entry.kind != "hazard_ratio" or len(entry.numbers) != 1:
        known = [one.id for one in ledger if one.kind == "hazard_ratio" and len(one.numbers) == 1]
        yield (
            f"published must be the id of a printed hazard ratio ({', '.join(known)}), but was "
            f"{name!r}"
        )


def _find_published(name: str, ledger: Ledger) -> float | None:
    return float(ledger.entries[name].number) if name else None


def _try(check: Any, prefix: str = "") -> Iterator[str]:
    try:
        check()
    except LenfailError as error:
        yield f"{prefix}{error}"
