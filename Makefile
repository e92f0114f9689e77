# `make quickstart` and `make test` are all that a new machine needs; both install what is missing into .venv.
PYTHON ?= python3
BIN := .venv/bin
MARK := .venv/.installed
CONFORMANCE := $(BIN)/python -m pytest -o addopts="-q --import-mode=importlib" --timeout 300

.PHONY: install quickstart test test-chaos lint fuzz mutants bench format packages control-plane test-language test-kubernetes
.PHONY: test-conformance clean

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

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy cli.py freehold language graph state providers planner sandbox editor tools benchmarks examples

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
