# Works with make 3.81 and a plain POSIX shell. `make help` lists the targets.
# ARGS is handed on: make lab ARGS="--port 9000", make test ARGS="-k burst", make gates ARGS=s03.

ARGS =
# A Python of your choice: make lab PYTHON=/path/to/python3.12
PYTHON =
BIN = .venv/bin

.PHONY: help setup lab test quick lint gates lock clean

help: ## Show this list
	@sed -n 's/^\([a-z]*\):.*## /make \1	/p' Makefile

setup: ## Install everything into .venv (the targets below do it by themselves)
	@for python in $(PYTHON) python3.13 python3.12 python3.11 python3.14 python3; do \
	    if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	        exec "$$python" tools/setup.py; \
	    fi; \
	done; \
	echo "No Python 3.11 or newer was found. Install one (with its venv module), or name it: make lab PYTHON=/path/to/python3" >&2; \
	exit 1

lab: setup ## Open JupyterLab on the course
	@$(BIN)/course lab $(ARGS)

test: setup ## Run every test
	@$(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)

quick: setup ## Run the tests that take under a minute in all
	@$(BIN)/python -m pytest -n 2 --dist loadfile -m "not slow and not browser" $(ARGS)

lint: setup ## Check style and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy course

gates: setup ## Run the gates of every section, or of one: make gates ARGS=s03
	@for section in $(or $(ARGS),$(notdir $(wildcard source/*))); do \
	    $(BIN)/course gates $$section || exit 1; \
	done

lock: setup ## Write requirements.lock and environment.yml anew from pyproject.toml
	@$(BIN)/python tools/lock.py $(ARGS)

clean: ## Remove .venv and everything that was generated; never work/, submitted/ or the gradebook
	rm -rf .venv .hypothesis .mypy_cache .pytest_cache .ruff_cache artefacts build dist text
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
