# make run    everything on http://127.0.0.1:8080, with the sample municipality
# make test   all checks and tests, as CI does
# make setup  the set-up alone; .venv/bin/lotse works after it
# make bench  the performance table; make soak: the long proofs

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# The lock names everything: without --no-deps, pip looks for newer releases of what has extras and fails on their hash.
LOCKED := $(PIP) install --no-deps --require-hashes
.DEFAULT_GOAL := help
.PHONY: help setup run test lint bench soak screenshots words clean

help:
	@sed -n 's/^# //p' Makefile | head -4

setup: $(BIN)/lotse

.venv/ready: requirements.lock
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Lotse needs Python 3.11 or 3.12")'
	$(PYTHON) -m venv .venv
	$(LOCKED) -r requirements.lock
	touch $@

$(BIN)/lotse: .venv/ready pyproject.toml
	$(PIP) install --no-deps --editable .
	touch $@

.venv/ready-for-tests: $(BIN)/lotse requirements-dev.lock
	$(LOCKED) -r requirements-dev.lock
	$(PIP) check
	sh tests/system_packages.sh
	touch $@

run: setup
	LOTSE_DEMO=1 $(BIN)/lotse serve

lint: .venv/ready-for-tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/lotse check

test: lint
	$(BIN)/pytest -n 2 -m "not soak"

bench: .venv/ready-for-tests
	$(BIN)/python -m tests.load.bench

soak: .venv/ready-for-tests
	$(BIN)/pytest -m soak -p no:cacheprovider -rA

# the texts of the code that are to be translated, taken up into locales/lotse.pot and every catalogue
words: .venv/ready-for-tests
	$(BIN)/python -m tests.words

screenshots: .venv/ready-for-tests
	$(BIN)/python -m tests.journeys.screenshots

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
