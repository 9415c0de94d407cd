"""The literature that the manuscript may cite, and the numbering of what it does cite."""

from __future__ import annotations

import re
from collections.abc import Sequence

from helpers.narrative.pooling_literature import POOLING_LITERATURE

_TOKEN = re.compile(r"\[@([a-z0-9]+(?:; @[a-z0-9]+)*)\]")

#: Each entry: how it is printed, and its DOI, empty where it has none.
LITERATURE: dict[str, tuple[str, str]] = {
    **POOLING_LITERATURE,
    "aalen1978": (
        "Aalen OO, Johansen S. An empirical transition matrix for non-homogeneous Markov chains "
        "based on censored observations. Scand J Stat 1978;5:141-150.",
        "",
    ),
    "anderson1983": (
        "Anderson JR, Cain KC, Gelber RD. Analysis of survival by tumor response. J Clin Oncol "
        "1983;1:710-719.",
        "10.1200/JCO.1983.1.11.710",
    ),
    "benchimol2015": (
        "Benchimol EI, Smeeth L, Guttmann A, et al. The REporting of studies Conducted using "
        "Observational Routinely-collected health Data (RECORD) statement. PLoS Med "
        "2015;12:e1001885.",
        "10.1371/journal.pmed.1001885",
    ),
    "breslow1974": (
        "Breslow N. Covariance analysis of censored survival data. Biometrics 1974;30:89-99.",
        "10.2307/2529620",
    ),
    "brookmeyer1982": (
        "Brookmeyer R, Crowley J. A confidence interval for the median survival time. Biometrics "
        "1982;38:29-41.",
        "10.2307/2530286",
    ),
    "cashin2025": (
        "Cashin AG, Hansford HJ, Hernán MA, et al. Transparent reporting of observational "
        "studies emulating a target trial: the TARGET statement. JAMA 2025;334:1084-1093.",
        "10.1001/jama.2025.13350",
    ),
    "cheson2006": (
        "Cheson BD, Greenberg PL, Bennett JM, et al. Clinical application and proposal for "
        "modification of the International Working Group (IWG) response criteria in "
        "myelodysplasia. Blood 2006;108:419-425.",
        "10.1182/blood-2005-10-4149",
    ),
    "cox1972": (
        "Cox DR. Regression models and life-tables. J R Stat Soc Series B 1972;34:187-220.",
        "10.1111/j.2517-6161.1972.tb00899.x",
    ),
    "efron1977": (
        "Efron B. The efficiency of Cox's likelihood function for censored data. J Am Stat Assoc "
        "1977;72:557-565.",
        "10.1080/01621459.1977.10480613",
    ),
    "fenaux2011": (
        "Fenaux P, Giagounidis A, Selleslag D, et al. A randomized phase 3 study of lenalidomide "
        "versus placebo in RBC transfusion-dependent patients with Low-/Intermediate-1-risk "
        "myelodysplastic syndromes with del5q. Blood 2011;118:3765-3776.",
        "10.1182/blood-2011-01-330126",
    ),
    "fine1999": (
        "Fine JP, Gray RJ. A proportional hazards model for the subdistribution of a competing "
        "risk. J Am Stat Assoc 1999;94:496-509.",
        "10.1080/01621459.1999.10474144",
    ),
    "grambsch1994": (
        "Grambsch PM, Therneau TM. Proportional hazards tests and diagnostics based on weighted "
        "residuals. Biometrika 1994;81:515-526.",
        "10.1093/biomet/81.3.515",
    ),
    "gray1988": (
        "Gray RJ. A class of K-sample tests for comparing the cumulative incidence of a "
        "competing risk. Ann Stat 1988;16:1141-1154.",
        "10.1214/aos/1176350951",
    ),
    "greenberg1997": (
        "Greenberg P, Cox C, LeBeau MM, et al. International scoring system for evaluating "
        "prognosis in myelodysplastic syndromes. Blood 1997;89:2079-2088.",
        "10.1182/blood.V89.6.2079",
    ),
    "harrell1996": (
        "Harrell FE, Lee KL, Mark DB. Multivariable prognostic models: issues in developing "
        "models, evaluating assumptions and adequacy, and measuring and reducing errors. Stat "
        "Med 1996;15:361-387.",
        "",
    ),
    "harris2020": (
        "Harris CR, Millman KJ, van der Walt SJ, et al. Array programming with NumPy. Nature "
        "2020;585:357-362.",
        "10.1038/s41586-020-2649-2",
    ),
    "hunter2007": (
        "Hunter JD. Matplotlib: a 2D graphics environment. Comput Sci Eng 2007;9:90-95.",
        "10.1109/MCSE.2007.55",
    ),
    "kaplan1958": (
        "Kaplan EL, Meier P. Nonparametric estimation from incomplete observations. J Am Stat "
        "Assoc 1958;53:457-481.",
        "10.1080/01621459.1958.10501452",
    ),
    "kluyver2016": (
        "Kluyver T, Ragan-Kelley B, Pérez F, et al. Jupyter Notebooks - a publishing format for "
        "reproducible computational workflows. In: Loizides F, Schmidt B, eds. Positioning and "
        "Power in Academic Publishing. IOS Press, 2016:87-90.",
        "10.3233/978-1-61499-649-1-87",
    ),
    "li2018": (
        "Li F, Morgan KL, Zaslavsky AM. Balancing covariates via propensity score weighting. J "
        "Am Stat Assoc 2018;113:390-400.",
        "10.1080/01621459.2016.1260466",
    ),
    "lifelines2019": (
        "Davidson-Pilon C. lifelines: survival analysis in Python. J Open Source Softw "
        "2019;4:1317.",
        "10.21105/joss.01317",
    ),
    "list2006": (
        "List A, Dewald G, Bennett J, et al. Lenalidomide in the myelodysplastic syndrome with "
        "chromosome 5q deletion. N Engl J Med 2006;355:1456-1465.",
        "10.1056/NEJMoa061292",
    ),
    "mantel1966": (
        "Mantel N. Evaluation of survival data and two new rank order statistics arising in its "
        "consideration. Cancer Chemother Rep 1966;50:163-170.",
        "",
    ),
    "mantelbyar1974": (
        "Mantel N, Byar DP. Evaluation of response-time data involving transient states: an "
        "illustration using heart-transplant data. J Am Stat Assoc 1974;69:81-86.",
        "10.1080/01621459.1974.10480131",
    ),
    "mckinney2010": (
        "McKinney W. Data structures for statistical computing in Python. Proceedings of the 9th "
        "Python in Science Conference 2010:56-61.",
        "10.25080/Majora-92bf1922-00a",
    ),
    "mcshane2005": (
        "McShane LM, Altman DG, Sauerbrei W, et al. Reporting recommendations for tumor marker "
        "prognostic studies (REMARK). J Natl Cancer Inst 2005;97:1180-1184.",
        "10.1093/jnci/dji237",
    ),
    "nbconvert": ("Jupyter Development Team. nbconvert: convert notebooks to other formats.", ""),
    "papermill": ("nteract. papermill: parameterize, execute and analyze notebooks.", ""),
    "peto1972": (
        "Peto R, Peto J. Asymptotically efficient rank invariant test procedures. J R Stat Soc "
        "Series A 1972;135:185-207.",
        "10.2307/2344317",
    ),
    "prebet2017": (
        "Prebet T, Cluzeau T, Park S, et al. Outcome of patients treated for myelodysplastic "
        "syndromes with 5q deletion after failure of lenalidomide therapy. Oncotarget "
        "2017;8:81926-81935.",
        "10.18632/oncotarget.18477",
    ),
    "robins2000": (
        "Robins JM, Hernán MA, Brumback B. Marginal structural models and causal inference in "
        "epidemiology. Epidemiology 2000;11:550-560.",
        "10.1097/00001648-200009000-00011",
    ),
    "schemper1996": (
        "Schemper M, Smith TL. A note on quantifying follow-up in studies of failure time. "
        "Control Clin Trials 1996;17:343-346.",
        "10.1016/0197-2456(96)00075-X",
    ),
    "schoenfeld1981": (
        "Schoenfeld D. The asymptotic properties of nonparametric tests for comparing survival "
        "distributions. Biometrika 1981;68:316-319.",
        "10.1093/biomet/68.1.316",
    ),
    "simon1984": (
        "Simon R, Makuch RW. A non-parametric graphical representation of the relationship "
        "between survival and the occurrence of an event: application to responder versus non- "
        "responder bias. Stat Med 1984;3:35-44.",
        "10.1002/sim.4780030106",
    ),
    "simonsohn2020": (
        "Simonsohn U, Simmons JP, Nelson LD. Specification curve analysis. Nat Hum Behav "
        "2020;4:1208-1214.",
        "10.1038/s41562-020-0912-z",
    ),
    "uno2014": (
        "Uno H, Claggett B, Tian L, et al. Moving beyond the hazard ratio in quantifying the "
        "between-group difference in survival analysis. J Clin Oncol 2014;32:2380-2385.",
        "10.1200/JCO.2014.55.2208",
    ),
    "vanderweele2017": (
        "VanderWeele TJ, Ding P. Sensitivity analysis in observational research: introducing "
        "the E-value. Ann Intern Med 2017;167:268-274.",
        "10.7326/M16-2607",
    ),
    "vardiman2009": (
        "Vardiman JW, Thiele J, Arber DA, et al. The 2008 revision of the World Health "
        "Organization (WHO) classification of myeloid neoplasms and acute leukemia: rationale "
        "and important changes. Blood 2009;114:937-951.",
        "10.1182/blood-2009-03-209262",
    ),
    "virtanen2020": (
        "Virtanen P, Gommers R, Oliphant TE, et al. SciPy 1.0: fundamental algorithms for "
        "scientific computing in Python. Nat Methods 2020;17:261-272.",
        "10.1038/s41592-019-0686-2",
    ),
    "vonelm2007": (
        "von Elm E, Altman DG, Egger M, et al. The Strengthening the Reporting of Observational "
        "Studies in Epidemiology (STROBE) statement: guidelines for reporting observational "
        "studies. Lancet 2007;370:1453-1457.",
        "10.1016/S0140-6736(07)61602-X",
    ),
    "waskom2021": (
        "Waskom ML. seaborn: statistical data visualization. J Open Source Softw 2021;6:3021.",
        "10.21105/joss.03021",
    ),
    "white2009": (
        "White IR, Royston P. Imputing missing covariate values for the Cox model. Stat Med "
        "2009;28:1982-1998.",
        "10.1002/sim.3618",
    ),
    "xie2005": (
        "Xie J, Liu C. Adjusted Kaplan-Meier estimator and log-rank test with inverse probability "
        "of treatment weighting for survival data. Stat Med 2005;24:3089-3110.",
        "10.1002/sim.2174",
    ),
}


