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
  list(weights_sum = sum(w), coefficient = unname(coef(fit)),
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

answers <- list(
  versions = list(R = paste(R.version$major, R.version$minor, sep = "."),
                  survival = as.character(packageVersion("survival")),
                  mice = as.character(packageVersion("mice"))),
  switching = switching, propensity = propensity,
  standardised = list(efron = standardise("efron"), breslow = standardise("breslow")),
  interactions = interactions,
  rubin = list(estimates = estimates, variances = variances, complete_df = 80, pooled = pooled))
write_json(answers, file.path(folder, "treatment.json"), digits = I(17), auto_unbox = TRUE,
           null = "null", na = "null", matrix = "rowmajor")
