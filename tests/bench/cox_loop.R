# Bootstrap loops in R: coxph.fit and survfit, each called once per resample.
# Rscript cox_loop.R <data.csv> <n of Cox fits> <n of medians>; prints seconds per fit as JSON.
suppressPackageStartupMessages(library(survival))
arguments <- commandArgs(trailingOnly = TRUE)
data <- read.csv(arguments[1])
n <- nrow(data)
X <- as.matrix(data[setdiff(names(data), c("time", "event"))])
y <- Surv(data$time, data$event)
control <- coxph.control()
set.seed(1)
draws <- function(count) lapply(seq_len(count), function(i) sample.int(n, replace = TRUE))

cox_draws <- draws(as.integer(arguments[2]))
cox <- system.time(for (i in cox_draws) {
  coxph.fit(X[i, ], y[i, ], strata = NULL, offset = NULL, init = NULL, control = control, weights = NULL,
            method = "efron", rownames = NULL, resid = FALSE)
})[["elapsed"]]
median_draws <- draws(as.integer(arguments[3]))
median <- system.time(for (i in median_draws) {
  summary(survfit(y[i, ] ~ 1))$table["median"]
})[["elapsed"]]
cat(sprintf('{"cox_s": %.6g, "median_s": %.6g}\n', cox / length(cox_draws), median / length(median_draws)))
