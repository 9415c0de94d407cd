# Reference numbers of table one: writes tests/reference/descriptive.json.
# Run from the top of the project: Rscript tests/reference/descriptive.R
suppressPackageStartupMessages(library(jsonlite))

read <- function(name) {
  read.csv(file.path("tests", "reference", "data", paste0(name, ".csv")), na.strings = "")
}
lung <- read("lung"); veteran <- read("veteran"); death <- read("colon_death"); pbc <- read("pbc")
ovarian <- read("ovarian"); mgus <- read("mgus2"); aml <- read("aml"); kidney <- read("kidney")

summary_of <- function(x) {
  known <- x[!is.na(x)]
  list(
    n = length(known), missing = sum(is.na(x)), median = median(known), minimum = min(known),
    maximum = max(known), q1 = unname(quantile(known, 0.25)), q3 = unname(quantile(known, 0.75)),
    mean = mean(known), sd = sd(known)
  )
}
rank_sum <- function(x, g) {
  levels <- sort(unique(g[!is.na(g)]))
  test <- suppressWarnings(wilcox.test(x[which(g == levels[1])], x[which(g == levels[2])]))
  list(statistic = unname(test$statistic), p_value = test$p.value)
}
kruskal <- function(x, g) {
  test <- kruskal.test(x, factor(g))
  list(statistic = unname(test$statistic), df = unname(test$parameter), p_value = test$p.value)
}
square <- function(x, g, correct) {
  test <- suppressWarnings(chisq.test(table(x, g), correct = correct))
  list(statistic = unname(test$statistic), df = unname(test$parameter), p_value = test$p.value)
}
fisher <- function(counts) fisher.test(counts, workspace = 2e7)$p.value
proportion <- function(count, n, level) binom.test(count, n, conf.level = level)$conf.int[1:2]
difference <- function(x, g) {
  known <- !is.na(x) & !is.na(g); x <- x[known]; g <- g[known]
  a <- x[g == min(g)]; b <- x[g == max(g)]
  (mean(a) - mean(b)) / sqrt((var(a) + var(b)) / 2)
}
distance <- function(x, g) {
  shares <- prop.table(table(x, g), 2)[-1, , drop = FALSE]
  gap <- shares[, 1] - shares[, 2]
  spread <- Reduce(`+`, lapply(1:2, function(j) diag(shares[, j], nrow(shares)) - outer(shares[, j], shares[, j]))) / 2
  if (length(gap) == 1) drop(unname(gap / sqrt(spread))) else sqrt(drop(gap %*% solve(spread, gap)))
}

fisher_tables <- list(
  matrix(c(10, 32, 200, 150), 2), matrix(c(4, 35, 1, 40), 2), matrix(c(3, 0, 0, 3), 2),
  matrix(c(3, 1, 2, 4, 0, 5), 2), matrix(c(20, 5, 40, 30, 25, 20, 10, 30, 10), 3),
  matrix(c(1, 2, 3, 4, 0, 6, 7, 2, 1, 0, 5, 2), 3), matrix(c(12, 30, 3, 9, 41, 22, 6, 1, 17, 8), 2),
  matrix(c(0, 5, 6, 1, 1, 1, 4, 0, 3), 3),
  matrix(c(15, 16, 17, 10, 12, 5, 3, 1, 5, 6, 5, 5), 3), matrix(c(120, 40, 8, 60, 90, 3, 20, 30, 11, 5, 3, 2), 3)
)

result <- list(
  versions = list(R = paste(R.version$major, R.version$minor, sep = ".")),
  summaries = list(
    "lung wt_loss" = summary_of(lung$wt_loss), "pbc bili" = summary_of(pbc$bili),
    "mgus2 creat" = summary_of(mgus$creat), "ovarian age" = summary_of(ovarian$age)
  ),
  rank_sum = list(
    "lung age sex" = rank_sum(lung$age, lung$sex), "pbc bili trt" = rank_sum(pbc$bili, pbc$trt),
    "ovarian age rx" = rank_sum(ovarian$age, ovarian$rx), "aml time x" = rank_sum(aml$time, aml$x),
    "veteran karno prior" = rank_sum(veteran$karno, veteran$prior), "mgus2 hgb sex" = rank_sum(mgus$hgb, mgus$sex)
  ),
  kruskal = list(
    "veteran karno celltype" = kruskal(veteran$karno, veteran$celltype),
    "colon_death nodes rx" = kruskal(death$nodes, death$rx), "kidney age disease" = kruskal(kidney$age, kidney$disease),
    "lung wt_loss ph_ecog" = kruskal(lung$wt_loss, lung$ph_ecog)
  ),
  chi_square = list(
    "veteran celltype trt" = square(veteran$celltype, veteran$trt, FALSE),
    "colon_death differ rx" = square(death$differ, death$rx, FALSE), "pbc ascites trt" = square(pbc$ascites, pbc$trt, FALSE),
    "pbc sex trt" = square(pbc$sex, pbc$trt, FALSE)
  ),
  chi_square_yates = list(
    "pbc ascites trt" = square(pbc$ascites, pbc$trt, TRUE), "pbc sex trt" = square(pbc$sex, pbc$trt, TRUE),
    "ovarian resid_ds rx" = square(ovarian$resid_ds, ovarian$rx, TRUE)
  ),
  fisher = lapply(fisher_tables, function(counts) list(table = counts, p_value = fisher(counts))),
  proportions = lapply(
    list(c(7, 39, 0.95), c(0, 20, 0.95), c(20, 20, 0.9), c(155, 392, 0.95), c(1, 1000, 0.99)),
    function(x) list(count = x[1], n = x[2], conf_level = x[3], limits = proportion(x[1], x[2], x[3]))
  ),
  numeric_difference = list(
    "lung age sex" = difference(lung$age, lung$sex), "pbc bili trt" = difference(pbc$bili, pbc$trt)
  ),
  categorical_difference = list(
    "veteran celltype trt" = distance(veteran$celltype, veteran$trt), "pbc stage trt" = distance(pbc$stage, pbc$trt),
    "pbc sex trt" = distance(pbc$sex, pbc$trt)
  ),
  adjusted = local({
    p <- c(0.01, 0.02, 0.03, 0.04, 0.9, 0.02)
    list(p_value = p, holm = p.adjust(p, "holm"), bh = p.adjust(p, "BH"))
  })
)
writeLines(toJSON(result, auto_unbox = TRUE, digits = NA, na = "null", null = "null"), file.path("tests", "reference", "descriptive.json"))
