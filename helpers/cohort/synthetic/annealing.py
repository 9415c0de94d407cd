"""The search for a cohort in which the printed numbers hold together, compiled."""
# ruff: noqa: PLR0917 - compiled functions are called with positions only

from __future__ import annotations

from collections import namedtuple

import numpy as np
from numba import njit

from helpers.cohort.synthetic.compiled_math import (
    exponential,
    logarithm,
    next_below,
    next_uniform,
    sort_order,
)
from helpers.cohort.synthetic.membership import find_groups, is_set, model_bits
from helpers.cohort.synthetic.moves import (
    count_locked_deaths,
    derive,
    flip_excess,
    is_coherent,
    nudge_ages,
    shift_day,
    signature,
    swap_bundle,
    swap_outcomes,
)
from helpers.cohort.synthetic.scoring import score_component

REACHES = np.array([0, 0, 2, 6, 20, 60])
"""How many places apart in the order of times two patients may be; 0 for any distance."""

Best = namedtuple("Best", "table days event loss")
"""The best patients seen, and their loss as an array of one."""

Plan = namedtuple("Plan", "first last steps hot cold")
"""A stretch of a round of cooling."""

Trial = namedtuple(
    "Trial", "table days event order mask bits models dirty fresh betas scratch pair"
)
"""The last accepted patients, and working space for one proposal."""


@njit(cache=True)
def find_dirty(search, aims, trial, changed, moved):
    """List the components that depend on groups with a changed bit; return how many."""
    n_groups, n_tests, n_models = len(aims.groups), len(aims.pairs), len(aims.members)
    count = 0
    for component in range(len(search.losses)):
        if aims.weights[component] == 0.0:
            continue
        place = component - n_groups - n_tests - 1
        if component < n_groups:
            touched = is_set(changed, component)
        elif place < -1:
            pair = aims.pairs[component - n_groups]
            touched = is_set(changed, pair[0]) or is_set(changed, pair[1])
        elif place == -1:
            touched = (changed & aims.four.sum()) != 0
        elif place < n_models:
            touched = trial.models[place]
        elif component == len(search.losses) - 1:
            touched = moved
        else:
            touched = is_set(changed, aims.smooth[place - n_models, 0])
        if touched:
            trial.dirty[count] = component
            count += 1
    return count


@njit(cache=True)
def refresh(search, aims):
    """Recompute everything that derives from table, days and events; return the loss."""
    for patient in range(len(search.days)):
        derive(search.table[patient])
        search.mask[patient] = find_groups(search.table[patient], aims.groups)
        for model in range(len(aims.members)):
            search.covariates[model, patient] = model_bits(
                search.mask[patient], aims.members[model], aims.terms[model]
            )
    search.shared[:] = 0
    for day in search.days:
        search.shared[day] += 1
    sort_order(search.days, search.order)
    scratch = np.empty(8)
    total = 0.0
    for component in range(len(search.losses)):
        search.losses[component] = 0.0
        if aims.weights[component] > 0.0:
            search.losses[component] = score_component(
                search, aims, component, search.betas, scratch
            )
        total += search.losses[component]
    return total


@njit(cache=True)
def propose(search, aims, random, pair):
    """Change one or two patients in place; return 0 for nothing, 1 attributes, 2 outcomes."""
    place = next_below(random, len(search.days))
    i, j = search.order[place], choose_partner(search, random, place)
    pair[0], pair[1] = i, j
    kind = next_uniform(random)
    if kind < aims.moves[2]:
        if kind < aims.moves[0]:
            pair[1] = i
            changed = shift_day(random, search.days, search.shared, i)
        else:
            changed = swap_outcomes(search.days, search.event, i, j, kind < aims.moves[1])
        return 2 if changed else 0
    if kind < aims.moves[3]:
        changed = nudge_ages(search.table, i, j)
    elif kind < aims.moves[4]:
        pair[1] = i
        changed = flip_excess(search.table, i)
    else:
        changed = propose_bundle(search, aims, random, pair, place)
    return 1 if changed else 0


@njit(cache=True)
def choose_partner(search, random, place):
    """Draw a second patient, mostly one whose time is near to the first one's."""
    n = len(search.days)
    reach = REACHES[next_below(random, len(REACHES))]
    other = next_below(random, n)
    if reach > 0:
        step = 1 + next_below(random, reach)
        other = place + (step if next_uniform(random) < 0.5 else -step)
    return search.order[min(max(other, 0), n - 1)]


@njit(cache=True)
def propose_bundle(search, aims, random, pair, place):
    """Swap a bundle of attributes with the first of a few patients who differ in it."""
    bundle = aims.bundles[next_below(random, len(aims.bundles))]
    for _ in range(5):
        if swap_bundle(search.table, bundle, pair[0], pair[1]):
            return True
        pair[1] = choose_partner(search, random, place)
    return False


