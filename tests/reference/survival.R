# Reference numbers of survival curves and log-rank tests: writes tests/reference/survival.json.
# Run from the top of the project: Rscript tests/reference/survival.R
suppressPackageStartupMessages({
  library(survival)
  library(jsonlite)
})

read <- function(name) {
  read.csv(file.path("tests", "reference", "data", paste0(name, ".csv")), na.strings = "")
}

case <- function(time, event, group, entry = NULL, weights = NULL, strata = NULL, tau, at) {
  frame <- data.frame(time = time, event = as.integer(event), group = group)
  frame$entry <- entry
  frame$weights <- weights
  frame$strata <- strata
  list(frame = frame, tau = tau, at = at)
}

lung <- read("lung"); veteran <- read("veteran"); death <- read("colon_death")
recurrence <- read("colon_recurrence"); pbc <- read("pbc"); ovarian <- read("ovarian")
bladder <- read("bladder2"); cgd <- read("cgd"); heart <- read("heart"); mgus <- read("mgus2")
kidney <- read("kidney"); aml <- read("aml")

cases <- list(
  lung = case(lung$time, lung$status == 2, lung$sex, strata = lung$inst, tau = 800, at = c(0, 100, 365, 883)),
  veteran = case(veteran$time, veteran$status, veteran$celltype, strata = veteran$prior, tau = 300, at = c(10, 100, 200)),
  colon_death = case(death$time, death$status, death$rx, strata = death$extent, tau = 2500, at = c(365, 1000, 2500)),
  colon_recurrence = case(recurrence$time, recurrence$status, recurrence$rx, strata = recurrence$differ, tau = 2000, at = c(365, 1000, 2000)),
  pbc = case(pbc$time, pbc$status == 2, pbc$edema, strata = pbc$stage, tau = 3650, at = c(365, 1825, 3650)),
  pbc_months = case(pbc$time / 30.4375, pbc$status == 2, pbc$trt, strata = pbc$sex, tau = 120, at = c(12, 60, 120)),
  ovarian = case(ovarian$futime, ovarian$fustat, ovarian$rx, strata = ovarian$resid_ds, tau = 600, at = c(100, 431, 600)),
  mgus2 = case(mgus$futime, mgus$death, mgus$sex, tau = 240, at = c(12, 60, 120, 240)),
  kidney = case(kidney$time, kidney$status, kidney$disease, strata = kidney$sex, tau = 300, at = c(10, 100, 300)),
  aml = case(aml$time, aml$status, aml$x, tau = 40, at = c(5, 13, 40)),
  bladder2 = case(bladder$stop, bladder$event, bladder$rx, entry = bladder$start, tau = 40, at = c(5, 20, 40)),
  cgd = case(cgd$tstop, cgd$status, cgd$treat, entry = cgd$tstart, tau = 300, at = c(30, 150, 300)),
  heart = case(heart$stop, heart$event, heart$transplant, entry = heart$start, tau = 900, at = c(1, 100, 900)),
  pbc_age = case(pbc$age + pbc$time / 365.25, pbc$status == 2, pbc$sex, entry = pbc$age, tau = 70, at = c(40, 60, 70)),
  lung_counts = case(lung$time, lung$status == 2, lung$sex, weights = 1 + lung$age %% 4, tau = 800, at = c(100, 365)),
  veteran_weights = case(veteran$time, veteran$status, veteran$celltype, weights = 0.5 + veteran$karno / 100, tau = 300, at = c(10, 100)),
  heart_weights = case(heart$stop, heart$event, heart$transplant, entry = heart$start, weights = 1.3 + 0.1 * heart$year, tau = 900, at = c(1, 100, 900)),
  veteran_zero_weights = case(veteran$time, veteran$status, veteran$celltype, weights = ifelse(veteran$trt == 1, 0, 0.7), tau = 300, at = c(10, 100))
)

scales <- c("plain", "log", "log-log", "arcsin")

surv_of <- function(frame) {
  if (is.null(frame$entry)) Surv(frame$time, frame$event) else Surv(frame$entry, frame$time, frame$event)
}

fit_curve <- function(frame, scale, event = frame$event) {
  frame$event <- event
  y <- surv_of(frame)
  if (is.null(frame$weights)) return(survfit(y ~ 1, conf.type = scale))
  survfit(y ~ 1, weights = frame$weights, conf.type = scale)
}

