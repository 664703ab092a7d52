# `make` alone lists what can be made. Every target sets up what it needs in .venv, once:
# a stamp file there is older than the lock file it stands for, or the step runs again.

.DEFAULT_GOAL := help
.NOTPARALLEL:
.SUFFIXES:

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install
LOCKED := $(PIP) --require-hashes --no-build-isolation -r
WORKERS ?= auto
TESTS ?=
FUZZ_SECONDS ?= 60
MUTANTS ?= 0

ALONE := benchmarks/proof.py benchmarks/__init__.py
BENCHMARKS := $(patsubst %.py,%,$(notdir $(filter-out $(ALONE),$(sort $(wildcard benchmarks/*.py)))))
FUZZERS := $(sort $(wildcard tests/fuzz/fuzz_*.py))

.PHONY: help run test test-audio check format proof bench bench-speech mutation fuzz docs system demo-reset lock clean

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' Makefile

run: $(VENV)/.stamp-base $(VENV)/.stamp-server ## serve the demonstration: the cast's practice, on http://127.0.0.1:8000/
	@exec $(BIN)/caretally serve --demo

test: $(VENV)/.stamp-dev $(VENV)/.stamp-server $(VENV)/.stamp-cluster $(VENV)/.stamp-standards $(VENV)/.stamp-audio ## run all tests; TESTS=path runs some
	@$(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal $(TESTS)

test-audio: $(VENV)/.stamp-audio ## the tests with sound: recognizers, voices, telephones on this machine
	@$(BIN)/python -m pytest -q tests/audio

check: $(VENV)/.stamp-dev $(VENV)/.stamp-server $(VENV)/.stamp-bulk ## format, lint, types, import layers and limits of the house
	@failed=; \
	for step in "ruff format --check --quiet ." "ruff check --quiet ." mypy \
	    "lint-imports --no-logo --no-cache" "pytest -q tests/architecture"; do \
	  $(BIN)/$$step || failed="$$failed [$$step]"; \
	done; \
	if [ -n "$$failed" ]; then echo "check: failed:$$failed" >&2; exit 1; fi; \
	echo "check: all kept"

format: $(VENV)/.stamp-dev ## put the code into the form that check asks for
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format --quiet .

proof: $(VENV)/.stamp-dev $(VENV)/.stamp-server $(VENV)/.stamp-cluster ## everything that must be shown, at full size: asked against measured
	@$(BIN)/python -m benchmarks.proof

bench: $(VENV)/.stamp-dev $(VENV)/.stamp-server $(VENV)/.stamp-cluster ## the benchmarks at 100,000 patient-months
	@set -e; for question in $(BENCHMARKS); do $(BIN)/python -m benchmarks.$$question; done

bench-speech: $(VENV)/.stamp-audio ## how well spoken answers are understood, against their floors
	@$(BIN)/python -m benchmarks.speech

mutation: $(VENV)/.stamp-dev $(VENV)/.stamp-server $(VENV)/.stamp-bulk $(VENV)/.stamp-proof ## change the rules and the fold, see which tests notice; MUTANTS=how many, 0 for all
	@nice -n 19 $(BIN)/python -m scripts.mutation --sample $(MUTANTS) --report

fuzz: $(VENV)/.stamp-dev $(VENV)/.stamp-proof ## garbage into the readers for FUZZ_SECONDS each
	@set -e; for reader in $(FUZZERS); do $(BIN)/python $$reader -max_total_time=$(FUZZ_SECONDS); done

docs: $(VENV)/.stamp-base ## write docs/reference anew from the rulebook and the records
	@$(BIN)/python scripts/write_reference.py

system: ## install system packages that some tests use, where it may
	@scripts/system.sh

demo-reset: ## forget what the demo wrote under ./var
	rm -rf var

lock: ## resolve requirements/*.lock anew (needs uv)
	@scripts/lock.sh

clean: ## remove what make built, .venv too
	rm -rf $(VENV) build dist mutants bench-out .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.stamp-venv: scripts/make_venv.sh
	@scripts/make_venv.sh $(VENV)
	@touch $@

$(VENV)/.stamp-base: $(VENV)/.stamp-venv requirements/base.lock requirements/build.lock pyproject.toml
	@echo "make: installing what the program needs" >&2
	@$(LOCKED) requirements/base.lock -r requirements/build.lock
	@$(PIP) --no-deps --no-build-isolation --no-index -e .
	@touch $@

$(VENV)/.stamp-dev: $(VENV)/.stamp-base requirements/dev.lock
	@echo "make: installing what checks and tests need" >&2
	@$(LOCKED) requirements/dev.lock
	@touch $@

$(VENV)/.stamp-bulk: $(VENV)/.stamp-base requirements/bulk.lock
	@echo "make: installing what populations need" >&2
	@$(LOCKED) requirements/bulk.lock
	@touch $@

$(VENV)/.stamp-server: $(VENV)/.stamp-base requirements/server.lock
	@echo "make: installing what the running program needs" >&2
	@$(LOCKED) requirements/server.lock
	@touch $@

$(VENV)/.stamp-cluster: $(VENV)/.stamp-bulk requirements/cluster.lock
	@echo "make: installing Ray and Spark (about 1 GB; once)" >&2
	@$(LOCKED) requirements/cluster.lock
	@touch $@

$(VENV)/.stamp-audio: $(VENV)/.stamp-dev $(VENV)/.stamp-server requirements/audio.lock
	@echo "make: installing recognizers, voices and telephones for tests (about 400 MB; once)" >&2
	@$(LOCKED) requirements/audio.lock
	@touch $@

$(VENV)/.stamp-proof: $(VENV)/.stamp-dev requirements/proof.lock
	@echo "make: installing the mutation tester and the fuzzer" >&2
	@$(LOCKED) requirements/proof.lock
	@touch $@

# Validators that need Node; without it nothing is stamped, and the tests concerned say so.
$(VENV)/.stamp-standards: $(VENV)/.stamp-venv tests/standards/node/package-lock.json scripts/standards.sh
	@echo "make: installing FHIR validators (about 100 MB; once)" >&2
	@if scripts/standards.sh $(VENV); then touch $@; fi
