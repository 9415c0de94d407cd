"""Run the search of the synthetic cohort by its schedule, in stretches that can be resumed."""

from __future__ import annotations

import hashlib
import json
import tomllib
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from helpers.cohort.synthetic import problem
from helpers.cohort.synthetic.covariates import Patients, draw_covariates
from helpers.cohort.synthetic.margins import N_PAPER
from helpers.cohort.synthetic.outcomes import draw_courses, draw_outcomes, set_deaths
from helpers.cohort.synthetic.streams import Stream
from helpers.errors import ParameterError

SCHEDULE = Path(__file__).with_name("schedule.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchProgress:
    """Where the search stands.

    Attributes
    ----------
    stage : str
        For people, e.g. ``start 2 of 3``.
    done, total : int
        Proposals of all stages; a stage that reaches a loss of zero ends early.
    loss : float
        Of the best patients of the present start.
    """

    stage: str
    done: int
    total: int
    loss: float


Report = Callable[[SearchProgress], None]


@dataclass(slots=True, kw_only=True)
class _State:
    """All that a checkpoint holds."""

    search: Any
    best: Any
    random: np.ndarray
    start: int
    round: int
    step: int
    results: list[tuple[float, np.ndarray, np.ndarray, np.ndarray]]


def read_schedule(path: Path | str = SCHEDULE) -> dict[str, Any]:
    """Read the configuration of the synthetic cohort.

    Parameters
    ----------
    path : Path or str, optional
        A TOML file; the committed one by default.

    Returns
    -------
    dict
        Seed, weights, schedule and numbers of steps.
    """
    return tomllib.loads(Path(path).read_text(encoding="utf-8"))


def draw_start(config: Mapping[str, Any], start: int) -> Patients:
    """Draw the patients that a start of the search begins with.

    Parameters
    ----------
    config : mapping
        The configuration.
    start : int
        From 0.

    Returns
    -------
    dict of str to ndarray, shape (392,)
        Coded covariates, outcomes and courses with the printed margins.
    """
    stream = Stream(config["seed"], 100 + start)
    patients = draw_covariates(N_PAPER, stream)
    draw_outcomes(patients, stream)
    draw_courses(patients, stream)
    set_deaths(patients, config["search"]["deaths"], stream)
    transplanted = (patients["later"] == 1) | (patients["tx"] == problem.ALLO_FIRST)
    patients["t"][transplanted] = np.maximum(patients["t"][transplanted], problem.MIN_ALLO_DAYS)
    return patients


def search_patients(
    config: Mapping[str, Any],
    *,
    progress: Report | None = None,
    checkpoint: Path | str | None = None,
    stop_after: int | None = None,
) -> tuple[Patients, float]:
    """Search for patients whose survival after failure shows the printed numbers.

    Parameters
    ----------
    config : mapping
        The configuration.
    progress : callable, optional
        Called after each stretch of proposals.
    checkpoint : Path or str, optional
        File that keeps the state; a search that finds one of the same configuration goes on
        from there, and ends with the same patients as an uninterrupted one.
    stop_after : int, optional
        End after so many proposals of the first start and give its best patients.

    Returns
    -------
    patients : dict of str to ndarray, shape (392,)
        The best patients of all starts.
    loss : float
        Zero where all targets are met.
    """
    from helpers.cohort.synthetic.annealing import Plan, anneal

    settings = config["search"]
    aims = problem.make_aims(settings)
    state = _open_state(config, aims, checkpoint)
    total = settings["starts"] * sum(turn["steps"] for turn in settings["rounds"])
    while state.start < settings["starts"]:
        trial = problem.make_trial(state.search)
        while state.round < len(settings["rounds"]) and state.best.loss[0] > 0:
            turn = settings["rounds"][state.round]
            last = min(state.step + (stop_after or settings["stretch"]), turn["steps"])
            plan = Plan(state.step, last, turn["steps"], float(turn["hot"]), float(turn["cold"]))
            stepped = aims._replace(outside=float(turn["outside"]))
            anneal(state.search, stepped, trial, state.best, state.random, plan)
            state.step = last
            report = _report(settings, state, total)
            if last == turn["steps"] and state.round + 1 < len(settings["rounds"]):
                _begin_round(state)
            elif last == turn["steps"]:
                state.round = len(settings["rounds"])
            _save(state, config, checkpoint)
            if progress is not None:
                progress(report)
            if stop_after is not None:
                return problem.take_patients(state.best, draw_start(config, 0)), _loss_of(state)
        _close_start(state, config, aims)
    winner = min(range(len(state.results)), key=lambda place: state.results[place][0])
    loss, table, days, event = state.results[winner]
    found = problem.make_best(table, days, event)
    return problem.take_patients(found, draw_start(config, winner)), loss


def check_checkpoint(checkpoint: Path | str, config: Mapping[str, Any]) -> None:
    """Refuse a file from which a search cannot go on.

    Parameters
    ----------
    checkpoint : Path or str
        File of a search that was stopped.
    config : mapping
        Configuration of the search that is to go on.

    Raises
    ------
    ParameterError
        If there is no such file, it is no checkpoint, or that of another configuration.
    """
    try:
        with Path(checkpoint).open("rb") as file, np.load(file, allow_pickle=False) as saved:
            digest = str(saved["config"])
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, TypeError):
        raise ParameterError(
            f"checkpoint must be the file of a stopped search, but was {str(checkpoint)!r}; "
            "begin a new search"
        ) from None
    if digest != _digest_config(config):
        raise ParameterError(
            f"checkpoint must be of the same configuration and seed, but {str(checkpoint)!r} is "
            "of others; give those of the stopped search, or begin a new one"
        )


