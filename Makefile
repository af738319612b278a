# Two commands do everything on a fresh Debian machine with Python 3.11 and make:
#   make demo    inspect the sample app and a real package, write the HTML report
#   make test    everything that must hold
PY   ?= python3
VENV := .venv
BIN  := $(VENV)/bin
OUT  := build/demo

.PHONY: demo test bench bench-fleet bench-web fuzz lint types contracts rules docs inputs samples lock clean
demo: $(VENV)/core.stamp
	$(BIN)/python tools/demo.py $(OUT)

test: $(VENV)/dev.stamp .cache/system.stamp inputs
	$(BIN)/ruff check --quiet src tests benchmarks tools samples
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/mingcha rules lint
	$(BIN)/python -m pytest -n auto --dist worksteal $(PYTEST)

# MANIFEST: a CSV of inputs as tests/inputs/manifest.csv; a larger one beside the tree is preferred.
MANIFEST ?= $(firstword $(wildcard ../shared/inputs.csv) tests/inputs/manifest.csv)
bench: $(VENV)/dev.stamp .cache/system.stamp
	$(BIN)/python tests/inputs/fetch.py $(MANIFEST) --kind apk --kind sdk
	$(BIN)/python benchmarks/run.py --manifest $(MANIFEST) $(BENCH)

bench-fleet: $(VENV)/dev.stamp .cache/system.stamp
	$(BIN)/python tests/inputs/fetch.py $(MANIFEST) --kind apk --kind sdk
	PYTHONPATH=src $(BIN)/python benchmarks/fleet.py $(BENCH)

bench-web: $(VENV)/dev.stamp .cache/system.stamp
	$(BIN)/python -m tests.extract.page.bench
	$(BIN)/python benchmarks/pages.py
	test ! -d ../shared/data/act || $(BIN)/python benchmarks/act.py

fuzz: $(VENV)/dev.stamp
	$(BIN)/python benchmarks/fuzz.py $(FUZZ)

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check src tests benchmarks tools samples
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

rules: $(VENV)/dev.stamp
	$(BIN)/mingcha rules lint

docs: $(VENV)/dev.stamp
	$(BIN)/mingcha rules pages

# Real packages for the tests, by name and digest; what cannot be reached is skipped visibly.
inputs: $(VENV)/dev.stamp
	$(BIN)/python tests/inputs/fetch.py
	$(BIN)/python tests/inputs/fetch.py tests/inputs/stubs.csv

samples: $(VENV)/dev.stamp
	$(BIN)/python samples/build.py

lock: $(VENV)/dev.stamp
	PATH="$(CURDIR)/$(BIN):$$PATH" tools/lock.sh

$(VENV)/core.stamp: requirements/demo.lock pyproject.toml tools/venv.sh
	PY=$(PY) tools/venv.sh $(VENV) requirements/demo.lock
	@touch $@

$(VENV)/dev.stamp: requirements/dev.lock pyproject.toml tools/venv.sh
	PY=$(PY) tools/venv.sh $(VENV) requirements/dev.lock
	@touch $@ $(VENV)/core.stamp

.cache/system.stamp: tools/system.sh
	tools/system.sh
	@mkdir -p .cache && touch $@

clean:
	rm -rf $(VENV) .cache build
