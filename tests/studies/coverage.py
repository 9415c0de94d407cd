"""Coverage of the 95 % intervals and size of the tests, by simulation.

Run from the top of the project: python tests/studies/coverage.py [samples]
Writes coverage.json and coverage.md beside this file. It takes some minutes and is not part of the
test run; tests/stats/test_coverage_study.py reads what it wrote.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from helpers.stats.comparison import compare_survival
from helpers.stats.competing import estimate_cumulative_incidence, incidence_at
from helpers.stats.cox import fit_cox
from helpers.stats.design import design_from_columns
from helpers.stats.fine_gray import fit_fine_gray
from helpers.stats.gray import compare_cumulative_incidence
from helpers.stats.outcome import check_competing_outcome, check_survival_outcome
from helpers.stats.quantiles import estimate_quantile
from helpers.stats.restricted_mean import estimate_restricted_mean
from helpers.stats.survival import estimate_kaplan_meier, estimate_survival_at

N_SAMPLES = 2000
N_SUBJECTS = 400
N_ALLOCATIONS = 5
CENSORED = 0.45
SEED = 20261122
SHAPE, SCALE = 1.2, 30.0
HORIZON, LANDMARK = 36.0, 24.0
LOG_HAZARD_RATIOS = {"age_75": 0.5, "karyotype": 0.8, "raeb": 0.4, "response": -0.3}
PREVALENCES = (0.4, 0.15, 0.25, 0.5)
CAUSE_HAZARDS = (0.02, 0.015)
SUBDISTRIBUTION_SHARE, SUBDISTRIBUTION_EFFECT = 0.5, 0.6


def main(n_samples: int) -> None:
    """Simulate, count and write."""
    streams = np.random.SeedSequence(SEED).spawn(len(STUDIES))
    rows: dict[tuple[str, str], list[bool]] = {}
    censored = []
    for study, stream in zip(STUDIES, streams, strict=True):
        rng = np.random.default_rng(stream)
        ends = find_censoring(study, rng)
        for _ in range(n_samples):
            share, sample = study(rng, ends)
            censored.append(share)
            for kind, name, hit in sample:
                rows.setdefault((kind, name), []).append(hit)
    write(n_samples, float(np.mean(censored)), rows)


def find_censoring(study, rng: np.random.Generator) -> float:
    """Return the end of uniform censoring with which 45 % are censored, by bisection."""
    times = np.concatenate([study(rng, None) for _ in range(250)])
    low, high = 1.0, 10_000.0
    for _ in range(60):
        middle = (low + high) / 2
        # P(C < T) for C uniform on (0, middle)
        share = np.minimum(times / middle, 1.0).mean()
        low, high = (middle, high) if share > CENSORED else (low, middle)
    return high


def censor(rng, time, ends):
    """Return observed times and who is not censored."""
    limit = rng.uniform(0, ends, len(time))
    return np.minimum(time, limit), time <= limit


def one_sample(rng, ends):
    """Weibull times: median, survival, restricted mean; log-rank test of random groups."""
    time = SCALE * rng.weibull(SHAPE, N_SUBJECTS)
    if ends is None:
        return time
    time, event = censor(rng, time, ends)
    outcome = check_survival_outcome(time, event)
    curve = estimate_kaplan_meier(outcome)
    grid = np.linspace(0, HORIZON, 20_001)
    truth = {
        "median": SCALE * np.log(2) ** (1 / SHAPE),
        "survival": np.exp(-((LANDMARK / SCALE) ** SHAPE)),
        "mean": np.trapezoid(np.exp(-((grid / SCALE) ** SHAPE)), grid),
    }
    found = [
        ("coverage", f"median, {interval}", estimate_quantile(curve, interval=interval), "median")
        for interval in ("log-log", "log", "plain", "arcsin", "spss")
    ]
    at = estimate_survival_at(curve, LANDMARK)
    found.append(("coverage", "S(24 months), log-log", at, "survival"))
    mean = estimate_restricted_mean(curve, HORIZON)
    found.append(("coverage", "restricted mean, 36 months", mean, "mean"))
    rows = [(kind, name, covers(estimate, truth[key])) for kind, name, estimate, key in found]
    rows.extend(allocate(rng, "log-rank", (2, 4), lambda group: compare_survival(outcome, group)))
    return 1 - event.mean(), rows


def regression(rng, ends):
    """Weibull times with proportional hazards: Cox coefficients."""
    effects = np.array(list(LOG_HAZARD_RATIOS.values()))
    X = (rng.random((N_SUBJECTS, len(effects))) < PREVALENCES).astype(float)
    time = SCALE * (rng.exponential(size=N_SUBJECTS) * np.exp(-X @ effects)) ** (1 / SHAPE)
    if ends is None:
        return time
    time, event = censor(rng, time, ends)
    design = design_from_columns(X, list(LOG_HAZARD_RATIOS))
    outcome = check_survival_outcome(np.ceil(time * 10) / 10, event)
    rows = []
    for label, options in (("model", {}), ("robust", {"robust": True})):
        fit = fit_cox(outcome, design, **options)
        limits = zip(design.names, fit.ci_lower, fit.ci_upper, np.exp(effects), strict=True)
        rows.extend(
            ("coverage", f"Cox {name}, {label}", bool(low <= truth <= high))
            for name, low, high, truth in limits
        )
    return 1 - event.mean(), rows


def competing(rng, ends):
    """Two causes of constant hazard: incidence; Gray's test of random groups."""
    total = sum(CAUSE_HAZARDS)
    time = rng.exponential(1 / total, N_SUBJECTS)
    if ends is None:
        return time
    cause = np.where(rng.random(N_SUBJECTS) < CAUSE_HAZARDS[0] / total, 1, 2)
    time, event = censor(rng, time, ends)
    outcome = check_competing_outcome(time, np.where(event, cause, 0))
    truth = CAUSE_HAZARDS[0] / total * (1 - np.exp(-total * LANDMARK))
    rows = []
    for variance in ("aalen", "infinitesimal-jackknife"):
        for interval in ("log-log", "log", "plain"):
            curve = estimate_cumulative_incidence(outcome, interval=interval, variance=variance)
            hit = covers(incidence_at(curve, LANDMARK), truth)
            rows.append(("coverage", f"incidence(24 months), {interval}, {variance}", hit))
    rows.extend(
        allocate(rng, "Gray", (2, 3), lambda group: compare_cumulative_incidence(outcome, group))
    )
    return 1 - event.mean(), rows


