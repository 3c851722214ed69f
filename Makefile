# hallwatch: `make` alone says what each verb does.
.DEFAULT_GOAL := help
.PHONY: help run test lint prove clean
PYTHON ?= python3
PORT ?= 8050
DETECTOR ?= openvino
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
SOURCES := pyproject.toml

help: ## say what each verb does
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16

run: $(VENV)/run-$(DETECTOR) ## install, then start the simulated city; boards at http://127.0.0.1:8050 (DETECTOR=ultralytics, PORT=…)
	$(BIN)/hallwatch demo --detector $(DETECTOR) --port $(PORT)

test: $(VENV)/test ## install everything, start the real servers the tests need, and run lint, types and tests
	$(MAKE) --no-print-directory lint
	$(BIN)/python -m pytest $(PYTEST)

lint: $(VENV)/test ## ruff and mypy --strict
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .

prove: $(VENV)/test ## the full amounts: city, kills, broker, held-out halls, fine-tuning, fuzzing, faults, endurance, days, mutants (VERBS="…")
	$(BIN)/python -m tests.prove $(VERBS)

clean: ## remove the virtual environment and everything built
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "hallwatch needs Python 3.11 or newer; $$($(PYTHON) --version || echo no $(PYTHON)) was found. Try: make PYTHON=python3.11" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; } # half of one would look like a whole one next time

$(VENV)/run-openvino: $(SOURCES) | $(VENV)/bin/python
	@echo "Installing hallwatch into $(VENV) (a minute or two) …"
	@deploy/apt-install deploy/apt-run.txt
	$(PIP) -e .
	@touch $@

$(VENV)/run-ultralytics: $(SOURCES) | $(VENV)/bin/python
	@echo "Installing hallwatch with ultralytics and torch into $(VENV) (several GB) …"
	@deploy/apt-install deploy/apt-run.txt
	$(PIP) -e '.[models]'
	@touch $@

$(VENV)/test: $(SOURCES) deploy/apt-test.txt | $(VENV)/bin/python
	@echo "Installing hallwatch with everything its tests need into $(VENV) (several GB: torch) …"
	@deploy/apt-install deploy/apt-run.txt deploy/apt-test.txt
	$(PIP) -e '.[dev,models]'
	@touch $@
