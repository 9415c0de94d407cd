# Reference path of a stepwise selection by p-values, by coxph at each step.
# Run from the top of the project: Rscript tests/reference/selection.R
suppressPackageStartupMessages({library(survival); library(jsonlite)})

folder <- file.path("tests", "reference")
read <- function(name) read.csv(file.path(folder, "data", paste0(name, ".csv")))
control <- suppressWarnings(coxph.control(eps = 1e-13, iter.max = 100))

fit_model <- function(frame, terms, init = NULL, iterations = 100) {
  formula <- reformulate(if (length(terms)) terms else "1", "Surv(months, happened)")
  if (is.null(init)) return(coxph(formula, frame, control = control))
  coxph(formula, frame, init = init, iter.max = iterations)
}

likelihood <- function(fit) fit$loglik[length(fit$loglik)]

# p-value of what `large` has and `small` has not, one factor
compare <- function(frame, small, large, criterion) {
  full <- fit_model(frame, large)
  added <- full$assign[[setdiff(large, small)]]
  df <- length(added)
  statistic <- switch(criterion,
    lr = 2 * (likelihood(full) - likelihood(fit_model(frame, small))),
    wald = {
      b <- coef(full)[added]
      sum(b * solve(vcov(full)[added, added], b))
    },
    score = {
      start <- rep(0, length(coef(full)))
      if (length(small)) start[-added] <- coef(fit_model(frame, small))
      fit_model(frame, large, start, 0)$score
    })
  c(statistic = statistic, df = df, p = pchisq(statistic, df, lower.tail = FALSE))
}

select <- function(frame, offered, direction, criterion, entry, stay) {
  model <- if (direction == "backward") offered else character(0)
  steps <- list()
  ordered <- function(x) offered[offered %in% x]
  repeat {
    if (direction != "forward" && length(model)) {
      tests <- sapply(model, function(f) compare(frame, setdiff(model, f), model, criterion))
      worst <- which.max(tests["p", ])
      if (tests["p", worst] >= stay) {
        steps <- c(steps, list(list(action = "remove", factor = model[worst],
          statistic = tests[["statistic", worst]], df = tests[["df", worst]],
          p_value = tests[["p", worst]])))
        model <- setdiff(model, model[worst])
        next
      }
    }
    outside <- setdiff(offered, model)
    if (direction == "backward" || !length(outside)) break
    tests <- sapply(outside, function(f) compare(frame, model, ordered(c(model, f)), criterion))
    best <- which.min(tests["p", ])
    if (tests["p", best] >= entry) break
    steps <- c(steps, list(list(action = "enter", factor = outside[best],
      statistic = tests[["statistic", best]], df = tests[["df", best]],
      p_value = tests[["p", best]])))
    model <- ordered(c(model, outside[best]))
  }
  list(direction = direction, criterion = criterion, entry = entry, stay = stay, steps = steps,
       selected = I(model))
}

pbc <- read("pbc")
offered <- c("age", "sex", "edema", "bili", "albumin", "stage", "platelet", "ascites")
pbc <- pbc[complete.cases(pbc[, offered]), ]
pbc$edema <- factor(pbc$edema)
pbc$stage <- factor(pbc$stage)
pbc$months <- pbc$time
pbc$happened <- pbc$status == 2

options <- expand.grid(direction = c("forward", "backward", "both"),
                       criterion = c("wald", "lr", "score"), stringsAsFactors = FALSE)
paths <- lapply(seq_len(nrow(options)), function(i) {
  select(pbc, offered, options$direction[i], options$criterion[i], 0.15, 0.15)
})
result <- list(
  versions = list(R = paste(R.version$major, R.version$minor, sep = "."),
                  survival = as.character(packageVersion("survival"))),
  offered = offered, paths = paths
)
write_json(result, file.path(folder, "selection.json"), digits = I(17), auto_unbox = TRUE)
