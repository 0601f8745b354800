# One door for chores. Newcomers need two: make demo, make test.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help demo test faults soak check bench docs console types screenshots clean

help: ## what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: $(VENV)/.run console ## a living control room in an invented city, at http://127.0.0.1:9110
	@$(BIN)/tocsin demo $(ARGS)

test: $(VENV)/.dev console ## all tests; what this machine lacks (a browser, the outside material) is skipped and named
	@$(BIN)/python console/build.py --run test
	@$(BIN)/python -m pytest -n 2 $(ARGS)

faults: $(VENV)/.run ## 2,000 worlds in which everything fails, each from a seed; what breaks one is told with how to play it again
	@$(BIN)/tocsin sim faults --seeds 0:2000 $(ARGS)

soak: $(VENV)/.dev console ## an hour of two nodes and a pair of databases that are killed again and again; ARGS="--minutes 10 --seed 2"
	@$(BIN)/python -m tests.nodes.soak $(ARGS)

check: $(VENV)/.dev types ## linters, types, import contracts, house rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check src tests bench
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest tests/house
	@$(BIN)/python console/build.py --run check

bench: $(VENV)/.dev console ## every figure of the issue, one JSON object a line
	@$(BIN)/python bench/all.py $(ARGS)

screenshots: $(VENV)/.dev console ## the README's pictures, taken of a living demo by the browser tests
	@TOCSIN_SCREENSHOTS=1 $(BIN)/python -m pytest tests/browser -k living_demo

docs: $(VENV)/.dev ## the API document, made from the code
	@$(BIN)/tocsin openapi -o docs/reference/openapi.json

console: $(VENV)/.run ## build the console (only what changed)
	@$(BIN)/python console/build.py

types: $(VENV)/.run
	@$(BIN)/python console/build.py --install

$(VENV)/bin/python:
	@echo "Making $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(VENV)/bin/python pyproject.toml constraints.txt
	@echo "Installing Tocsin and what it stands on (a minute or two, once)"
	@$(PIP) install --quiet -c constraints.txt -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.run pyproject.toml constraints.txt
	@echo "Installing the tools for tests and checks"
	@$(PIP) install --quiet -c constraints.txt -e ".[dev]"
	@touch $@

clean: ## forget everything that was built
	rm -rf $(VENV) console/node_modules src/tocsin/web/static var build dist
