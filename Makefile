# The one entry point. `make` lists what there is.

SHELL := /bin/sh
VENV := .venv
PY := $(VENV)/bin/python
# The first Python of 3.11 or newer that runs.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help demo test check bench pictures soak chaos data lock clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

demo: $(VENV)/run ## replay the night of 5 May 2022 in a Discord of its own (ARGS="--headless --speed max")
	@$(VENV)/bin/election-night demo $(ARGS)

test: $(VENV)/dev ## run every test, in a browser too (ARGS="-k hull" to choose)
	@$(PY) -m tests.support.chromium
	$(PY) -m pytest -n 3 --dist worksteal --durations 25 --durations-min 5 $(ARGS)

check: $(VENV)/dev ## format, lint, types and import contracts
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

bench: $(VENV)/dev ## speed and memory, each against a baseline
	$(PY) -m tests.bench $(ARGS)

pictures: $(VENV)/dev ## every picture of the recorded nights in build/pictures, and the README's (needs Chromium)
	$(PY) -m tests.showcase $(ARGS)

soak: $(VENV)/dev ## the long kill and fan-out tests
	$(PY) -m pytest -m soak -p no:cacheprovider $(ARGS)

chaos: $(VENV)/dev ## whole nights with random faults, by seeds
	$(PY) -m pytest -m chaos -p no:cacheprovider $(ARGS)

data: $(VENV)/dev ## rebuild every table of data/ (SOURCES=folder of the sources)
	@test -n "$(SOURCES)" || { echo 'Give the folder of the sources: make data SOURCES=../sources'; exit 2; }
	$(PY) -m tools.data "$(SOURCES)" data

PIN = uv pip compile --universal --no-strip-extras --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header
COMPILE = $(PIN) pyproject.toml --group build

lock: ## pin the dependencies again, with hashes (needs uv)
	$(COMPILE) --group dev -o requirements/dev.lock
	$(COMPILE) --constraint requirements/dev.lock -o requirements/run.lock
	echo 'svg2png-py>=1.1,<2' | $(PIN) - -o requirements/fast.lock

clean: ## remove everything that make has made
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage*

# A system Python may lack ensurepip; its own pip then installs into the environment.
$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo 'Election Night needs Python 3.11 or newer: install it and run make again.'; exit 2; }
	@echo "Setting up $(VENV) with $$($(PYTHON) --version) (once)…"
	@$(PYTHON) -m venv $(VENV) 2>/dev/null || $(PYTHON) -m venv --clear --without-pip $(VENV)

INSTALL = $(PYTHON) -m pip --python $(PY) install --quiet --disable-pip-version-check --no-input

$(VENV)/run: $(VENV)/bin/python requirements/run.lock requirements/fast.lock pyproject.toml
	@$(INSTALL) --require-hashes -r requirements/run.lock
	@$(INSTALL) --require-hashes -r requirements/fast.lock 2>/dev/null || \
		echo 'The faster drawing library has no wheel for this machine: pictures take a little longer.'
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/dev: $(VENV)/run requirements/dev.lock
	@$(INSTALL) --require-hashes -r requirements/dev.lock
	@touch $@
