# Every target is one command on a fresh machine and works again and again.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := run

NEW_ENOUGH := -c 'import sys; sys.exit(sys.version_info < (3, 11))'
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	if "$$name" $(NEW_ENOUGH) 2>/dev/null; then echo "$$name"; exit; fi; done; echo python3)
BIN := .venv/bin
RUN := .venv/.installed
DEV := .venv/.installed-dev

.PHONY: run demo test check test-postgres trust bench binary

run: $(RUN)
	$(BIN)/python main.py run

demo: $(RUN)
	$(BIN)/python main.py demo

test: check
	$(BIN)/python -m pytest -n 3 --dist loadfile --ignore=tests/e2e
	$(BIN)/python -m pytest -n 2 --dist loadfile tests/e2e

check: $(DEV)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright
	$(BIN)/lint-imports

test-postgres: $(DEV)
	tests/postgres.sh $(BIN)/python -m pytest -n 2 --dist loadfile tests/services tests/matrix/test_matrix_commands.py \
		tests/trust/test_audit_tampering.py tests/trust/test_cancellations.py \
		tests/trust/test_clock_jumps.py tests/trust/test_factor_clocks.py \
		tests/trust/test_killed_jobs.py

trust: $(DEV)
	$(BIN)/python -m pytest tests/trust --whole -p no:cacheprovider --continue-on-collection-errors \
		-o faulthandler_timeout=1500 -o faulthandler_exit_on_timeout=false || true
	$(BIN)/python -m tests.trust.table

bench: $(DEV)
	$(BIN)/python -m bench

# One file with everything in it but Python; for this platform and this version of Python.
binary: $(DEV)
	@rm -rf build tallystick.egg-info && mkdir -p dist
	$(BIN)/shiv --quiet --console-script tallystick --output-file dist/tallystick.pyz \
		--preamble .ci/preamble.py --requirement requirements.txt "$$(grep ^asyncpg requirements-dev.txt)" .
	@rm -rf build tallystick.egg-info

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { \
		echo "Python is missing. Install it, on Debian with: apt-get install python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) $(NEW_ENOUGH) || { \
		echo "Tallystick needs Python 3.11 or newer; $(PYTHON) is older. Name another with: make PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "Python's venv is missing. Install it, on Debian with: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv .venv

$(RUN): requirements.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(DEV): requirements.txt requirements-dev.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $(RUN) $@
