# Reference of multiple imputation: a data set with values missing at random, and what mice makes
# of it. Run from the top of the project: Rscript tests/reference/imputation.R
suppressPackageStartupMessages({library(survival); library(mice); library(jsonlite)})

folder <- file.path("tests", "reference")
colon <- read.csv(file.path(folder, "data", "colon_death.csv"))
colon <- subset(colon, !is.na(nodes) & !is.na(differ))[, c("time", "status", "rx", "age", "differ",
                                                         "extent", "node4")]
set.seed(20170517)
lost <- function(chance) runif(nrow(colon)) < chance
colon$node4[lost(plogis(-1.2 + 0.9 * colon$status + 0.02 * (colon$age - 60)))] <- NA
colon$differ[lost(plogis(-1.5 + 0.5 * colon$status))] <- NA
colon$age[lost(0.1)] <- NA
write.csv(colon, file.path(folder, "data", "colon_missing.csv"), row.names = FALSE, na = "")

table <- data.frame(rx = factor(colon$rx, c("Obs", "Lev", "Lev+5FU")), age = colon$age,
                    differ = factor(colon$differ), node4 = factor(colon$node4),
                    event = colon$status)
table$hazard <- nelsonaalen(data.frame(time = colon$time, event = colon$status), time, event)
methods <- c(rx = "", age = "pmm", differ = "polyreg", node4 = "logreg", event = "", hazard = "")
imputed <- mice(table, m = 200, maxit = 10, method = methods, seed = 1, printFlag = FALSE)
fits <- lapply(seq_len(imputed$m), function(i) {
  one <- complete(imputed, i)
  coxph(Surv(colon$time, colon$status) ~ rx + age + differ + node4, one)
})
pooled <- summary(pool(as.mira(fits)))
complete_cases <- coxph(Surv(time, status) ~ factor(rx, c("Obs", "Lev", "Lev+5FU")) + age +
                          factor(differ) + factor(node4), colon)
curve <- survfit(Surv(time, status) ~ 1, colon, ctype = 1)
nelson_aalen <- curve$cumhaz[match(colon$time, curve$time)]
answers <- list(
  versions = list(R = paste(R.version$major, R.version$minor, sep = "."),
                  mice = as.character(packageVersion("mice"))),
  terms = as.character(pooled$term), estimate = pooled$estimate, std_error = pooled$std.error,
  complete_cases = unname(coef(complete_cases)), hazard = head(nelson_aalen, 20),
  n_complete = sum(complete.cases(colon)))
write_json(answers, file.path(folder, "imputation.json"), digits = I(17), auto_unbox = TRUE,
           null = "null", na = "null")
