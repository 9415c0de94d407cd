# Reference numbers of comparisons of treatments: switching groups, propensity scores, weights,
# balance, standardised survival, pooled estimates.
# Run from the top of the project: Rscript tests/reference/treatment.R
suppressPackageStartupMessages({library(survival); library(mice); library(jsonlite)})

folder <- file.path("tests", "reference")
read <- function(name) read.csv(file.path(folder, "data", paste0(name, ".csv")))

# Stanford heart transplants: (start, stop] records; `transplant` changes in time.
heart <- read("heart")
formula <- Surv(start, stop, event) ~ transplant
curves <- survfit(formula, heart, conf.type = "log-log")
curve <- function(i) {
  one <- curves[i]
  list(time = one$time, at_risk = one$n.risk, events = one$n.event, survival = one$surv,
       lower = one$lower, upper = one$upper)
}
control <- suppressWarnings(coxph.control(eps = 1e-13, iter.max = 100))
time_varying <- coxph(formula, heart, control = control)
exact <- coxph(formula, heart, ties = "exact", control = control)
first <- heart[!duplicated(heart$id), ]
last <- heart[!duplicated(heart$id, fromLast = TRUE), ]
switch <- heart$start[match(last$id, ifelse(heart$transplant == 1, heart$id, NA))]
patients <- data.frame(id = last$id, time = last$stop, event = last$event, switch = switch)
patients$ever <- as.integer(!is.na(patients$switch))
naive <- coxph(Surv(time, event) ~ ever, patients, control = control)
landmark <- function(at) {
  left <- subset(patients, time > at)
  left$joined <- as.integer(!is.na(left$switch) & left$switch <= at)
  fit <- coxph(Surv(time - at, event) ~ joined, left, control = control)
  list(at = at, n = nrow(left), joined = sum(left$joined), events = sum(left$event),
       coefficient = unname(coef(fit)), std_error = sqrt(vcov(fit)[1, 1]))
}
switching <- list(
  patients = patients, before = curve(1), after = curve(2),
  time_varying = list(coefficient = unname(coef(time_varying)),
                      std_error = sqrt(vcov(time_varying)[1, 1])),
  mantel_byar = exact$score,
  naive = list(coefficient = unname(coef(naive)), std_error = sqrt(vcov(naive)[1, 1])),
  landmarks = lapply(c(15, 30, 60), landmark))

# Propensity of the arm with fluorouracil in the colon trial.
colon <- subset(read("colon_death"), !is.na(nodes) & !is.na(differ))
colon$treated <- as.integer(colon$rx == "Lev+5FU")
colon$differ <- factor(colon$differ)
score <- glm(treated ~ age + sex + obstruct + differ + nodes, binomial, colon,
             control = glm.control(epsilon = 1e-14, maxit = 100))
e <- fitted(score)
share <- mean(colon$treated)
weights <- list(
  iptw = ifelse(colon$treated == 1, share / e, (1 - share) / (1 - e)),
  att = ifelse(colon$treated == 1, 1, e / (1 - e)),
  overlap = ifelse(colon$treated == 1, 1 - e, e))
limits <- unname(quantile(weights$iptw, c(0.01, 0.99)))
weights$iptw_truncated <- pmin(pmax(weights$iptw, limits[1]), limits[2])
columns <- model.matrix(score)[, -1]
treated <- colon$treated == 1
smd <- function(w) {
  apply(columns, 2, function(x) {
    spread <- sqrt((var(x[treated]) + var(x[!treated])) / 2)
    (weighted.mean(x[treated], w[treated]) - weighted.mean(x[!treated], w[!treated])) / spread
  })
}
weighted <- function(w) {
  fit <- coxph(Surv(time, status) ~ treated, colon, weights = w, robust = TRUE,
               control = control)
  km <- summary(survfit(Surv(time, status) ~ treated, colon, weights = w, se.fit = FALSE),
                times = c(365, 1096, 1826))
  ratio <- apply(columns, 2, function(x) {
    spread <- function(rows) cov.wt(as.matrix(x[rows]), w[rows] / sum(w[rows]))$cov
    spread(treated) / spread(!treated)
  })
  list(weights_sum = sum(w), variance_ratio = unname(ratio), coefficient = unname(coef(fit)),
       std_error = sqrt(vcov(fit)[1, 1]), survival = km$surv, smd = unname(smd(w)),
       effective = c(sum(w[!treated])^2 / sum(w[!treated]^2),
                     sum(w[treated])^2 / sum(w[treated]^2)))
}
propensity <- list(
  coefficients = unname(coef(score)),
  std_errors = unname(sqrt(diag(vcov(score)))),
  score = list(mean = mean(e), smallest = min(e), largest = max(e)),
  concordance = unname(concordance(colon$treated ~ e)$concordance),
  smd = unname(smd(rep(1, nrow(colon)))),
  weighted = lapply(weights, weighted), limits = limits)

