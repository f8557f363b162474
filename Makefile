# Everything sets itself up: the first command makes .venv and installs what requirements.txt pins.
PYTHON ?= python3
PORT ?= 8000
PAPER ?= a4
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
TOOLS := $(VENV)/.tools

.PHONY: book serve test refresh notebooks widgets bench lint clean help pdf release branch publish

help:  ## show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

book: $(READY)  ## execute the chapters and build the website
	@$(BIN)/python -m coursekit.site

serve: book  ## build the website and serve it on this machine (PORT=8000)
	@$(BIN)/python -m coursekit.site serve --port $(PORT)

# One thread for each kernel, as the outputs were stored: side by side they would wait for each other's.
test: export OMP_NUM_THREADS ?= 1
test: $(TOOLS) book  ## test everything: library, chapters, widgets, editions, website
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m pytest tests -n auto --dist worksteal
	$(BIN)/python -m pytest book --nbval --nbval-sanitize-with tests/nbval_sanitize.cfg -n auto --dist loadfile

refresh: $(READY)  ## execute the chapters and store their text outputs in book/
	$(BIN)/python -m coursekit.refresh

notebooks: $(READY)  ## write the student, self-paced and instructor editions to _build/notebooks
	$(BIN)/python -m coursekit.editions _build/notebooks

pdf: book  ## print the course as one book to _build/pdf (PAPER=a4 or letter)
	@$(BIN)/python -m coursekit.site.press --paper $(PAPER)

release: pdf  ## pack site, notebooks, library and book for use without a network: _build/release
	@$(BIN)/python -m coursekit.site.release $(if $(TAG),--tag $(TAG))

branch: $(READY)  ## write the notebooks branch to _build/branch (needs GRADIENTS_REPOSITORY)
	@$(BIN)/python -m coursekit.site.branch _build/branch

publish: $(READY)  ## write the notebooks branch and push it to origin
	@$(BIN)/python -m coursekit.site.branch _build/branch --push

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
$(TOOLS): $(READY) widgets/package-lock.json deploy/server/package-lock.json tests/tools.py
	$(BIN)/python -m tests.tools
	@touch $@
