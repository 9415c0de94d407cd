# Two commands do everything: `make report` and `make test`.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.lenfail-ready

.DEFAULT_GOAL := help
.PHONY: help setup report test lab lint schema lock reference coverage checked bench clean

help: ## Show what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 20

$(READY): requirements.lock pyproject.toml helpers/kernelspec/kernel.json
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "lenfail needs Python 3.11 or newer; set PYTHON=/path/to/python3.11 and try again" >&2; exit 2; }
	@echo "Setting up $(VENV) (once; about a minute)"
	@$(PYTHON) -m venv $(VENV) || \
	  { echo "Python's venv module is missing; install it (Debian, Ubuntu: python3-venv) and try again" >&2; exit 2; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

setup: $(READY) ## Install everything into .venv

report: $(READY) ## Write the paper's report into reports/paper/
	@$(BIN)/lenfail build params/paper.yml

test: $(READY) ## Run all tests
	@$(BIN)/python -m pytest -n 2 --dist loadfile

lab: $(READY) ## Open JupyterLab with the paper's report: notebooks and explorer
	@$(BIN)/lenfail lab

lint: $(READY) ## Check style and formatting
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

schema: $(READY) ## Write params/params.schema.json anew
	@$(BIN)/lenfail schema > params/params.schema.json

lock: $(READY) ## Resolve the dependencies anew
	@$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 \
	  --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
	  --quiet --upgrade --output-file requirements.lock

reference: ## Make R's reference numbers anew (needs R with survival, cmprsk, mice and metafor)
	@Rscript tests/reference/data.R
	@for script in tests/reference/*.R; do Rscript "$$script"; done

coverage: $(READY) ## Simulate the coverage of the intervals (several minutes)
	@$(BIN)/python tests/studies/coverage.py

checked: $(READY) ## Write the page of what was checked
	@$(BIN)/python tests/stats/agreement.py --write

bench: $(READY) ## Time reports and estimators against what else there is; BENCH_QUICK=1 on a laptop
	@$(BIN)/python tests/bench/bench_build.py

clean: ## Remove reports and the environment
	rm -rf $(VENV) reports/*/
