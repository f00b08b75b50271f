# make demo    records from the corpus, from a fresh clone, in one command
# make test    the tests (make slow: the long ones too)
# make dev     all that is needed to work on it, into .venv
# make check   formatting, complexity, types, the direction of imports
#
# Everything is installed into .venv, made with Python 3.11 or 3.12 (scispaCy's pins); PYTHON=... names another. The versions of what casesift
# needs are those it was tested with (constraints.txt); `make PINS= ...` takes the newest it may go with.

VENV   := .venv
BIN    := $(VENV)/bin
DEMO   := outputs/demo
JOBS   ?= auto
PINS   ?= -c constraints.txt

comma  := ,
# $(call install,EXTRAS): a version that is no longer to be had stops nobody
define install
$(BIN)/python -m pip install -q $(PINS) -e '.$(1)' || { \
	  echo "not all versions of constraints.txt are to be had here: taking the newest that fit"; \
	  $(BIN)/python -m pip install -q -e '.$(1)'; }
endef

PYTHON ?= $(shell for p in python3.11 python3.12 python3 python; do \
    $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))' 2>/dev/null && { echo $$p; break; }; done)

.PHONY: demo dev test slow check format corpus dictionary constraints clean
.DEFAULT_GOAL := demo

demo: $(VENV)/.installed
	@status=0; $(BIN)/casesift run corpus --include '*.pdf' --out $(DEMO) || status=$$?; \
	if [ $$status -gt 1 ]; then exit $$status; fi; \
	if [ $$status -eq 1 ]; then \
	  echo; echo "(The failures are meant: the corpus holds a PDF with a password and one that is only an image."; \
	  echo " A run tells why, keeps the reason in documents.csv, and goes on with the others.)"; fi
	@echo; echo "A glimpse of $(DEMO)/records.csv:"
	@$(BIN)/python -c "import pandas as pd; \
	columns = ['drug', 'status', 'dose', 'ratio', 'vehicle', 'route', 'frequency', 'duration', 'pain_before', 'pain_after']; \
	records = pd.read_csv('$(DEMO)/records.csv', keep_default_na=False); \
	fullest = (records[columns] != '').sum(axis=1).sort_values(ascending=False, kind='stable').index; \
	print(records.loc[fullest].groupby('file').head(1).sort_index()[columns].to_string(index=False))"
	@echo; echo "Tables:"; ls $(DEMO)/*.csv $(DEMO)/datapackage.json
	@echo; echo "To use casesift on papers of your own: source $(BIN)/activate (or call $(BIN)/casesift), then: casesift run papers/ --out outputs/mine"

dev: $(VENV)/.installed-dev

test: $(VENV)/.installed-test
	$(BIN)/python -m pytest -n $(JOBS) -m "not slow"

slow: $(VENV)/.installed-test
	$(BIN)/python -m pytest -n $(JOBS)

check: $(VENV)/.installed-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.installed-dev
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

corpus: $(VENV)/.installed-dev
	$(BIN)/python corpus/build.py

dictionary: $(VENV)/.installed
	$(BIN)/casesift dictionary > outputs/README.md
	$(BIN)/casesift dictionary --rules > docs/rules.md

constraints: $(VENV)/.installed-dev
	$(BIN)/python .ci/constraints > constraints.txt

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or 3.12 found; install one, or name it: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# what is installed follows pyproject.toml; the code itself is installed in place
$(VENV)/.installed: pyproject.toml constraints.txt | $(BIN)/python
	$(call install)
	@touch $@

$(VENV)/.installed-test: pyproject.toml constraints.txt | $(BIN)/python
	$(call install,[test$(comma)corpus])
	@touch $@ $(VENV)/.installed

$(VENV)/.installed-dev: pyproject.toml constraints.txt | $(BIN)/python
	$(call install,[dev])
	@touch $@ $(VENV)/.installed $(VENV)/.installed-test

clean:
	rm -rf $(VENV) $(DEMO) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
