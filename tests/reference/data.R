# Writes the public data sets of R's package survival as CSV files into tests/reference/data.
# Run from the top of the project: Rscript tests/reference/data.R
suppressPackageStartupMessages(library(survival))

folder <- file.path("tests", "reference", "data")
dir.create(folder, showWarnings = FALSE, recursive = TRUE)

export <- function(frame, name) {
  is_date <- vapply(frame, inherits, logical(1), what = "Date")
  frame[is_date] <- lapply(frame[is_date], format)
  names(frame) <- gsub(".", "_", names(frame), fixed = TRUE)
  write.csv(frame, file.path(folder, paste0(name, ".csv")), row.names = FALSE, na = "", quote = FALSE)
}

export(lung, "lung")
export(veteran, "veteran")
export(subset(colon, etype == 2), "colon_death")
export(subset(colon, etype == 1), "colon_recurrence")
export(pbc, "pbc")
export(ovarian, "ovarian")
export(bladder2, "bladder2")
export(cgd, "cgd")
export(heart, "heart")
export(mgus2, "mgus2")
export(kidney, "kidney")
export(aml, "aml")