def digest_patients(patients: Patients) -> str:
    """Return the SHA-256 of coded patients, column by column in alphabetic order."""
    content = hashlib.sha256()
    for name in sorted(patients):
        content.update(name.encode())
        content.update(np.ascontiguousarray(patients[name], dtype="<i8").tobytes())
    return content.hexdigest()


def _loss_of(state: _State) -> float:
    return float(state.best.loss[0])


def _begin_round(state: _State) -> None:
    """Go on with the best patients, warmed up again; losses of two rounds do not compare."""
    state.round, state.step = state.round + 1, 0
    state.search.table[:, :] = state.best.table
    state.search.days[:] = state.best.days
    state.search.event[:] = state.best.event
    if state.best.loss[0] > 0:
        state.best.loss[0] = problem.UNKNOWN_LOSS


def _close_start(state: _State, config: Mapping[str, Any], aims: Any) -> None:
    """Keep the result of a start and draw the next; a perfect one ends the search."""
    best = state.best
    state.results.append((_loss_of(state), best.table, best.days, best.event))
    starts = config["search"]["starts"]
    state.start = starts if _loss_of(state) <= 0 else state.start + 1
    if state.start < starts:
        fresh = _begin_start(config, aims, state.start)
        state.search, state.best, state.random = fresh.search, fresh.best, fresh.random
        state.round, state.step = 0, 0


def _begin_start(config: Mapping[str, Any], aims: Any, start: int) -> _State:
    search = problem.make_search(draw_start(config, start), aims)
    return _State(
        search=search,
        best=problem.make_best(search.table, search.days, search.event),
        random=np.array([config["seed"] * 1000 + start], dtype=np.uint64),
        start=start,
        round=0,
        step=0,
        results=[],
    )


def _report(settings: Mapping[str, Any], state: _State, total: int) -> SearchProgress:
    rounds = [turn["steps"] for turn in settings["rounds"]]
    done = state.start * sum(rounds) + sum(rounds[: state.round]) + state.step
    stage = f"start {state.start + 1} of {settings['starts']}"
    return SearchProgress(stage=stage, done=done, total=total, loss=_loss_of(state))


def _digest_config(config: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(config, sort_keys=True).encode()).hexdigest()


def _save(state: _State, config: Mapping[str, Any], checkpoint: Path | str | None) -> None:
    if checkpoint is None:
        return
    arrays = {f"search_{name}": values for name, values in state.search._asdict().items()}
    arrays |= {f"best_{name}": values for name, values in state.best._asdict().items()}
    for place, (loss, table, days, event) in enumerate(state.results):
        arrays |= {f"result{place}_loss": np.array(loss), f"result{place}_table": table}
        arrays |= {f"result{place}_days": days, f"result{place}_event": event}
    place = np.array([state.start, state.round, state.step, len(state.results)])
    path = Path(checkpoint)
    part = path.with_name(f"{path.name}.part")
    with part.open("wb") as file:
        np.savez(file, config=_digest_config(config), place=place, random=state.random, **arrays)
    part.replace(path)


def _open_state(config: Mapping[str, Any], aims: Any, checkpoint: Path | str | None) -> _State:
    state = _begin_start(config, aims, 0)
    if checkpoint is None or not Path(checkpoint).is_file():
        return state
    with np.load(checkpoint, allow_pickle=False) as saved:
        if str(saved["config"]) != _digest_config(config):
            return state
        start, round_, step, results = (int(value) for value in saved["place"])
        for name, values in [*state.search._asdict().items(), *state.best._asdict().items()]:
            kind = "search" if values is getattr(state.search, name, None) else "best"
            values[...] = saved[f"{kind}_{name}"]
        state.random[:] = saved["random"]
        state.start, state.round, state.step = start, round_, step
        state.results = [
            (
                float(saved[f"result{place}_loss"]),
                saved[f"result{place}_table"],
                saved[f"result{place}_days"],
                saved[f"result{place}_event"],
            )
            for place in range(results)
        ]
    return state
