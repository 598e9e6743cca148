# Everything runs from here; `make` alone lists the targets.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# Arguments handed on: `make test ARGS="tests/domain -x"`, `make serve ARGS="--port 8080"`.
ARGS   ?=

PIP := $(BIN)/python -m pip -qq --disable-pip-version-check
LOCK := $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --build-deps-for editable \
        --no-header --no-emit-index-url --no-emit-find-links --no-emit-trusted-host

# Many short-lived processes are started here; where an environment forbids bytecode, each would compile all there is anew.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: help demo serve test bench lint format strings requirements clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-14s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/.runtime ## Take the built-in sample election from the roll to the published results
	@$(BIN)/dauys demo $(ARGS)

serve: $(VENV)/.runtime ## Run the server with its own PostgreSQL, data in .dauys/; a new one gets a made-up city to look round in
	@$(BIN)/dauys sample && $(BIN)/dauys serve $(ARGS)

test: $(VENV)/.dev ## Run every test
	@$(BIN)/python -m pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder $(ARGS)

bench: $(VENV)/.dev ## Measure; ends with one table and build/bench.json
	@$(BIN)/python -m benchmarks $(ARGS)

lint: $(VENV)/.dev ## Rules, format, types, import directions
	@echo "lint: ruff check"         && $(BIN)/ruff check --quiet .
	@echo "lint: ruff format"        && $(BIN)/ruff format --quiet --check .
	@echo "lint: mypy --strict"      && $(BIN)/mypy --no-error-summary
	@echo "lint: import directions"  && $(BIN)/lint-imports >$(VENV)/imports.log || { cat $(VENV)/imports.log; exit 1; }

format: $(VENV)/.dev ## Put the code into the house's format
	@$(BIN)/ruff check --quiet --fix --exit-zero .
	@$(BIN)/ruff format --quiet .

strings: $(VENV)/.dev ## Tell which words are missing, or left over, in Kazakh and Russian
	@$(BIN)/python -m api.web.catalogs

requirements: $(VENV)/.dev ## Pin what pyproject.toml asks for (run on the oldest Python we support)
	@echo "requirements: runtime" && $(LOCK) --output-file requirements/runtime.txt pyproject.toml
	@echo "requirements: dev"     && $(LOCK) --output-file requirements/dev.txt \
	    --extra dev --constraint requirements/runtime.txt pyproject.toml

clean: ## Remove what was made here, but never the data in .dauys/
	@rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -not -path './.*' -prune -exec rm -rf {} +

# An environment is stale when a pin or pyproject.toml is newer than its stamp; a failed install leaves no stamp.
$(VENV)/.runtime: requirements/runtime.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11, 1))' || { \
	    echo "Dauys needs Python 3.11.1 or newer as '$(PYTHON)'; name another one: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { \
	    echo "'$(PYTHON)' cannot make environments; on Debian: apt-get install python3-venv" >&2; exit 1; }
	@$(BIN)/python -c '' 2>/dev/null || { echo "venv: making $(VENV)"; $(PYTHON) -m venv --clear $(VENV); }
	@echo "venv: installing requirements/runtime.txt"
	@$(PIP) install --require-hashes --requirement requirements/runtime.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.runtime
	@echo "venv: installing requirements/dev.txt"
	@$(PIP) install --require-hashes --requirement requirements/dev.txt
	@touch $@
