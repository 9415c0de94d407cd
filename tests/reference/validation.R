# Reference numbers of the bootstrap of a forward selection, over fixed resamples: inclusion
# frequencies, optimism of Harrell's C, calibration slope. By hand over coxph.
# Run from the top of the project: Rscript tests/reference/validation.R
suppressPackageStartupMessages({library(survival); library(jsonlite)})

folder <- file.path("tests", "reference")
pbc <- read.csv(file.path(folder, "data", "pbc.csv"))
offered <- c("age", "sex", "edema", "bili", "albumin", "platelet", "ascites")
pbc <- pbc[complete.cases(pbc[, offered]), ]
pbc$edema <- factor(pbc$edema)
pbc$months <- pbc$time
pbc$happened <- pbc$status == 2
control <- suppressWarnings(coxph.control(eps = 1e-13, iter.max = 100))
fit <- function(frame, terms) {
  coxph(reformulate(if (length(terms)) terms else "1", "Surv(months, happened)"), frame,
        control = control)
}

# p-value of the score test of one more factor
test <- function(frame, model, name) {
  full <- fit(frame, c(model, name))
  added <- full$assign[[name]]
  start <- rep(0, length(coef(full)))
  if (length(model)) start[-added] <- coef(fit(frame, model))
  formula <- reformulate(c(model, name), "Surv(months, happened)")
  score <- coxph(formula, frame, init = start, iter.max = 0)$score
  pchisq(score, length(added), lower.tail = FALSE)
}

select <- function(frame, entry) {
  screened <- offered[sapply(offered, function(f) test(frame, character(0), f)) < 0.10]
  model <- character(0)
  repeat {
    outside <- setdiff(screened, model)
    if (!length(outside)) break
    p <- sapply(outside, function(f) test(frame, model, f))
    if (min(p) >= entry) break
    model <- screened[screened %in% c(model, outside[which.min(p)])]
  }
  model
}

predictor <- function(model, data) {
  if (is.null(coef(model))) return(rep(0, nrow(data)))
  drop(model.matrix(delete.response(terms(model)), data)[, -1, drop = FALSE] %*% coef(model))
}
measure <- function(data, score) {
  if (diff(range(score)) == 0) return(0.5)
  unname(concordance(Surv(months, happened) ~ score, data, reverse = TRUE)$concordance)
}

set.seed(20170517)
n <- nrow(pbc)
rows <- t(replicate(25, sample(n, n, replace = TRUE)))
apparent <- select(pbc, 0.05)
each <- lapply(seq_len(nrow(rows)), function(b) {
  drawn <- pbc[rows[b, ], ]
  model <- select(drawn, 0.05)
  fitted <- fit(drawn, model)
  score <- predictor(fitted, pbc)
  slope <- coef(coxph(Surv(months, happened) ~ score, pbc, control = control))
  list(model = I(model), optimism = measure(drawn, predictor(fitted, drawn)) - measure(pbc, score),
       slope = unname(slope))
})
optimism <- mean(sapply(each, `[[`, "optimism"))
c_apparent <- measure(pbc, predictor(fit(pbc, apparent), pbc))
answer <- list(
  versions = list(R = paste(R.version$major, R.version$minor, sep = "."),
                  survival = as.character(packageVersion("survival"))),
  offered = offered, rows = rows - 1, selected = apparent,
  frequencies = lapply(setNames(offered, offered),
                       function(f) mean(sapply(each, function(one) f %in% one$model))),
  apparent_c = c_apparent, optimism = optimism, corrected_c = c_apparent - optimism,
  slope = mean(sapply(each, `[[`, "slope")))
write_json(answer, file.path(folder, "validation.json"), digits = I(17), auto_unbox = TRUE)
