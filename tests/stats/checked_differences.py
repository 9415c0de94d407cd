"""Where R and this package differ by choice: subject, what R does, what is done here."""

CURVES = (
    (
        "Limits before the first event",
        "`survfit`: NA on the log-log and arcsin scales",
        "1, as on the other scales",
    ),
    (
        "Curve that is flat at exactly 1 - q to its end",
        "`print(survfit)`: the start of the flat piece; `quantile(survfit)`: its middle",
        "the start, for each q",
    ),
    (
        "Limits that are not monotone (few at risk after late entry)",
        "`print` and `quantile` read different crossings",
        "the first crossing, as `print`",
    ),
    (
        "Number at risk between two rows of a curve with late entry",
        "`summary(survfit, times)`: that of the next row, with those who enter in between",
        "who is under observation just before the time is counted",
    ),
    (
        "All at risk have the event while others enter later",
        "the curve stays at 0, without a word",
        "it stays at exactly 0, with a warning",
    ),
    (
        "Standard error of a curve that has reached 0",
        "`survfit`: Inf; `summary`: NaN",
        "None (0 with weights that are not whole numbers, as `survfit` there)",
    ),
    (
        "Probability after the last observation",
        "left out, or the last value with `extend = TRUE`; `timepoints` of cmprsk: NA",
        "None, unless the curve cannot change any more",
    ),
    (
        "Restricted mean beyond follow-up",
        "the curve is extended flat",
        "an error that names the last observation",
    ),
    ("Interval of a restricted mean", "none is printed", "normal, cut at 0 and at the horizon"),
    ("Records of weight 0", "have a row in the curve", "have none; no estimate differs"),
    (
        "SPSS's interval of a median",
        "none",
        "Collett's formula with epsilon 0.05, from published descriptions and his worked example; "
        "not checked against SPSS itself. Its standard error divides by the density of the curve "
        "between the neighbouring percentiles. SPSS centres on the start of a flat piece, here on "
        "the estimate that all intervals share",
    ),
)
TESTS = (
    (
        "Log-rank test without an event",
        "`survdiff`: chi-square 0 with -1 degrees of freedom, p NA",
        "an error that says to leave the comparison out",
    ),
    (
        "Incidence, or Gray's test, of a cause without an event",
        "`cuminc` leaves the cause out",
        "an error that names the codes that are there",
    ),
    (
        "Log-rank test with case weights",
        "`survdiff` has no such argument",
        "refused; the message names the robust score test of a weighted Cox model",
    ),
    (
        "p-value of Gray's test",
        "`cuminc`: 1 - `pchisq()`, which loses the digits of small values",
        "the upper tail; values below 1e-8 were not compared",
    ),
    (
        "Chi-square test of a 2 by 2 table",
        "`chisq.test` corrects by Yates unless told not to",
        "corrected on request only; by default Fisher's test where an expected count is below 5",
    ),
    (
        "Fisher's test of a table too large to enumerate",
        "`fisher.test`: an error",
        "100,000 random tables with a fixed seed, which the test's name says",
    ),
    (
        "Fisher's test with a p-value of 7e-13",
        "`fisher.test` is 3e-6, relative, from the sum over all tables",
        "within 1e-9 of that sum, which a test writes out; values below 1e-12 were not compared",
    ),
    (
        "Wilcoxon and Kruskal-Wallis tests where all values are equal",
        "NaN",
        "no p-value, with a warning",
    ),
    (
        "Standardised difference of groups without overlap",
        "the formula gives a number",
        "an error: no number describes it",
    ),
)
MODELS = (
    (
        "Weights that are not whole numbers in a Cox model",
        "`coxph` turns the robust variance on",
        "the caller's choice; without it the result carries a warning",
    ),
    (
        "Coefficient without a finite estimate",
        "`coxph`: the last iterate, with a warning",
        "marked as infinite and without a hazard ratio; a sentence names the level and Firth's "
        "correction",
    ),
    (
        "Constant or collinear covariate",
        "`coxph`: coefficient NA",
        "an error that names the column and those that determine it",
    ),
    (
        "Firth's correction",
        "coxphf has Breslow's ties only",
        "Efron's or Breslow's; checked against a maximisation of the penalised likelihood in R, "
        "not against coxphf",
    ),
    (
        "Stepwise selection by p-values",
        "`step` goes by AIC",
        "Wald, score or likelihood ratio; checked against a loop over `coxph`",
    ),
)
COMPETING = (
    (
        "Times that differ by rounding only (0.1 + 0.2 and 0.3)",
        "tied in `survfit` and `coxph`, apart in `cuminc` and `crr`",
        "tied everywhere",
    ),
    (
        "Limits where the incidence is still 0",
        "`survfit`: NA on the log and log-log scales, 0 on the plain one",
        "0 on the curve, None where the incidence at one time is read",
    ),
    (
        "Fine-Gray model with patients censored at time 0",
        "`crr` takes the mean of 1 and G(0) for G(0-), so that its numbers move when the same "
        "constant is added to all times",
        "G(0-) = 1",
    ),
    (
        "Late entry or case weights under competing risks",
        "`survfit` takes both",
        "not offered",
    ),
)
INPUT = (
    (
        "Events coded 1 and 2",
        "`Surv` takes 2 for the event; where all are 1, everyone has it",
        "1 and 2 are refused, and the message says what to pass; all 1 carries a warning",
    ),
    (
        "Durations passed as events",
        "`Surv`: NA with a warning",
        "refused as such",
    ),
    (
        "Missing time or event",
        "the record is left out",
        "refused with the count; leaving patients out belongs into the flow of the cohort",
    ),
)
DIFFERENCES = {
    "Curves and what is read from them": CURVES,
    "Tests": TESTS,
    "Regression": MODELS,
    "Competing risks": COMPETING,
    "Input": INPUT,
}