@njit(cache=True)
def undo(search, trial, pair):
    """Put the one or two patients of a rejected proposal back."""
    for place in range(2):
        patient = pair[place]
        if place == 1 and pair[0] == pair[1]:
            return
        search.table[patient] = trial.table[patient]
        search.shared[search.days[patient]] -= 1
        search.shared[trial.days[patient]] += 1
        search.days[patient] = trial.days[patient]
        search.event[patient] = trial.event[patient]


@njit(cache=True)
def keep(search, trial, pair):
    """Take over the patients of an accepted proposal."""
    for patient in pair:
        trial.table[patient] = search.table[patient]
        trial.days[patient] = search.days[patient]
        trial.event[patient] = search.event[patient]


@njit(cache=True)
def is_allowed(search, trial, pair, kind):
    """Whether the changed patients are coherent and all joint counts are kept."""
    for patient in pair:
        derive(search.table[patient])
        if not is_coherent(search.table[patient], search.days[patient], search.event[patient]):
            return False
    if pair[0] == pair[1]:
        return True
    deaths = 0
    for patient in pair:
        deaths += count_locked_deaths(search.table[patient], search.event[patient])
        deaths -= count_locked_deaths(trial.table[patient], trial.event[patient])
    if deaths != 0:
        return False
    if kind == 2:
        return True
    before = signature(trial.table[pair[0]]) + signature(trial.table[pair[1]])
    return before == signature(search.table[pair[0]]) + signature(search.table[pair[1]])


@njit(cache=True)
def update_groups(search, aims, trial, pair, kind):
    """Renew the changed patients' groups; return the bits of all groups concerned."""
    changed = np.uint64(0)
    trial.models[:] = False
    for place in range(2):
        patient = pair[place]
        mask = search.mask[patient]
        if place == 0 or pair[0] != pair[1]:
            trial.mask[place] = mask
            trial.bits[place] = search.covariates[:, patient]
        if kind == 2:
            changed |= mask
            for model in range(len(aims.members)):
                if search.covariates[model, patient] >= 0:
                    trial.models[model] = True
            continue
        fresh = find_groups(search.table[patient], aims.groups)
        changed |= mask ^ fresh
        search.mask[patient] = fresh
        for model in range(len(aims.members)):
            bits = model_bits(fresh, aims.members[model], aims.terms[model])
            if bits != search.covariates[model, patient]:
                trial.models[model] = True
                search.covariates[model, patient] = bits
    return changed


@njit(cache=True)
def undo_groups(search, trial, pair, kind):
    """Put the groups and the order of a rejected proposal back."""
    if kind == 2:
        search.order[:] = trial.order
        return
    for place in range(2):
        if place == 0 or pair[0] != pair[1]:
            search.mask[pair[place]] = trial.mask[place]
            search.covariates[:, pair[place]] = trial.bits[place]


@njit(cache=True)
def try_change(search, aims, trial, random, current, temperature):
    """Make one proposal and keep or undo it; return the loss afterwards."""
    pair = trial.pair
    kind = propose(search, aims, random, pair)
    if kind == 0 or not is_allowed(search, trial, pair, kind):
        undo(search, trial, pair)
        return current
    changed = update_groups(search, aims, trial, pair, kind)
    if kind == 2:
        trial.order[:] = search.order
        sort_order(search.days, search.order)
    limit = current - temperature * logarithm(next_uniform(random))
    count = find_dirty(search, aims, trial, changed, kind == 2)
    total = current
    for place in range(count):
        total -= search.losses[trial.dirty[place]]
    trial.betas[:, :] = search.betas
    done = 0
    while done < count and total <= limit:
        component = trial.dirty[done]
        trial.fresh[done] = score_component(search, aims, component, trial.betas, trial.scratch)
        total += trial.fresh[done]
        done += 1
    if total > limit:
        undo_groups(search, trial, pair, kind)
        undo(search, trial, pair)
        return current
    for place in range(count):
        search.losses[trial.dirty[place]] = trial.fresh[place]
    search.betas[:, :] = trial.betas
    keep(search, trial, pair)
    return total


@njit(cache=True)
def anneal(search, aims, trial, best, random, plan):
    """Run the proposals ``plan.first`` to ``plan.last`` of ``plan.steps``.

    Meanwhile the temperature falls from ``plan.hot`` to ``plan.cold``. ``best`` keeps the best
    patients seen; a loss of zero ends the run. Returns the loss of the last patients.
    """
    current = refresh(search, aims)
    trial.table[:, :] = search.table
    trial.days[:] = search.days
    trial.event[:] = search.event
    temperature = plan.hot
    cooling = logarithm(plan.cold / plan.hot)
    for step in range(plan.first, plan.last):
        if step % 512 == 0 or step == plan.first:
            temperature = plan.hot * exponential(cooling * step / plan.steps)
            current = search.losses.sum()
        current = try_change(search, aims, trial, random, current, temperature)
        if current < best.loss[0] - 1e-9:
            best.loss[0] = current
            best.table[:, :] = search.table
            best.days[:] = search.days
            best.event[:] = search.event
            if current < 1e-6:
                best.loss[0] = 0.0
                break
    return current
