# Render report.Rmd, from outside so that R's start counts.
# Usage: Rscript render_report.R DATA.csv OUTPUT.html
arguments <- commandArgs(trailingOnly = TRUE)
script <- sub("--file=", "", grep("--file=", commandArgs(), value = TRUE))
data <- normalizePath(arguments[1], mustWork = TRUE)
folder <- normalizePath(dirname(arguments[2]), mustWork = TRUE)
copy <- file.path(tempdir(), "report.Rmd") # what knitting leaves behind goes with it
stopifnot(file.copy(file.path(dirname(script), "report.Rmd"), copy))
rmarkdown::render(
  copy,
  params = list(data = data),
  output_file = basename(arguments[2]),
  output_dir = folder,
  quiet = TRUE
)
