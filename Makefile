# Each target sets up what it needs; `make help` lists them.
SHELL := /bin/sh
PYTHON ?= python3
MONTH ?= 2025-12
# The text as it was given, for the commands below to read from their environment: nothing of it is a command.
override MONTH := $(value MONTH)
export MONTH
VENV := .venv
BIN := $(VENV)/bin
# Without cached bytecode every start takes 2 to 3 times as long.
unexport PYTHONDONTWRITEBYTECODE
unexport VIRTUAL_ENV

.DEFAULT_GOAL := help
.PHONY: help setup setup-all book site chapters verify test test-all oracle test-long audit lock serve clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

setup: $(VENV)/.ready  ## create .venv with what the book needs

$(VENV)/.ready: requirements.txt pyproject.toml
	@echo "Setting up $(VENV) (once; about a quarter of a minute)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name it with: make PYTHON=python3.12 ...")'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

setup-all: $(VENV)/.ready-all  ## add what tests and a Dask cluster need

$(VENV)/.ready-all: $(VENV)/.ready requirements-test.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.txt -r requirements-test.txt
	@# Where it is, jsonschema builds its grammars on import: 2 s of each process, for addresses that no test checks.
	@$(BIN)/uv pip uninstall --quiet --python $(BIN)/python rfc3987-syntax
	@touch $@

book: $(VENV)/.ready  ## build the edition of MONTH (default 2025-12)
	@$(BIN)/metalsbook book --month="$$MONTH"

site: $(VENV)/.ready  ## build every edition and the start page
	@$(BIN)/metalsbook site

chapters: $(VENV)/.ready  ## run the chapters for the reference month and keep their outputs
	@$(BIN)/metalsbook chapters

verify: $(VENV)/.ready  ## check the ledger and every committed snapshot
	@$(BIN)/metalsbook verify

test: $(VENV)/.ready-all  ## find what a change breaks, in minutes
	@$(BIN)/python -m tests.run

test-all: $(VENV)/.ready-all  ## the rest: other months, faults, fuzz, the guide's commands, browsers, clusters
	@$(BIN)/python -m tests.run all

oracle: $(VENV)/.ready-all  ## tell what a change alters in what the book shows (first: python -m tests.oracle keep)
	@$(BIN)/python -m tests.oracle

serve: $(VENV)/.ready  ## show the built site on this machine
	@$(BIN)/metalsbook serve

test-long: $(VENV)/.ready-all  ## run the long variants of the checks (hours); figures into benchmarks/
	@$(BIN)/python -m tests.run long

audit: $(VENV)/.ready-all  ## ask the public advisories about the locked packages
	@$(BIN)/python .ci/audit.py

LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

lock: $(VENV)/.ready  ## renew the locked environments from pyproject.toml
	@$(LOCK) --extra setup pyproject.toml --output-file requirements.txt
	@$(LOCK) --extra setup --extra cluster --extra test --constraint requirements.txt $$(sed -n '/implementation_name/!s/^\([A-Za-z0-9._-]*\)==.*/--no-emit-package \1/p' requirements.txt) pyproject.toml --output-file requirements-test.txt
	@$(LOCK) benchmarks/fuzz-requirements.in --output-file benchmarks/fuzz-requirements.txt

clean:  ## remove what was built (not the environment)
	@rm -rf _build
