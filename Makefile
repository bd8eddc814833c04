# What one does here. `make demo` and `make test` set up everything they need in .venv, once.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.PHONY: help demo test lint types bench lock clean

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
INPUTS := pyproject.toml constraints.txt
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

help:
	@echo "make demo    crawl the bundled sample site and show what comes out"
	@echo "make test    run the tests"
	@echo "make lint    ruff            make types   mypy"
	@echo "make bench   the benchmarks  make lock    write constraints.txt anew"
	@echo "make clean   remove .venv and caches; collections in data/ stay"

demo: .venv/.run
	$(BIN)/newscrawler demo

test: .venv/.dev
	$(BIN)/python -m pytest

lint: .venv/.dev
	$(BIN)/ruff check .

types: .venv/.dev
	$(BIN)/mypy

bench: .venv/.bench
	@found=0; for file in bench/*.py; do [ -e "$$file" ] || continue; found=1; echo "== $$file"; $(BIN)/python "$$file"; done; \
	[ $$found = 1 ] || echo "bench/ holds no benchmark yet"

# The stamps: what is installed, as of which files. The pip that comes with Python 3.11 resolves some extras wrongly, so
# the first thing to install is a newer pip.
.venv/.pip:
	@[ -n "$(PYTHON)" ] || { echo "newscrawler needs Python 3.11 or newer: no python3 was found. Install it, or: make PYTHON=/path/to/python" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "newscrawler needs Python 3.11 or newer; $(PYTHON) is $$("$(PYTHON)" --version 2>&1). Try: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	"$(PYTHON)" -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	@touch $@

.venv/.run: $(INPUTS) | .venv/.pip
	$(INSTALL) -e .
	@touch $@

.venv/.dev: $(INPUTS) | .venv/.pip
	$(INSTALL) -e '.[dev]'
	@touch $@ .venv/.run

.venv/.bench: .venv/.dev
	$(INSTALL) -e '.[dev,bench]'
	@touch $@

# Newest versions that pyproject.toml admits, resolved in a venv of their own; names and versions, nothing else.
lock:
	@folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; \
	"$(PYTHON)" -m venv "$$folder/venv"; \
	"$$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check --upgrade pip; \
	"$$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check -e '.[dev,bench,postgres,script]'; \
	"$$folder/venv/bin/python" -m pip freeze --exclude-editable | { grep -E '^[A-Za-z0-9._-]+==[^ ]+$$' || true; } \
	  | { grep -vi '^newscrawler==' || true; } | LC_ALL=C sort -f > "$$folder/constraints.txt"; \
	cp "$$folder/constraints.txt" constraints.txt; \
	echo "constraints.txt: $$(wc -l < constraints.txt) packages"

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist *.egg-info
	find newscrawler tests bench -name __pycache__ -type d -prune -exec rm -rf {} +