def number_citations(texts: Sequence[str]) -> tuple[list[str], tuple[str, ...]]:
    r"""Number what texts cite, in the order of first citation.

    Parameters
    ----------
    texts : sequence of str
        In reading order; ``[@cox1972; @efron1977]`` cites two entries of `LITERATURE`.

    Returns
    -------
    texts : list of str
        With numbers in the place of keys, each a link to ``#reference-N``.
    references : tuple of str
        Markdown of the cited entries by number, first is 1.

    Raises
    ------
    KeyError
        If an entry is unknown.

    Examples
    --------
    >>> print(number_citations(["Models [@cox1972; @efron1977].", "Again [@cox1972]."])[0])
    ['Models \\[[1](#reference-1), [2](#reference-2)\\].', 'Again \\[[1](#reference-1)\\].']
    """
    numbers: dict[str, int] = {}

    def replace(match: re.Match[str]) -> str:
        keys = match[1].split("; @")
        cited = sorted(numbers.setdefault(key, len(numbers) + 1) for key in keys)
        return rf"\[{_join_numbers(cited)}\]"

    numbered = [_TOKEN.sub(replace, text) for text in texts]
    return numbered, tuple(format_reference(key) for key in numbers)


def format_reference(key: str) -> str:
    """Return an entry of the literature as Markdown, its DOI a link.

    Examples
    --------
    >>> format_reference("breslow1974").partition(". Biometrics ")[2]
    '1974;30:89-99. [doi:10.2307/2529620](<https://doi.org/10.2307/2529620>)'
    """
    text, doi = LITERATURE[key]
    return f"{text} [doi:{doi}](<https://doi.org/{doi}>)" if doi else text


def _join_numbers(numbers: Sequence[int]) -> str:
    """Return ``1, 3–5``: three or more in a row become a range."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    shown = [
        f"{_link(run[0])}–{_link(run[-1])}"
        if len(run) > 2
        else ", ".join(_link(number) for number in run)
        for run in runs
    ]
    return ", ".join(shown)


def _link(number: int) -> str:
    return f"[{number}](#reference-{number})"
