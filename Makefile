# Each target sets up what it needs; `make help` lists them.
SHELL := /bin/sh
PYTHON ?= python3
MONTH ?= 2025-11
# The text as it was given, for the commands below to read from their environment: nothing of it is a command.
override MONTH := $(value MONTH)
export MONTH
VENV := .venv
BIN := $(VENV)/bin
# Without cached bytecode every start takes 2 to 3 times as long.
unexport PYTHONDONTWRITEBYTECODE
unexport VIRTUAL_ENV

.DEFAULT_GOAL := help
.PHONY: help setup book site chapters verify test oracle test-long audit lock serve clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

setup: $(VENV)/.ready  ## create .venv with the locked environment

$(VENV)/.ready: requirements.txt pyproject.toml
	@echo "Setting up $(VENV) (once; about half a minute)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name it with: make PYTHON=python3.12 ...")'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

book: $(VENV)/.ready  ## build the edition of MONTH (default 2025-11)
	@$(BIN)/metalsbook book --month="$$MONTH"

site: $(VENV)/.ready  ## build every edition and the start page
	@$(BIN)/metalsbook site

chapters: $(VENV)/.ready  ## run the chapters for the reference month and keep their outputs
	@$(BIN)/metalsbook chapters

verify: $(VENV)/.ready  ## check the ledger and every committed snapshot
	@$(BIN)/metalsbook verify

test: $(VENV)/.ready  ## run all checks
	@$(BIN)/python -m tests.run

oracle: $(VENV)/.ready  ## tell what a change alters in what the book shows (first: python -m tests.oracle keep)
	@$(BIN)/python -m tests.oracle

serve: $(VENV)/.ready  ## show the built site on this machine
	@$(BIN)/metalsbook serve

test-long: $(VENV)/.ready  ## run the long variants of the checks (hours); figures into benchmarks/
	@$(BIN)/python -m tests.long

audit: $(VENV)/.ready  ## ask the public advisories about the locked packages
	@$(BIN)/python -m tests.audit

lock: $(VENV)/.ready  ## renew requirements.txt from pyproject.toml
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --extra cluster --extra test --custom-compile-command "make lock" pyproject.toml --output-file requirements.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" tests/slow/fuzz/requirements.in --output-file tests/slow/fuzz/requirements.txt

clean:  ## remove what was built (not the environment)
	@rm -rf _build
