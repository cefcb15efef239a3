# Two commands do everything: `make report` writes the assessment, `make test` runs the tests.
# Each sets up what it needs the first time (tools/setup.sh); PYTHON=python3.12 names the
# interpreter, SYSTEM=skip leaves the system's packages alone.

BIN := .venv/bin
WORKERS ?= auto
LOCK := uv pip compile --quiet --no-config --universal --generate-hashes --no-emit-index-url \
	--python-version 3.11 --fork-strategy fewest --custom-compile-command "make lock" \
	$(if $(UPGRADE),--upgrade)

# A Python that is not Homebrew's own does not look for libraries where Homebrew puts them.
ifeq ($(shell uname -s),Darwin)
LIBRARIES := DYLD_FALLBACK_LIBRARY_PATH="$(shell brew --prefix 2>/dev/null)/lib"
endif

PYTEST = $(LIBRARIES) $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile

.PHONY: help report test test-long bench check format lint types floors catalogues coverage \
	setup setup-dev lock clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | \
		while IFS='|' read -r target what; do printf '%-18s %s\n' "$$target" "$$what"; done

report: setup ## write the December 2025 assessment under output/drafts/2025-12
	$(LIBRARIES) $(BIN)/reportgen build --lang all --format all --data bundled

test: setup-dev ## run the tests
	$(PYTEST)

test-long: setup-dev ## run the tests that take long
	$(PYTEST) -m long

bench: setup ## time the simulated paths against the bare recursion
	$(BIN)/python tools/bench.py

check: lint types floors catalogues coverage ## everything a reviewer would check

format: setup-dev ## put the code into the one format
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

lint: setup-dev ## format and lint rules
	$(BIN)/ruff format --check
	$(BIN)/ruff check

types: setup-dev ## types, strictly
	$(BIN)/mypy

floors: setup-dev ## which room may import which
	$(BIN)/lint-imports

catalogues: setup-dev ## every message in every language
	$(LIBRARIES) $(BIN)/reportgen messages check

coverage: setup-dev ## the tests with branch coverage
	$(PYTEST) --cov --cov-report=term

setup: ## set up what the report needs
	@tools/setup.sh run

setup-dev: ## set up what the tests and checks need
	@tools/setup.sh dev

lock: setup-dev ## pin what pyproject.toml asks for (UPGRADE=1: to the newest versions)
	PATH="$(BIN):$$PATH" $(LOCK) -o requirements/run.txt pyproject.toml
	PATH="$(BIN):$$PATH" $(LOCK) -o requirements/dev.txt -c requirements/run.txt --group dev

clean: ## remove the virtual environment and the caches; output stays
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache .coverage*
