# Competing risks: cumulative incidence, Gray's test, Fine and Gray's model.
# Run from the top of the project, after data.R: Rscript tests/reference/competing.R
# Writes data/transplant.csv, data/competing_ties.csv and competing.json.
suppressPackageStartupMessages({
  library(survival)
  library(cmprsk)
  library(jsonlite)
})

folder <- file.path("tests", "reference")
read <- function(name) read.csv(file.path(folder, "data", paste0(name, ".csv")))
save <- function(frame, name) {
  write.csv(frame, file.path(folder, "data", paste0(name, ".csv")), row.names = FALSE, na = "", quote = FALSE)
}

# Waiting list for a liver: 1 transplanted, 2 died, 3 withdrew.
waiting <- transplant
names(waiting) <- gsub(".", "_", names(waiting), fixed = TRUE)
save(subset(transform(waiting, code = as.integer(event) - 1), !is.na(age), select = -event), "transplant")
# Heavy ties of both causes and of censoring at the same times; the last patient has an event.
set.seed(20261122)
n <- 240
ties <- data.frame(
  time = pmax(0.5, round(2 * rexp(n, 0.2)) / 2), code = sample(0:2, n, TRUE, c(0.35, 0.4, 0.25)),
  arm = sample(c("a", "b", "c"), n, TRUE), site = sample(c("x", "y"), n, TRUE), marker = round(rnorm(n), 2)
)
ties$code[which.max(ties$time)] <- 1
save(ties, "competing_ties")

one_record_each <- function() {
  recurrence <- read("colon_recurrence")
  death <- read("colon_death")
  death <- death[match(recurrence$id, death$id), ]
  data.frame(
    time = recurrence$time, code = ifelse(recurrence$status == 1, 1, 2 * death$status),
    group = recurrence$rx, strata = recurrence$extent, age = recurrence$age, sex = recurrence$sex,
    node4 = recurrence$node4
  )
}

sets <- list(
  mgus2 = with(na.omit(read("mgus2")[c("ptime", "pstat", "death", "age", "sex", "hgb", "mspike")]), data.frame(
    time = ptime, code = ifelse(pstat == 1, 1, 2 * death), group = sex, strata = hgb < 13,
    age = age, male = as.numeric(sex == "M"), hgb = hgb, mspike = mspike
  )),
  pbc = with(read("pbc"), data.frame(
    time = time, code = status, group = edema, strata = sex, age = age,
    female = as.numeric(sex == "f"), edema = edema, logbili = log(bili)
  )),
  transplant = with(read("transplant"), data.frame(
    time = futime + 1, code = code, group = abo, strata = sex, age = age, female = as.numeric(sex == "f"),
    group_b = as.numeric(abo == "B"), year_from_1990 = year - 1990
  )),
  colon = one_record_each(),
  ties = with(read("competing_ties"), data.frame(
    time = time, code = code, group = arm, strata = site, arm_b = as.numeric(arm == "b"),
    arm_c = as.numeric(arm == "c"), site_y = as.numeric(site == "y"), marker = marker
  ))
)

curves_of <- function(data, cause) {
  grid <- sort(unique(data$time))
  grid <- grid[unique(round(seq(1, length(grid), length.out = 30)))]
  fit <- cuminc(data$time, data$code)
  read_off <- timepoints(fit, grid)
  row <- paste("1", cause)
  states <- lapply(c("plain", "log", "log-log"), function(type) {
    s <- summary(survfit(Surv(time, factor(code)) ~ 1, data, conf.type = type), times = grid)
    column <- cause + 1
    list(
      n_at_risk = s$n.risk[, 1], incidence = s$pstate[, column], std_error = s$std.err[, column],
      lower = s$lower[, column], upper = s$upper[, column]
    )
  })
  names(states) <- c("plain", "log", "log-log")
  list(time = grid, incidence = unname(read_off$est[row, ]), variance = unname(read_off$var[row, ]), survfit = states)
}

gray_of <- function(data, cause, ...) {
  test <- with(data, cuminc(time, code, group, ...))$Tests[as.character(cause), ]
  as.list(test)
}

fine_gray_of <- function(data, cause) {
  covariates <- as.matrix(data[setdiff(names(data), c("time", "code", "group", "strata"))])
  fit <- crr(data$time, data$code, covariates, failcode = cause, gtol = 1e-12)
  list(
    names = colnames(covariates), coefficients = unname(fit$coef), std_errors = sqrt(diag(fit$var)),
    log_likelihood = fit$loglik, log_likelihood_null = fit$loglik.null, covariance = fit$var
  )
}

results <- lapply(sets, function(data) {
  causes <- list(one = 1, two = 2)
  list(
    n = nrow(data),
    curve = lapply(causes, function(cause) curves_of(data, cause)),
    gray = lapply(causes, function(cause) gray_of(data, cause)),
    gray_stratified = lapply(causes, function(cause) gray_of(data, cause, strata = data$strata)),
    gray_rho_1 = lapply(causes, function(cause) gray_of(data, cause, rho = 1)),
    fine_gray = lapply(causes, function(cause) fine_gray_of(data, cause))
  )
})
empty_arm <- transform(sets$ties, group = factor(group, levels = c("a", "b", "c", "d")))
results$ties$gray_empty_arm <- gray_of(empty_arm, 1)

versions <- list(
  R = paste(R.version$major, R.version$minor, sep = "."),
  survival = as.character(packageVersion("survival")), cmprsk = as.character(packageVersion("cmprsk"))
)
write_json(
  c(list(versions = versions), results), file.path(folder, "competing.json"),
  digits = I(17), auto_unbox = TRUE, na = "null", pretty = FALSE
)