curve_rows <- function(fits) {
  first <- fits[["log-log"]]
  n <- length(first$time)
  rows <- unique(c(1, 2, round(seq(1, n, length.out = min(n, 30))), n - 1, n))
  rows <- rows[rows >= 1 & rows <= n]
  s <- first$surv
  error <- if (isTRUE(first$logse)) s * first$std.err else first$std.err
  if (isTRUE(first$logse)) error[s == 0] <- NA
  limits <- lapply(fits, function(f) list(lower = f$lower[rows], upper = f$upper[rows]))
  list(
    n_times = n, row = rows - 1L, time = first$time[rows], n_at_risk = first$n.risk[rows],
    n_events = first$n.event[rows], n_censored = first$n.censor[rows], survival = s[rows],
    std_error = error[rows], limits = limits
  )
}

quantiles <- function(fits) {
  lapply(fits, function(f) {
    q <- quantile(f, c(0.25, 0.5, 0.75))
    printed <- summary(f)$table
    list(
      estimate = unname(q$quantile), lower = unname(q$lower), upper = unname(q$upper),
      printed_median = unname(printed[c("median", "0.95LCL", "0.95UCL")])
    )
  })
}

# With late entry summary(survfit, times) gives the number at risk at the next row of the curve,
# which counts later entrants too: there the patients are counted.
count_at_risk <- function(frame, at) {
  weights <- if (is.null(frame$weights)) rep(1, nrow(frame)) else frame$weights
  vapply(at, function(t) sum(weights[frame$entry < t & frame$time >= t]), numeric(1))
}

at_times <- function(fit, frame, at) {
  s <- summary(fit, times = at, extend = TRUE)
  list(
    time = at, n_at_risk = if (is.null(frame$entry)) s$n.risk else count_at_risk(frame, at), n_events = cumsum(s$n.event), n_censored = cumsum(s$n.censor),
    estimate = s$surv, std_error = s$std.err, lower = s$lower, upper = s$upper
  )
}

describe_curve <- function(one) {
  fits <- setNames(lapply(scales, function(scale) fit_curve(one$frame, scale)), scales)
  mean_row <- survival:::survmean(fits[["log"]], rmean = one$tau)$matrix
  followed <- unname(summary(fit_curve(one$frame, "log-log", 1L - one$frame$event))$table[c("median", "0.95LCL", "0.95UCL")])
  list(
    n = nrow(one$frame), events = sum(one$frame$event), curve = curve_rows(fits),
    quantiles = quantiles(fits), at_times = at_times(fits[["log-log"]], one$frame, one$at),
    restricted_mean = list(horizon = one$tau, estimate = mean_row[["rmean"]], std_error = mean_row[["se(rmean)"]]),
    follow_up = list(estimate = followed[1], lower = followed[2], upper = followed[3])
  )
}

describe_test <- function(fit) {
  sums <- function(x) if (is.matrix(x)) rowSums(x) else x
  list(statistic = fit$chisq, p_value = fit$pvalue, observed = unname(sums(fit$obs)), expected = unname(sums(fit$exp)))
}

# Weighted log-rank sums by a loop over the event times, as the textbooks write it.
weighted_test <- function(frame, weigh, scores = NULL) {
  frame <- frame[!is.na(frame$group), ]
  group <- factor(frame$group)
  k <- nlevels(group)
  o <- e <- numeric(k); v <- matrix(0, k, k); s <- 1; tilde <- 1
  for (t in sort(unique(frame$time[frame$event == 1]))) {
    risk <- frame$time >= t
    if (!is.null(frame$entry)) risk <- risk & frame$entry < t
    dead <- frame$time == t & frame$event == 1
    r <- sum(risk); d <- sum(dead)
    rj <- as.numeric(table(group[risk])); dj <- as.numeric(table(group[dead]))
    tilde <- tilde * (1 - d / (r + 1))
    w <- weigh(s, r, tilde)
    o <- o + w * dj; e <- e + w * d * rj / r
    if (r > 1) v <- v + w^2 * d * (r - d) / (r - 1) * (diag(rj / r) - outer(rj / r, rj / r))
    s <- s * (1 - d / r)
  }
  if (is.null(scores)) {
    statistic <- drop((o - e)[-1] %*% solve(v[-1, -1]) %*% (o - e)[-1]); df <- k - 1
  } else {
    statistic <- sum(scores * (o - e))^2 / drop(scores %*% v %*% scores); df <- 1
  }
  list(statistic = statistic, p_value = pchisq(statistic, df, lower.tail = FALSE), observed = o, expected = e)
}

pairwise <- function(frame) {
  frame <- frame[!is.na(frame$group), ]
  pairs <- combn(sort(unique(frame$group)), 2, simplify = FALSE)
  p <- vapply(pairs, function(pair) {
    survdiff(Surv(time, event) ~ group, data = frame[frame$group %in% pair, ])$pvalue
  }, numeric(1))
  list(pairs = pairs, p_value = p, holm = p.adjust(p, "holm"), bh = p.adjust(p, "BH"))
}

