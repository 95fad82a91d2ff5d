# `make run` shows Kopa at work, `make test` checks all of it. Both install what they need.
PYTHON ?= python3
UV := $(or $(shell command -v uv 2>/dev/null),.uv/bin/uv)
BIN := .venv/bin
CITY := build/helsinki

.PHONY: run test bench reference clean

run: .venv/.done
	$(BIN)/python examples/first_run.py $(CITY)

test: .venv/.done .clients/.done
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

# a client of the API that real programs use; its libraries are older than ours
.clients/.done: Makefile | $(filter .uv/%,$(UV))
	$(UV) venv --quiet --allow-existing --python $(PYTHON) .clients
	$(UV) pip install --quiet --python .clients/bin/python --exclude-newer 2026-11-15 ngsildclient==0.5.2
	touch $@

.uv/bin/uv:
	$(PYTHON) -m venv .uv
	.uv/bin/pip install --quiet uv

clean:
	rm -rf build .venv .clients .uv