def subdistribution(rng, ends):
    """Times with a proportional subdistribution hazard: Fine and Gray's coefficient."""
    x = rng.integers(0, 2, N_SUBJECTS)
    ratio, share = np.exp(SUBDISTRIBUTION_EFFECT * x), SUBDISTRIBUTION_SHARE
    ever = 1 - (1 - share) ** ratio
    u = rng.random(N_SUBJECTS)
    is_event = u < ever
    # F(t) = 1 - (1 - share (1 - exp(-t / 20)))**ratio, inverted at u
    inside = 1 - (1 - (1 - np.where(is_event, u, 0.0)) ** (1 / ratio)) / share
    time = np.where(is_event, -20 * np.log(inside), rng.exponential(25, N_SUBJECTS))
    if ends is None:
        return time
    time, seen = censor(rng, time, ends)
    outcome = check_competing_outcome(time, np.where(seen, np.where(is_event, 1, 2), 0))
    fit = fit_fine_gray(outcome, design_from_columns(x[:, None], ["x"]))
    hit = bool(fit.ci_lower[0] <= np.exp(SUBDISTRIBUTION_EFFECT) <= fit.ci_upper[0])
    return 1 - seen.mean(), [("coverage", "Fine-Gray coefficient", hit)]


def allocate(rng, name, numbers, compare):
    """Yield whether a test rejects for groups that are drawn by lot, several times a sample."""
    for k in numbers:
        for _ in range(N_ALLOCATIONS):
            test = compare(rng.permutation(N_SUBJECTS) % k)
            yield "size", f"{name}, {k} groups", test.p_value < 0.05


STUDIES = (one_sample, regression, competing, subdistribution)


def covers(estimate, truth: float) -> bool:
    """Return whether the interval holds the truth; a limit that is not reached is open."""
    lower = -np.inf if estimate.ci_lower is None else estimate.ci_lower
    upper = np.inf if estimate.ci_upper is None else estimate.ci_upper
    return bool(lower <= truth <= upper)


def write(n_samples: int, censored: float, rows: dict[tuple[str, str], list[bool]]) -> None:
    """Write shares as JSON and as a table."""
    folder = Path(__file__).parent
    shares = {"coverage": {}, "size": {}}
    for (kind, name), hits in rows.items():
        shares[kind][name] = round(float(np.mean(hits)), 4)
    content = {
        "n_samples": n_samples,
        "n_subjects": N_SUBJECTS,
        "n_tests": n_samples * N_ALLOCATIONS,
        "seed": SEED,
        "censored": round(censored, 3),
        **shares,
    }
    (folder / "coverage.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    (folder / "coverage.md").write_text("\n".join(describe(content)), encoding="utf-8")


def describe(content: dict) -> Iterator[str]:
    """Yield the lines of the table."""
    yield "# Coverage and size by simulation"
    yield ""
    yield (
        f"{content['n_samples']} samples of {content['n_subjects']} patients, "
        f"{content['censored']:.0%} censored, seed {content['seed']}; made by `coverage.py`. "
        f"Tests: {content['n_tests']}, {N_ALLOCATIONS} allocations by lot in each sample. "
        "The simulation's own standard error is 0.5 percentage points for a coverage and 0.2 for "
        "a test. Expected: 95 % intervals cover in 93.5 to 96.5 %, tests at the 5 % level reject "
        "in 4 to 6 %. SPSS's interval of the median is reported beside."
    )
    for kind, heading in (("coverage", "95 % interval of"), ("size", "Test without a difference")):
        yield ""
        yield f"| {heading} | {'covers' if kind == 'coverage' else 'rejects'}, % |"
        yield "|---|---|"
        for name, share in content[kind].items():
            yield f"| {name} | {100 * share:.1f} |"
    yield ""


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else N_SAMPLES)
