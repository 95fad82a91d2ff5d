# `make run` shows Kopa at work, `make test` checks all of it. Both install what they need.
PYTHON ?= python3
UV := $(or $(shell command -v uv 2>/dev/null),.uv/bin/uv)
BIN := .venv/bin
CITY := build/helsinki

.PHONY: run test bench reference clean

run: .venv/.done
	$(BIN)/python examples/first_run.py $(CITY)

test: .venv/.done
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -n auto

bench: .venv/.done
	$(BIN)/python benchmarks/all.py

reference: .venv/.done
	$(BIN)/python docs/write_reference.py

.venv/.done: pyproject.toml constraints.txt | $(filter .uv/%,$(UV))
	$(UV) venv --quiet --allow-existing --python $(PYTHON) .venv
	$(UV) pip install --quiet --python $(BIN)/python -c constraints.txt -e '.[dask]' --group dev
	touch $@

.uv/bin/uv:
	$(PYTHON) -m venv .uv
	.uv/bin/pip install --quiet uv

clean:
	rm -rf build .venv .uv