# Times that differ by rounding only are ties for survdiff and coxph; for the loop as well.
merge_near_ties <- function(frame) {
  y <- as.matrix(aeqSurv(surv_of(frame)))
  frame$time <- y[, ncol(y) - 1]
  if (!is.null(frame$entry)) frame$entry <- y[, 1]
  frame
}

describe_tests <- function(frame) {
  frame$weights <- NULL
  frame <- merge_near_ties(frame)
  tests <- list(
    "fleming-harrington 0 1" = weighted_test(frame, function(s, r, tilde) 1 - s),
    "fleming-harrington 1 1" = weighted_test(frame, function(s, r, tilde) s * (1 - s)),
    "gehan-breslow" = weighted_test(frame, function(s, r, tilde) r),
    "tarone-ware" = weighted_test(frame, function(s, r, tilde) sqrt(r)),
    "peto-peto-modified" = weighted_test(frame, function(s, r, tilde) tilde * r / (r + 1)),
    "trend" = weighted_test(frame, function(s, r, tilde) 1, seq_along(unique(na.omit(frame$group))))
  )
  if (is.null(frame$entry)) {
    tests[["logrank"]] <- describe_test(survdiff(Surv(time, event) ~ group, frame))
    tests[["peto-peto"]] <- describe_test(survdiff(Surv(time, event) ~ group, frame, rho = 1))
    tests[["fleming-harrington 0.5 0"]] <- describe_test(survdiff(Surv(time, event) ~ group, frame, rho = 0.5))
    tests[["pairwise"]] <- pairwise(frame)
    if (!is.null(frame$strata)) {
      tests[["stratified"]] <- describe_test(survdiff(Surv(time, event) ~ group + strata(strata), frame))
      tests[["stratified peto-peto"]] <- describe_test(survdiff(Surv(time, event) ~ group + strata(strata), frame, rho = 1))
    }
  } else {
    tests[["logrank"]] <- weighted_test(frame, function(s, r, tilde) 1)
    if (max(table(frame$time[frame$event == 1])) <= 4) {
      # The score test of the exact partial likelihood is the log-rank test.
      tests[["score"]] <- coxph(Surv(entry, time, event) ~ factor(group), frame, ties = "exact")$score
    }
  }
  tests
}

empty_arm <- function() {
  frame <- veteran[veteran$celltype != "large", ]
  frame$celltype <- factor(frame$celltype, levels = c("large", "squamous", "smallcell", "adeno"))
  frame <- rbind(frame, transform(frame[1, ], time = 0.5, status = 0, celltype = "large"))
  describe_test(survdiff(Surv(time, status) ~ celltype, frame))
}

restricted_difference <- function() {
  means <- lapply(split(veteran, veteran$trt), function(arm) {
    survival:::survmean(survfit(Surv(time, status) ~ 1, arm), rmean = 300)$matrix
  })
  estimate <- vapply(means, function(m) m[["rmean"]], numeric(1))
  error <- vapply(means, function(m) m[["se(rmean)"]], numeric(1))
  spread <- qnorm(0.975) * sqrt(sum((error / estimate)^2))
  list(
    difference = unname(estimate[1] - estimate[2]), std_error = sqrt(sum(error^2)),
    p_value = unname(2 * pnorm(-abs(estimate[1] - estimate[2]) / sqrt(sum(error^2)))),
    ratio = unname(estimate[1] / estimate[2]), ratio_lower = unname(estimate[1] / estimate[2]) * exp(-spread),
    ratio_upper = unname(estimate[1] / estimate[2]) * exp(spread)
  )
}

landmark <- function() {
  late <- lung[lung$time > 180, ]
  s <- summary(survfit(Surv(time - 180, status == 2) ~ 1, late, conf.type = "log-log"), times = 185)
  list(n = nrow(late), estimate = s$surv, std_error = s$std.err, lower = s$lower, upper = s$upper, n_at_risk = s$n.risk)
}

result <- list(
  versions = list(R = paste(R.version$major, R.version$minor, sep = "."), survival = as.character(packageVersion("survival"))),
  curves = lapply(cases, describe_curve),
  tests = lapply(cases[!grepl("weights|counts", names(cases))], function(one) describe_tests(one$frame)),
  empty_arm = empty_arm(),
  restricted_difference = restricted_difference(),
  landmark = landmark()
)
writeLines(toJSON(result, auto_unbox = TRUE, digits = NA, na = "null", null = "null"), file.path("tests", "reference", "survival.json"))
