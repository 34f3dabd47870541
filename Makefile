# Every command of the project; CI and the pre-commit hooks run the same ones. `make` lists them.
# ARGS="..." is handed on to the program that a target runs: make test ARGS="tests/stats -x"

.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# uv, pip-audit and pre-commit live apart, so that the tests never depend on them
MAINTAIN := .venv-maintain
# Web frameworks and the like, for programs of tests/scenarios alone
SCENARIOS := $(HOME)/.cache/perfdiag/scenarios
ARGS ?=

PIP := -m pip --disable-pip-version-check --quiet --no-input
READY := $(VENV)/.ready
MAINTAIN_READY := $(MAINTAIN)/.ready

.PHONY: help setup demo test check lint types architecture scenarios scenario-env faults readers benchmarks interpreters golden docs nightly wheel lock audit hooks newer-pythons clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## make .venv with what requirements.lock pins, and perfdiag itself in it

# make_venv(folder): an environment with a pip that works, made anew if it is not one
define make_venv
$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit(f"perfdiag needs Python 3.11 or newer, this is {sys.version.split()[0]}; name another one: make PYTHON=python3.12 ...")'
$(1)/bin/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(1) || { \
  echo 'no virtual environment could be made; on Debian and Ubuntu: apt-get install python3-venv' >&2; exit 1; }
endef

$(READY): requirements.lock pyproject.toml
	@echo "setting up $(VENV): half a minute, once" >&2
	@$(call make_venv,$(VENV))
	@$(BIN)/python $(PIP) install --require-hashes -r requirements.lock
	@$(BIN)/python $(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(MAINTAIN_READY): requirements-maintain.lock
	@$(call make_venv,$(MAINTAIN))
	@$(MAINTAIN)/bin/python $(PIP) install --require-hashes -r requirements-maintain.lock
	@touch $@

demo: $(READY) ## start a small service with a planted cause, profile it, print the report
	@$(BIN)/python -m tests.scenarios.demo $(ARGS)

test: $(READY) ## the tests, without live scenarios, two at a time
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile $(ARGS)

check: lint types test ## what every commit must pass: lint, types, tests

lint: $(READY) ## ruff: rules and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY) ## mypy --strict
	$(BIN)/mypy --strict

architecture: $(READY) ## layers, sizes and plug-in rules alone
	$(BIN)/python -m pytest tests/test_architecture.py tests/test_conformance_*.py $(ARGS)

scenarios: $(READY) ## perfdiag on every labelled live program: a table and totals
	$(BIN)/python -m tests.scenarios.runner $(ARGS)

scenario-env: ## get what some of those programs are written with (a minute, once; they are skipped without it)
	@$(call make_venv,$(SCENARIOS))
	@$(SCENARIOS)/bin/python $(PIP) install -r tests/scenarios/requirements.txt

faults: $(READY) ## what goes wrong, injected: killed, stopped, denied, full, hostile; prints a table
	$(BIN)/python -m pytest -m fault --fault-table $(ARGS)

readers: $(READY) ## formats by the tools that they are for: go tool pprof (Debian golang-go)
	$(BIN)/python -m pytest -m readers $(ARGS)

benchmarks: $(READY) ## what perfdiag costs, side by side with its peers
	for one in benchmarks/[a-z]*.py; do echo "== $$one"; $(BIN)/python $$one $(ARGS); done

newer-pythons: $(READY) ## get CPython 3.14 and 3.15 (root, debootstrap, a minute, once), run the tests that need them
	tools/newer-pythons
	$(BIN)/python -m pytest -m newer_pythons $(ARGS)

interpreters: $(READY) ## the reader on every CPython that is installed (PERFDIAG_PYTHONS, ~/.pyenv, PATH)
	$(BIN)/python -m pytest -m interpreters $(ARGS)

golden: $(READY) ## write the expected texts anew; read the diff before you commit it
	$(BIN)/python -m pytest --update-golden -k golden $(ARGS)
	git --no-pager diff --stat -- tests/golden tests/recordings

docs: $(READY) ## write docs/agent-performance/findings.md anew from the rules
	$(BIN)/python -m tools.findings_reference

nightly: check ## what takes long: scenarios three times, accuracy, faults, other Pythons, benchmarks, vulnerabilities
	$(MAKE) scenario-env
	$(MAKE) scenarios ARGS="--repeat 3"
	$(BIN)/python -m pytest -m accuracy
	$(MAKE) faults
	$(MAKE) interpreters
	$(MAKE) newer-pythons
	$(MAKE) readers
	$(MAKE) benchmarks
	$(MAKE) audit

wheel: $(READY) ## build the wheel and try it in an empty environment
	PYTHON=$(PYTHON) .ci/wheel

lock: $(MAINTAIN_READY) ## pin anew: requirements.lock and requirements-maintain.lock
	@pin="$(MAINTAIN)/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes"; \
	pin="$$pin --no-annotate --no-emit-index-url --no-emit-find-links"; \
	$$pin --custom-compile-command 'make lock' -o requirements.lock --extra dev pyproject.toml; \
	$$pin --custom-compile-command 'make lock' -o requirements-maintain.lock --group maintain
	git --no-pager diff --stat -- requirements.lock requirements-maintain.lock

audit: $(MAINTAIN_READY) ## known vulnerabilities of what is pinned (asks a public database)
	$(MAINTAIN)/bin/pip-audit --strict --require-hashes --disable-pip -r requirements.lock
	$(MAINTAIN)/bin/pip-audit --strict --require-hashes --disable-pip -r requirements-maintain.lock

hooks: $(MAINTAIN_READY) ## run lint, types and architecture before each commit
	$(MAINTAIN)/bin/pre-commit install

clean: ## remove environments, caches and what was built
	rm -rf $(VENV) $(MAINTAIN) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .benchmarks
	find perfdiag tests benchmarks docs -name __pycache__ -type d -prune -exec rm -rf {} +
