"""Names of tests, interval methods and abbreviations, as a reader is told them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from helpers.formatting.words import lower_first

_TESTS = (
    ("continuitycorrection", "chi-square test with continuity correction"),
    ("gray", "Gray's test"),
    ("mantelbyar", "Mantel-Byar test"),
    ("trend", "log-rank test for trend"),
    ("stratified", "stratified log-rank test"),
    ("logrank", "log-rank test"),
    ("peto", "Peto-Peto test"),
    ("fleming", "Fleming-Harrington weighted log-rank test"),
    ("fisher", "Fisher's exact test"),
    ("chisquare", "chi-square test"),
    ("pearson", "chi-square test"),
    ("kruskal", "Kruskal-Wallis test"),
    ("wilcoxon", "Wilcoxon rank-sum test"),
    ("mannwhitney", "Wilcoxon rank-sum test"),
    ("schoenfeld", "test of scaled Schoenfeld residuals"),
    ("coxzph", "test of scaled Schoenfeld residuals"),
    ("proportionalhazards", "test of scaled Schoenfeld residuals"),
    ("likelihood", "likelihood-ratio test"),
    ("score", "score test"),
    ("wald", "Wald test"),
)
_TEST_CODES = {"lr": "likelihood-ratio test", "lrt": "likelihood-ratio test"}

_INTERVALS = (
    ("spss", "SPSS method"),
    ("loglog", "log-log method"),
    ("arcsin", "arcsine method"),
    ("plain", "plain method"),
    ("bootstrap", "bootstrap"),
    ("log", "log method"),
    ("clopper", "exact method"),
    ("exact", "exact method"),
)

#: What the names of interval methods mean, for notes and methods sections.
INTERVAL_MEANINGS: dict[str, str] = {
    "SPSS method": "estimate ± normal quantile × standard error of the median, as SPSS prints it",
    "log-log method": "from the complementary log-log transformation of the survival curve",
    "arcsine method": "from the arcsine square-root transformation of the survival curve",
    "plain method": "from the survival curve ± normal quantile × Greenwood standard error",
    "bootstrap": "percentiles of resampled estimates",
    "log method": "from the log transformation of the survival curve",
    "exact method": "from the binomial distribution (Clopper-Pearson)",
}

#: Short forms of statistics, known whatever the patients have.
STATISTICAL_ABBREVIATIONS: dict[str, str] = {
    "AIC": "Akaike information criterion",
    "AJ": "Aalen-Johansen estimator",
    "CI": "confidence interval",
    "HR": "hazard ratio",
    "KM": "Kaplan-Meier estimator",
    "NC": "not computable",
    "NR": "not reached",
    "OS": "overall survival",
    "sHR": "subdistribution hazard ratio",
}

ABBREVIATIONS: dict[str, str] = {
    **STATISTICAL_ABBREVIATIONS,
    "AML": "acute myeloid leukaemia",
    "ATG": "antithymocyte globulin",
    "BM": "bone marrow",
    "BSC": "best supportive care",
    "CR": "complete response",
    "del(5q)": "deletion of the long arm of chromosome 5",
    "ESA": "erythropoiesis-stimulating agent",
    "FISH": "fluorescence in situ hybridisation",
    "HI": "haematological improvement",
    "HMA": "hypomethylating agent",
    "HSCT": "haematopoietic stem-cell transplantation",
    "IPSS": "International Prognostic Scoring System",
    "LEN": "lenalidomide",
    "MDS": "myelodysplastic syndrome",
    "PD": "progressive disease",
    "PR": "partial response",
    "RA": "refractory anaemia",
    "RAEB": "refractory anaemia with excess of blasts",
    "RARS": "refractory anaemia with ring sideroblasts",
    "RBC": "red blood cell",
    "RCMD": "refractory cytopenia with multilineage dysplasia",
    "SD": "stable disease",
    "TD": "transfusion dependence",
    "WHO": "World Health Organization",
}


def name_test(method: str) -> str:
    """Return the name of a test in words.

    Parameters
    ----------
    method : str
        As a result's `method` gives it: ``logrank``, ``Fisher exact``, ``wald``.

    Returns
    -------
    str
        The method itself where it is not known; ``test`` where it is empty.

    Examples
    --------
    >>> name_test("logrank"), name_test("fisher"), name_test("gray")
    ('log-rank test', "Fisher's exact test", "Gray's test")
    """
    key = re.sub(r"[^a-z]", "", method.lower())
    if "randomtables" in key:
        return method
    if key in _TEST_CODES:
        return _TEST_CODES[key]
    known = next((words for token, words in _TESTS if token in key), None)
    return known or method or "test"


def name_contrast(label: str) -> str:
    """Return the label of a hazard ratio with both levels as they stand within a sentence.

    Examples
    --------
    >>> name_contrast("Mutated against Wild type")
    'mutated against wild type'
    """
    return " against ".join(lower_first(level) for level in label.split(" against "))


def name_interval(method: str) -> str:
    """Return the name of an interval's method in words, empty where `method` names none.

    Examples
    --------
    >>> name_interval("Kaplan-Meier, log-log")
    'log-log method'
    """
    key = re.sub(r"[^a-z]", "", method.lower().replace("logrank", ""))
    return next((words for token, words in _INTERVALS if token in key), "")


def find_abbreviations(
    texts: Iterable[str], *, known: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the abbreviations that occur in texts, with their meaning.

    Parameters
    ----------
    texts : iterable of str
        Cells, titles, captions.
    known : mapping of str to str, optional
        Those of the data's labels; only those of statistics are added. All built-in ones
        without it.

    Returns
    -------
    dict of str to str
        Alphabetical, letter case aside.

    Examples
    --------
    >>> find_abbreviations(["OS by response to LEN"])
    {'LEN': 'lenalidomide', 'OS': 'overall survival'}
    """
    meanings = {**STATISTICAL_ABBREVIATIONS, **known} if known else ABBREVIATIONS
    text = " ".join(texts)
    found = [short for short in meanings if _make_pattern(short).search(text)]
    return {short: meanings[short] for short in sorted(found, key=str.casefold)}


def _make_pattern(short: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![A-Za-z0-9]){re.escape(short)}s?(?![A-Za-z0-9])")
