# Reference numbers of Cox models with Firth's correction, by plain maximisation: the partial
# likelihood and its information come from coxph without an iteration, the penalty is added here.
# Run from the top of the project: Rscript tests/reference/firth.R
suppressPackageStartupMessages({library(survival); library(jsonlite)})

folder <- file.path("tests", "reference")
read <- function(name) read.csv(file.path(folder, "data", paste0(name, ".csv")))

penalised <- function(beta, formula, frame, ties) {
  fit <- tryCatch(
    suppressWarnings(coxph(formula, frame, init = beta, iter.max = 0, ties = ties)),
    error = function(e) NULL)  # a wild trial of the optimiser
  if (is.null(fit)) return(-1e6)
  value <- fit$loglik[length(fit$loglik)] - 0.5 * as.numeric(determinant(fit$var)$modulus)
  if (is.finite(value)) value else -1e6
}

# Maximum over the coefficients that are not held (NA in `held`), polished by Newton steps with
# numerical derivatives.
maximise <- function(formula, frame, ties, held, start = NULL) {
  free <- is.na(held)
  fill <- function(b) replace(held, free, b)
  value <- function(b) penalised(fill(b), formula, frame, ties)
  if (!any(free)) return(list(beta = held, value = value(numeric(0))))
  b <- if (is.null(start)) rep(0, sum(free)) else start
  b <- optim(b, function(x) -value(x), method = "BFGS", control = list(reltol = 1e-15, maxit = 500))$par
  for (round in 1:4) {
    h <- 1e-3
    k <- length(b)
    unit <- diag(k)
    # central differences of fourth order
    gradient <- sapply(1:k, function(i) {
      f <- function(s) value(b + s * h * unit[, i])
      (8 * (f(1) - f(-1)) - (f(2) - f(-2))) / (12 * h)
    })
    hessian <- optimHess(b, value, control = list(ndeps = rep(1e-3, k)))
    b <- b - solve(hessian, gradient)
  }
  list(beta = fill(b), value = value(b))
}

limit <- function(formula, frame, ties, best, std_error, column, side) {
  target <- best$value - qchisq(0.95, 1) / 2
  start <- best$beta[-column]
  gap <- function(x) {
    held <- replace(rep(NA_real_, length(best$beta)), column, x)
    maximise(formula, frame, ties, held, start)$value - target
  }
  far <- best$beta[column] + side * c(0.5, 4) * std_error[column]
  uniroot(gap, sort(far), tol = 1e-10)$root
}

describe <- function(data, formula, ties, n_terms, limits) {
  frame <- read(data)
  if (data == "ovarian") {
    frame$low_risk <- as.integer(frame$age > 44 & frame$age < 50)
  }
  frame <- frame[complete.cases(frame[, all.vars(formula)]), ]
  nothing <- rep(NA_real_, n_terms)
  best <- maximise(formula, frame, ties, nothing)
  at_best <- coxph(formula, frame, init = best$beta, iter.max = 0, ties = ties)
  se <- unname(sqrt(diag(at_best$var)))
  without <- sapply(1:n_terms, function(j) {
    maximise(formula, frame, ties, replace(nothing, j, 0), best$beta[-j])$value
  })
  list(
    coefficients = I(best$beta), value = best$value,
    null = penalised(rep(0, n_terms), formula, frame, ties),
    std_errors = I(se), without = I(without),
    lower = I(sapply(limits, function(j) limit(formula, frame, ties, best, se, j, -1))),
    upper = I(sapply(limits, function(j) limit(formula, frame, ties, best, se, j, 1))),
    limits = I(limits)
  )
}

cases <- list(
  ovarian = describe("ovarian", Surv(futime, fustat) ~ age + rx, "efron", 2, 1:2),
  ovarian_separated = describe("ovarian", Surv(futime, fustat) ~ low_risk + rx, "efron", 2, 2),
  aml = describe("aml", Surv(time, status) ~ I(x == "Nonmaintained"), "breslow", 1, 1),
  heart = describe("heart", Surv(start, stop, event) ~ age + surgery, "efron", 2, 1:2),
  veteran = describe("veteran", Surv(time, status) ~ karno + trt + strata(celltype), "efron", 2, 1)
)
result <- list(
  versions = list(R = paste(R.version$major, R.version$minor, sep = "."),
                  survival = as.character(packageVersion("survival"))),
  cases = cases
)
write_json(result, file.path(folder, "firth.json"), digits = I(17), auto_unbox = TRUE)