# Standardised survival: the mean of each patient's predicted curve, group set for all.
standardise <- function(ties) {
  fit <- coxph(Surv(time, status) ~ treated + age + differ + nodes, colon, ties = ties,
               control = control)
  base <- survfit(fit, newdata = data.frame(treated = 0, age = 0, differ = factor(1, 1:3),
                                            nodes = 0), se.fit = FALSE)
  at <- c(100, 365, 1096, 1826, 3000)
  mean_of <- function(group) {
    new <- colon
    new$treated <- group
    each <- survfit(fit, newdata = new, se.fit = FALSE)
    rowMeans(summary(each, times = at)$surv)
  }
  list(at = at, hazard = summary(base, times = at)$cumhaz, untreated = mean_of(0),
       treated = mean_of(1))
}

# Interaction of the arm with the differentiation of the tumour, and of two factors of two levels.
interact <- function(left, right) {
  smaller <- coxph(as.formula(paste("Surv(time, status) ~", left, "+", right)), colon,
                   control = control)
  larger <- coxph(as.formula(paste("Surv(time, status) ~", left, "*", right)), colon,
                  control = control)
  list(statistic = 2 * (larger$loglik[2] - smaller$loglik[2]),
       df = length(coef(larger)) - length(coef(smaller)))
}
interactions <- list(differ = interact("treated", "differ"), sex = interact("treated", "sex"))

# Pooled estimates of two quantities from five data sets.
estimates <- rbind(c(0.51, -0.2), c(0.47, -0.31), c(0.55, -0.12), c(0.60, -0.25), c(0.44, -0.18))
variances <- rbind(c(0.04, 0.02), c(0.05, 0.021), c(0.045, 0.019), c(0.041, 0.02), c(0.043, 0.022))
pooled <- lapply(c(Inf, 80), function(df) {
  lapply(1:2, function(i) {
    one <- if (is.infinite(df)) pool.scalar(estimates[, i], variances[, i])
           else pool.scalar(estimates[, i], variances[, i], n = df + 1, k = 1)
    list(estimate = one$qbar, variance = one$t, df = one$df, fmi = one$fmi)
  })
})

# Strength of confounding that explains a ratio away; smallest ratio that events can show.
explain <- function(ratio) {
  ratio <- ifelse(ratio < 1, 1 / ratio, ratio)
  ratio + sqrt(ratio * (ratio - 1))
}
to_risk <- function(hr) (1 - 0.5^sqrt(hr)) / (1 - 0.5^sqrt(1 / hr))
ratios <- data.frame(hr = c(0.8, 0.42, 1.64, 3.9, 0.53, 0.97),
                     lower = c(0.71, 0.27, 1.24, 1.8, 0.34, 0.7),
                     upper = c(0.91, 0.65, 2.18, 8.7, 0.82, 1.3))
near <- ifelse(ratios$lower > 1, ratios$lower, ifelse(ratios$upper < 1, ratios$upper, 1))
e_values <- list(ratios = ratios, rare = explain(ratios$hr), rare_limit = explain(near),
                 common = explain(to_risk(ratios$hr)), common_limit = explain(to_risk(near)))
seen <- expand.grid(events = c(7, 23, 110, 284), share = c(0.5, 0.13), alpha = c(0.05, 0.01))
seen$ratio <- exp((qnorm(1 - seen$alpha / 2) + qnorm(0.8)) /
                    sqrt(seen$events * seen$share * (1 - seen$share)))

# A model of the lung data with the institutions ignored, as strata, as clusters, left out in turn.
lung <- subset(read("lung"), !is.na(inst) & !is.na(ph_ecog))
terms <- Surv(time, status == 2) ~ age + sex + ph_ecog
tell <- function(fit) {
  list(coefficients = unname(coef(fit)), std_errors = sqrt(diag(unname(vcov(fit)))))
}
without <- sapply(sort(unique(lung$inst)), function(i) {
  exp(coef(coxph(terms, subset(lung, inst != i), control = control)))
})
centres <- list(
  ignored = tell(coxph(terms, lung, control = control)),
  stratified = tell(coxph(update(terms, . ~ . + strata(inst)), lung, control = control)),
  clustered = tell(coxph(terms, lung, cluster = inst, control = control)),
  lowest = unname(apply(without, 1, min)), highest = unname(apply(without, 1, max)))

# The line that plot.cox.zph draws through scaled Schoenfeld residuals.
zph <- cox.zph(coxph(Surv(time, status) ~ karno + age, read("veteran"), control = control))
smooth <- lapply(c(3, 4, 6), function(df) {
  basis <- splines::ns(zph$x, df = df, intercept = TRUE)
  list(df = df, line = unname(fitted(lm(zph$y[, "karno"] ~ basis - 1))))
})

answers <- list(
  versions = list(R = paste(R.version$major, R.version$minor, sep = "."),
                  survival = as.character(packageVersion("survival")),
                  mice = as.character(packageVersion("mice"))),
  switching = switching, propensity = propensity,
  standardised = list(efron = standardise("efron"), breslow = standardise("breslow")),
  interactions = interactions, e_values = e_values, detectable = seen, centres = centres,
  smooth = list(x = unname(zph$x), y = unname(zph$y[, "karno"]), lines = smooth),
  rubin = list(estimates = estimates, variances = variances, complete_df = 80, pooled = pooled))
write_json(answers, file.path(folder, "treatment.json"), digits = I(17), auto_unbox = TRUE,
           null = "null", na = "null", matrix = "rowmajor")
