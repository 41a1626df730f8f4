# What a newcomer needs, in the order in which it is needed. `make` alone lists it.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

# Any Python from 3.11 on; the one that the lock was made for first.
PYTHON ?= $(shell for python in python3.11 python3 python3.12 python3.13 python3.14; do \
  $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)

BIN := .venv/bin
STAMP := .venv/.installed

# One process of tests for each core, each with a PostgreSQL server of its own; WORKERS=0 for one that a debugger can join.
WORKERS ?= $(shell nproc 2>/dev/null || sysctl -n hw.ncpu 2>/dev/null || echo 1)
PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

# bean-check is under the GPL, so it is kept out of our lock and out of our environment, and is only called.
BEANCOUNT := .venv-beancount/.installed
BEANCOUNT_VERSION := 3.2.3

# Groups of tests that need programs of the system. In CI none may be missing: there each such test fails without.
HAS_DEBIAN := $(and $(shell command -v hledger),$(or $(BEAN_CHECK),$(wildcard .venv-beancount/bin/bean-check)))
HAS_BROWSER := $(shell command -v chromium || command -v chromium-browser)
MISSING := $(if $(CI),,$(if $(HAS_DEBIAN),,debian) $(if $(HAS_BROWSER),,browser))
# From "debian browser" to "not debian and not browser".
without = $(subst $(space)not,$(space)and not,$(strip $(foreach group,$(1),not $(group))))
space := $(subst ,, )

##@ Start

.PHONY: help
help: ## Show this list
	@awk 'BEGIN { FS = ":.*## " } \
	  /^##@/ { printf "\n%s\n", substr($$0, 5) } \
	  /^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: setup
setup: $(STAMP) ## Make .venv with the locked dependencies

$(STAMP): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer was found. Install one, or say: make setup PYTHON=/path/to/python3.11"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.PHONY: run
run: $(STAMP) ## The worked example: made if it is not there yet, compared, and served on this machine
	$(BIN)/recruitment demo
	$(BIN)/recruitment serve

# Our own files lie in var/ unless the environment says where; so everything here finds the same database.
ifeq ($(DATABASE_URL)$(RECRUITMENT_HOME),)
run migrate books: export RECRUITMENT_HOME := $(CURDIR)/var
endif

##@ Test

.PHONY: test
test: $(STAMP) ## Tests on both databases; T=tests/ledger for some of them
ifdef T
	$(PYTEST) $(T)
else
	$(PYTEST) -m "$(call without,debian browser slow)"
	@echo "Left out: slow (make check has them), debian and browser (make test-debian)."
endif

.PHONY: test-sqlite
test-sqlite: export TEST_ENGINES := sqlite
test-sqlite: test ## The same on SQLite alone

.PHONY: test-postgres
test-postgres: export TEST_ENGINES := postgresql
test-postgres: test ## The same on PostgreSQL alone; its server comes with the dependencies

.PHONY: test-debian
test-debian: export REQUIRE_PROGRAMS := 1
test-debian: $(STAMP) $(BEANCOUNT) ## Tests that need hledger, bean-check or chromium
	$(PYTEST) -m "debian or browser" $(T)

$(BEANCOUNT):
	$(PYTHON) -m venv .venv-beancount
	.venv-beancount/bin/python -m pip install --quiet --disable-pip-version-check beancount==$(BEANCOUNT_VERSION)
	@touch $@

.PHONY: deep
deep: export HYPOTHESIS_PROFILE := deep
deep: $(STAMP) ## The long battery: 200 paired worlds, 20,000 requests, twenty times as many examples; T= for some of it
	$(PYTEST) -m "$(call without,debian browser slow)" $(T)
	$(if $(T),,$(PYTEST) -m slow tests/paired tests/api tests/fund/force)

.PHONY: coverage
coverage: $(STAMP) ## Tests with a report of the lines and branches that none of them reached
	$(PYTEST) -m "$(call without,debian browser slow)" --cov --cov-report=term $(T)

.PHONY: bench
bench: $(STAMP) ## Measure speed and memory; results go to bench-results/
	$(BIN)/python -m benchmarks $(B)

##@ Check

.PHONY: lint
lint: $(STAMP) ## Style, types, and which room may import which
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

.PHONY: fix
fix: $(STAMP) ## Mend what can be mended by a machine
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: check
check: export TEST_ENGINES :=
check: lint $(if $(CI),$(BEANCOUNT)) ## Exactly what CI runs: lint, and every test on both databases
	$(PYTEST) $(if $(strip $(MISSING)),-m "$(call without,$(MISSING))")
	@test -z "$(strip $(MISSING))" || echo "Left out, because their programs are missing here: $(strip $(MISSING))."

##@ Database

.PHONY: migrate
migrate: $(STAMP) ## Bring the database to the newest schema
	$(BIN)/recruitment database upgrade

.PHONY: migration
migration: $(STAMP) ## Draft the next migration from the models; M="add licence expiry"
	@test -n "$(M)" || { echo 'Say what it does: make migration M="add licence expiry"'; exit 1; }
	$(BIN)/python -m tests.migrations.draft "$(M)"
	$(BIN)/ruff check --quiet --fix migrations && $(BIN)/ruff format --quiet migrations

.PHONY: books
books: $(STAMP) ## Verify the books, and that the three accounts add up to them
	$(BIN)/recruitment ledger verify
	$(BIN)/recruitment audit verify
	$(BIN)/recruitment verification reconcile

##@ House

.PHONY: map
map: $(STAMP) ## Print the stack of rooms and how often each imports another
	$(BIN)/python -m tests.architecture.room_map

.PHONY: lock
lock: $(STAMP) ## Make requirements.lock anew from pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==0.13.9
	$(BIN)/uv pip compile pyproject.toml --extra postgres --extra iso20022 --extra dev --python-version 3.11 --universal \
	  --generate-hashes --no-annotate --no-header -o requirements.lock

.PHONY: clean
clean: ## Remove what can be made again; var/ with its database stays
	rm -rf .venv .venv-beancount build dist bench-results .coverage
	rm -rf .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find recruitment migrations tests examples benchmarks -name __pycache__ -prune -exec rm -rf {} +
