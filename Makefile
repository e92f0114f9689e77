# `make quickstart` and `make test` are all that a new machine needs; both install what is missing into .venv.
PYTHON ?= python3
BIN := .venv/bin
MARK := .venv/.installed
CONFORMANCE := $(BIN)/python -m pytest -o addopts="-q --import-mode=importlib" --timeout 300

.PHONY: install quickstart test test-chaos test-engine soak lint fuzz mutants bench format packages control-plane
.PHONY: test-language test-kubernetes test-conformance clean

install: $(MARK)

$(MARK): setup.cfg setup.py pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "freehold needs Python 3.11 or newer; name one with PYTHON=..."; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,sandbox]'
	@touch $@

quickstart: install
	@$(BIN)/python -m examples.quickstart

test: install
	$(BIN)/python -m pytest -n 2 --dist loadfile --ignore=tests/chaos

test-chaos: install
	$(BIN)/python -m pytest -n 2 --dist loadfile tests/chaos

# the engine's examples: as many as CI runs, and as many as one likes; FREEHOLD_SEED draws others
ENGINE := $(BIN)/python -m pytest -n 2 tests/planner/engine

test-engine: install
	FREEHOLD_EXAMPLES=2000 $(ENGINE)

soak: install
	@export FREEHOLD_EXAMPLES=$${EXAMPLES:-20000} FREEHOLD_SEED=$${SEED:-$$(od -An -N3 -tu4 /dev/urandom | tr -d ' ')}; \
	echo "EXAMPLES=$$FREEHOLD_EXAMPLES SEED=$$FREEHOLD_SEED"; $(ENGINE)

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy cli.py cli_common.py cli_state.py freehold language graph state providers planner sandbox editor tools benchmarks examples

fuzz: install
	$(BIN)/python -m tests.fuzz

# make mutants ROOMS="graph state" SEED=1 COUNT=150 MINUTES=20
mutants: install
	$(BIN)/python -m tools.mutants $(ROOMS) $(if $(SEED),--seed $(SEED)) $(if $(COUNT),--count $(COUNT)) $(if $(MINUTES),--minutes $(MINUTES))

bench: install
	$(BIN)/python -m benchmarks

format: install
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format --quiet .

control-plane: install
	$(BIN)/python -m tools.control_plane build

packages: install
	$(BIN)/python -m tools.packages

test-language: install
	$(CONFORMANCE) -n 2 --dist loadfile tests/conformance/language

test-kubernetes: install
	$(CONFORMANCE) --ignore=tests/conformance/language tests/conformance

test-conformance: test-language test-kubernetes

clean:
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
