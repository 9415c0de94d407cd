# Random-effects meta-analysis by R's metafor on its own public data sets.
# Cox models stratified by centre by R's survival. Writes tests/reference/meta_analysis.json.
# Run from the top of the project: Rscript tests/reference/meta_analysis.R
suppressPackageStartupMessages({
  library(metafor)
  library(survival)
  library(jsonlite)
})

sets <- list(
  bcg = escalc(measure = "RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg),
  hart1999 = escalc(measure = "IRR", x1i = x1i, x2i = x2i, t1i = t1i, t2i = t2i,
                    data = dat.hart1999),
  li2007 = escalc(measure = "OR", ai = ai, n1i = n1i, ci = ci, n2i = n2i, data = dat.li2007),
  pignon2000 = data.frame(yi = dat.pignon2000$OmE / dat.pignon2000$V,
                          vi = 1 / dat.pignon2000$V)
)

fit <- function(set, level, rows = seq_len(nrow(set))) {
  set <- set[rows, ]
  set <- set[!is.na(set$yi) & !is.na(set$vi), ]
  random <- rma(yi, vi, data = set, method = "PM", test = "knha", level = 100 * level,
                control = list(tol = 1e-14, maxiter = 10000))
  fixed <- rma(yi, vi, data = set, method = "FE", level = 100 * level)
  predicted <- predict(random, level = 100 * level)
  list(
    estimates = as.numeric(set$yi), std_errors = as.numeric(sqrt(set$vi)), conf_level = level,
    estimate = as.numeric(random$beta), std_error = random$se, ci_lower = random$ci.lb,
    ci_upper = random$ci.ub, p_value = random$pval, tau2 = random$tau2,
    fixed_estimate = as.numeric(fixed$beta), fixed_std_error = fixed$se,
    fixed_ci_lower = fixed$ci.lb, fixed_ci_upper = fixed$ci.ub,
    q = random$QE, q_p_value = random$QEp,
    prediction_lower = predicted$pi.lb, prediction_upper = predicted$pi.ub,
    weights = as.numeric(weights(random)) / 100
  )
}

cases <- list()
for (name in names(sets)) {
  cases[[paste0(name, "_95")]] <- fit(sets[[name]], 0.95)
  cases[[paste0(name, "_90_first3")]] <- fit(sets[[name]], 0.90, 1:3)
}

stratify <- function(name, time, event, covariates, strata, ties) {
  set <- read.csv(file.path("tests", "reference", "data", paste0(name, ".csv")), na.strings = "")
  formula <- reformulate(c(covariates, paste0("strata(", strata, ")")),
                         response = paste0("Surv(", time, ", ", event, ")"))
  fit <- coxph(formula, data = set, ties = ties, control = coxph.control(eps = 1e-14))
  list(data = name, time = time, event = event, covariates = covariates, strata = strata,
       ties = ties, coefficients = as.numeric(coef(fit)),
       std_errors = as.numeric(sqrt(diag(vcov(fit)))))
}

stratified <- list(
  stratify("veteran", "time", "status", c("trt", "karno", "prior"), "celltype", "efron"),
  stratify("veteran", "time", "status", c("trt", "karno", "prior"), "celltype", "breslow"),
  stratify("colon_death", "time", "status", c("age", "sex", "obstruct"), "extent", "efron")
)

write_json(list(
  versions = list(R = as.character(getRversion()),
                  metafor = as.character(packageVersion("metafor")),
                  survival = as.character(packageVersion("survival"))),
  cases = cases,
  stratified = stratified
), file.path("tests", "reference", "meta_analysis.json"), digits = NA, auto_unbox = TRUE,
pretty = TRUE)
