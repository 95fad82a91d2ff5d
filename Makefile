# `make run` shows Kopa at work, `make test` checks all of it. Both install what they need.
PYTHON ?= python3
UV := $(or $(shell command -v uv 2>/dev/null),.uv/bin/uv)
BIN := .venv/bin
CITY := build/helsinki
PORT := 8080

.PHONY: run test page bench reference clean

# ONCE=1 ends after the report; PORT is where the page is served
run: page
	$(BIN)/python examples/first_run.py $(CITY) $(if $(ONCE),--once) --port $(PORT)

test: page .clients/.done
	$(BIN)/python hatch_build.py npm run check
	$(BIN)/python hatch_build.py npm run lint
	$(BIN)/python hatch_build.py npm test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -n auto

# built at the install, and again where its sources changed
page: .venv/.done
	$(BIN)/python hatch_build.py

bench: page
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
	rm -rf build .venv .clients .uv frontend/node_modules src/kopa/web/dist
