# Everything sets itself up: the first command makes .venv and installs what requirements.txt pins.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
TOOLS := $(VENV)/.tools

.PHONY: book serve test refresh notebooks widgets bench lint clean help

help:  ## show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

book: $(READY)  ## execute the chapters and build the website
	@$(BIN)/python -m coursekit.site

serve: book  ## build the website and serve it on this machine (PORT=8000)
	@$(BIN)/python -m coursekit.site serve --port $(PORT)

test: $(TOOLS) book  ## test everything: library, chapters, widgets, editions, website
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m pytest tests -n auto --dist worksteal
	$(BIN)/python -m pytest book --nbval --nbval-sanitize-with tests/nbval_sanitize.cfg -n auto --dist loadfile

refresh: $(READY)  ## execute the chapters and store their text outputs in book/
	$(BIN)/python -m coursekit.refresh

notebooks: $(READY)  ## write the student and instructor editions to _build/notebooks
	$(BIN)/python -m coursekit.editions _build/notebooks

widgets: $(TOOLS)  ## build the widgets' bundle from widgets/src
	cd widgets && PATH="$(abspath $(BIN)):$$PATH" npm run --silent build

bench: $(TOOLS) book  ## measure what the budgets are about, and print the table
	$(BIN)/python -m benchmarks

clean:  ## remove what was built (not .venv)
	rm -rf _build

$(READY): requirements.txt constraints.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "This course needs Python 3.11 or newer, but '$(PYTHON)' is $$($(PYTHON) --version 2>&1)."; \
		echo "Name another one: make PYTHON=python3.12 book"; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || { rm -rf $(VENV) && $(PYTHON) -m venv $(VENV); } || { \
		rm -rf $(VENV); \
		echo "Python's venv module does not work here. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "Installing what requirements.txt pins into $(VENV); the first time this takes some minutes."
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

# What only the tests need: JavaScript packages and a browser. See tests/tools.py for where they come from.
$(TOOLS): $(READY) widgets/package-lock.json tests/tools.py
	$(BIN)/python -m tests.tools
	@touch $@
