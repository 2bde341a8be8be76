# Every command that anyone types. `make` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
LOCK := $(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
	--python-version 3.11 --custom-compile-command "make lock"
PACKAGES := shop/pyproject.toml sandbox/pyproject.toml --extra demo --group build

# What a soak does; each run prints the seed that brings it again.
ORDERS ?= 1000
FAULTS ?= all

.DEFAULT_GOAL := help
.PHONY: help run test check bench soak format messages lock clean

help:  ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 18

run: $(VENV)/run-installed  ## the shop, with an embedded PostgreSQL and a Stripe sandbox unless .env has real keys
	@exec $(BIN)/bookshop demo

test: $(VENV)/test-installed  ## every test; parts: make test TESTS=shop/tests/unit
	$(BIN)/pytest --numprocesses logical --dist worksteal $(TESTS)

check: $(VENV)/test-installed  ## format, lint, types of Python and browser code, spelling, architecture
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/node node_modules/typescript/bin/tsc --project tsconfig.json
	$(BIN)/codespell
	$(BIN)/pytest -q shop/tests/test_architecture.py

bench: $(VENV)/test-installed  ## how fast sandbox, orders, webhooks and audit are, beside other programs (installed for the run)
	$(BIN)/python bench/sandbox_creates.py
	$(BIN)/python bench/shop_orders.py
	$(BIN)/python bench/shop_webhooks.py
	$(BIN)/python bench/audit_orders.py

soak: $(VENV)/test-installed  ## buy while everything around fails: make soak ORDERS=100000 SEED=7 FAULTS=all
	@PYTHONPATH=shop/tests $(BIN)/python -m chaos --orders $(ORDERS) --faults '$(FAULTS)' $(if $(SEED),--seed $(SEED))

format: $(VENV)/test-installed  ## format the Python code and mend what ruff can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

messages: $(VENV)/test-installed  ## take new sentences into the catalogues of shop/src/bookshop/locale
	$(BIN)/python tools/messages.py

lock: | $(VENV)/test-installed  ## refresh the hashed requirement files and npm's lock
	$(LOCK) --group uv -o requirements-uv.lock
	$(LOCK) $(PACKAGES) -o requirements.lock
	$(LOCK) $(PACKAGES) --group dev -o requirements-dev.lock
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm install --package-lock-only --ignore-scripts

clean:  ## remove the environment; orders in var/ stay
	rm -rf $(VENV) .uv node_modules

.uv/bin/uv:
	@$(PYTHON) tools/uv.py .uv

# The marker files are made last, so an installation that broke off is taken up again.
$(VENV)/run-installed: requirements.lock shop/pyproject.toml sandbox/pyproject.toml | $(UV)
	@echo "Installing the shop and its demo into $(VENV) ..."
	@test -x $(BIN)/python || $(UV) venv --quiet --python $(PYTHON) $(VENV)
	@$(UV) pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e shop -e sandbox
	@touch $@

$(VENV)/test-installed: requirements-dev.lock package-lock.json $(VENV)/run-installed
	@echo "Installing what the tests need ..."
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.lock
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm ci --silent --ignore-scripts
	@$(BIN)/python tools/chromium.py
	@touch $@
