# Reference numbers of Cox models, their residuals, tests and concordance.
# Run from the top of the project: Rscript tests/reference/cox.R
# The control asks for more iterations than the default, so that R's own estimates are exact.
suppressPackageStartupMessages({library(survival); library(jsonlite)})

folder <- file.path("tests", "reference")
control <- suppressWarnings(coxph.control(eps = 1e-13, iter.max = 100))

# A case: columns of a data set and options of coxph. `factors` maps a column to its levels,
# the first one being the reference; NULL for a number.
case <- function(data, time, event, factors, event_value = 1, entry = NULL, strata = NULL,
                 cluster = NULL, weights = NULL, ties = "efron", robust = FALSE) {
  list(data = data, time = time, event = event, event_value = event_value, entry = entry,
       factors = factors, strata = strata, cluster = cluster, weights = weights, ties = ties,
       robust = robust)
}
number <- list()

cases <- list(
  lung = case("lung", "time", "status", event_value = 2,
    list(age = number, sex = 1:2, ph_ecog = 0:3)),
  lung_breslow = case("lung", "time", "status", event_value = 2, ties = "breslow",
    list(age = number, sex = 1:2, wt_loss = number)),
  lung_robust = case("lung", "time", "status", event_value = 2, weights = c(1, 2, 0.5),
    list(age = number, sex = 1:2, ph_karno = number), robust = TRUE),
  lung_strata = case("lung", "time", "status", event_value = 2, strata = "inst",
    list(age = number, sex = 1:2)),
  veteran = case("veteran", "time", "status",
    list(trt = 1:2, celltype = c("squamous", "smallcell", "adeno", "large"), karno = number)),
  veteran_breslow = case("veteran", "time", "status", ties = "breslow", weights = c(1, 3),
    list(trt = 1:2, karno = number, prior = c(0, 10))),
  veteran_strata = case("veteran", "time", "status", strata = "celltype", weights = c(1, 2, 1),
    list(trt = 1:2, karno = number, age = number)),
  colon_death = case("colon_death", "time", "status",
    list(rx = c("Obs", "Lev", "Lev+5FU"), sex = 0:1, age = number, differ = 1:3, node4 = 0:1)),
  colon_recurrence = case("colon_recurrence", "time", "status", strata = "extent",
    list(rx = c("Obs", "Lev", "Lev+5FU"), obstruct = 0:1, surg = 0:1)),
  pbc = case("pbc", "time", "status", event_value = 2,
    list(age = number, edema = c(0, 0.5, 1), bili = number, albumin = number, sex = c("m", "f"))),
  ovarian = case("ovarian", "futime", "fustat", list(age = number, rx = 1:2)),
  bladder2 = case("bladder2", "stop", "event", entry = "start", cluster = "id", strata = "enum",
    list(rx = 1:2, number = number, size = number)),
  bladder2_breslow = case("bladder2", "stop", "event", entry = "start", ties = "breslow",
    weights = c(1, 0.5, 2), cluster = "id", list(rx = 1:2, number = number)),
  cgd = case("cgd", "tstop", "status", entry = "tstart", cluster = "id",
    list(treat = c("placebo", "rIFN-g"), age = number, inherit = c("X-linked", "autosomal"),
         steroids = 0:1)),
  heart = case("heart", "stop", "event", entry = "start",
    list(age = number, year = number, surgery = 0:1, transplant = 0:1)),
  heart_robust = case("heart", "stop", "event", entry = "start", cluster = "id",
    strata = "surgery", list(age = number, transplant = 0:1)),
  mgus2 = case("mgus2", "futime", "death", list(age = number, sex = c("F", "M"), hgb = number)),
  mgus2_late_entry = case("mgus2", "exit_age", "death", entry = "age", weights = c(2, 1),
    list(sex = c("F", "M"), hgb = number, creat = number)),
  kidney = case("kidney", "time", "status", cluster = "id",
    list(age = number, sex = 1:2, disease = c("Other", "GN", "AN", "PKD"))),
  aml = case("aml", "time", "status", list(x = c("Maintained", "Nonmaintained")))
)

read_case <- function(spec) {
  frame <- read.csv(file.path(folder, "data", paste0(spec$data, ".csv")))
  if (spec$data == "mgus2") frame$exit_age <- frame$age + frame$futime / 12
  used <- c(spec$time, spec$event, spec$entry, names(spec$factors), spec$strata, spec$cluster)
  frame <- frame[complete.cases(frame[, used]), ]
  frame$weight <- if (is.null(spec$weights)) 1 else rep_len(spec$weights, nrow(frame))
  for (name in names(spec$factors)) {
    levels <- spec$factors[[name]]
    if (length(levels)) frame[[name]] <- factor(frame[[name]], levels = levels)
  }
  frame$happened <- frame[[spec$event]] == spec$event_value
  frame
}

fit_case <- function(spec, frame) {
  left <- if (is.null(spec$entry)) spec$time else paste(spec$entry, spec$time, sep = ", ")
  right <- names(spec$factors)
  if (!is.null(spec$strata)) right <- c(right, sprintf("strata(%s)", spec$strata))
  formula <- as.formula(sprintf("Surv(%s, happened) ~ %s", left, paste(right, collapse = " + ")))
  arguments <- list(formula, data = frame, ties = spec$ties, control = control, x = TRUE,
                    robust = spec$robust || !is.null(spec$cluster))
  if (!is.null(spec$weights)) arguments$weights <- frame$weight
  if (!is.null(spec$cluster)) arguments$cluster <- frame[[spec$cluster]]
  do.call(coxph, arguments)
}

few <- function(x, limit = 25) {
  x <- as.matrix(x)
  unname(x[unique(round(seq(1, nrow(x), length.out = min(limit, nrow(x))))), , drop = FALSE])
}

describe_zph <- function(fit) {
  transforms <- c("km", "rank", "identity", "log")
  if (any(fit$y[, ncol(fit$y) - 1] <= 0)) transforms <- setdiff(transforms, "log")
  sapply(transforms, function(transform) {
    by_term <- cox.zph(fit, transform = transform)
    by_column <- cox.zph(fit, transform = transform, terms = FALSE)
    stratum <- if (is.null(by_column$strata)) 0 * by_column$time else as.integer(by_column$strata)
    first <- replace(by_column$y[, 1], is.na(by_column$y[, 1]), -Inf)
    row <- order(stratum, by_column$time, first)  # ties in the order of their first residual
    list(by_term = unname(by_term$table), by_column = unname(by_column$table),
         x = few(by_column$x), time = few(by_column$time), scaled = few(by_column$y[row, ]))
  }, simplify = FALSE)
}

describe_tests <- function(fit) {
  terms <- fit$assign
  sapply(terms, function(columns) {
    b <- coef(fit)[columns]
    sum(b * solve(fit$var[columns, columns, drop = FALSE], b))
  })
}

describe_concordance <- function(spec, fit, frame) {
  score <- fit$linear.predictors
  counts <- fit$concordance
  out <- list(estimate = counts[["concordance"]], std_error = counts[["std"]],
              counts = unname(counts[1:5]))
  if (is.null(spec$entry)) {
    horizon <- unname(quantile(frame[[spec$time]][frame$happened], 0.8))
    formula <- Surv(frame[[spec$time]], frame$happened) ~ score
    if (!is.null(spec$strata)) {
      formula <- Surv(frame[[spec$time]], frame$happened) ~ score + strata(frame[[spec$strata]])
    }
    uno <- concordance(formula, weights = frame$weight, timewt = "n/G2", ymax = horizon,
                       reverse = TRUE)
    out$uno <- list(horizon = horizon, estimate = unname(uno$concordance),
                    std_error = sqrt(uno$var))
  }
  out
}

describe <- function(spec) {
  frame <- read_case(spec)
  fit <- fit_case(spec, frame)
  hazard <- basehaz(fit, centered = FALSE)
  stratum <- if (is.null(hazard$strata)) rep(1, nrow(hazard)) else as.integer(hazard$strata)
  list(
    spec = spec, n = fit$n, n_events = fit$nevent, coefficients = unname(coef(fit)),
    covariance = unname(fit$var),
    model_covariance = unname(if (is.null(fit$naive.var)) fit$var else fit$naive.var),
    log_likelihood = fit$loglik, score = fit$score, wald = unname(fit$wald.test),
    robust_score = fit$rscore, factor_wald = as.list(describe_tests(fit)),
    concordance = describe_concordance(spec, fit, frame), zph = describe_zph(fit),
    martingale = few(resid(fit, "martingale")), deviance = few(resid(fit, "deviance")),
    score_residuals = few(resid(fit, "score")), dfbeta = few(resid(fit, "dfbeta")),
    dfbetas = few(resid(fit, "dfbetas")),
    baseline = list(time = few(hazard$time)[, 1], hazard = few(hazard$hazard)[, 1],
                    stratum = few(stratum)[, 1])
  )
}

result <- list(
  versions = list(R = paste(R.version$major, R.version$minor, sep = "."),
                  survival = as.character(packageVersion("survival"))),
  cases = lapply(cases, describe)
)
write_json(result, file.path(folder, "cox.json"), digits = I(17), auto_unbox = TRUE,
           null = "null", na = "null", matrix = "rowmajor")
