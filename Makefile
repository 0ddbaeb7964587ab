# `make demo` and `make test` are all a newcomer needs; both build the environment first.
PYTHON ?= python3
VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)
BIN := .venv/bin
AHEAD := $(BIN)/python tests/bits/compile_ahead.py
# Bytecode of what is never imported need not be compiled: Python does it for what is, and keeps it.
# Where it may not keep it, each of the hundred programs that the tests start compiles all again.
unexport PYTHONDONTWRITEBYTECODE
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --no-compile --editable
AS_ROOT := $(shell [ "$$(id -u)" = 0 ] || echo sudo -n)
APT := $(AS_ROOT) env DEBIAN_FRONTEND=noninteractive apt-get -qq
apt-install = { $(APT) update && $(APT) install -y --no-install-recommends $(1); } >/dev/null 2>&1

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test check docs docs-serve wheel clean ngspice chromium

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | \
	  while IFS='|' read -r name what; do printf '  make %-12s%s\n' "$$name" "$$what"; done

demo: .venv/runtime ## run the main job and write its report under runs/demo
	@start=$$(date +%s); $(BIN)/crossbar demo --out runs/demo && \
	  echo "The demo took $$(($$(date +%s) - start)) s. Its report:" && \
	  find "$(CURDIR)/runs/demo" -name '*.html' | grep .

# apt and pip fetch at the same time. Three processes for two cores: many tests wait for programs,
# for disks or for moments to kill in.
test: $(BIN)/python ## run the checks and every test
	@$(MAKE) -s ngspice chromium & $(MAKE) -s .venv/test; status=$$?; wait; exit $$status
	@$(AHEAD) preset-ideal learn-ideal preset-cmos & $(AHEAD) ideal-double ideal-wires & \
	  scripts/check; status=$$?; wait; exit $$status
	@$(BIN)/python -m pytest -n 3

check: .venv/test ## ruff, mypy and import-linter alone
	@scripts/check

docs: .venv/test ## build the documentation as a site; warnings are errors
	@$(BIN)/python -m sphinx -W --keep-going -q -d docs/_build/.doctrees -b html docs docs/_build/$(VERSION) && \
	  $(BIN)/python scripts/site_versions.py docs/_build && \
	  echo "The site is docs/_build/index.html. To serve it: make docs-serve"

docs-serve: docs ## build the site and serve it at http://localhost:8000
	@$(BIN)/python -m http.server --bind localhost --directory docs/_build 8000

wheel: .venv/test ## build the source distribution, and the wheel from it, into dist
	@$(BIN)/python -m build

clean: ## remove the environment, caches and builds; runs stay
	rm -rf .venv dist docs/_build docs/reference docs/tutorials .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -prune -exec rm -rf {} +

# The stamps hold the environment to pyproject.toml; the test extra includes the runtime.
.venv/runtime: pyproject.toml | $(BIN)/python
	@echo "Installing crossbar and what it needs into .venv (once, a minute or more)"
	@$(PIP) . && touch $@

.venv/test: pyproject.toml | $(BIN)/python
	@echo "Installing crossbar and its test tools into .venv (once, a minute or more)"
	@$(PIP) '.[test,docs,pyspice,dask,export,search]' && touch .venv/runtime $@

# Debian keeps the parts that `python3 -m venv` needs in a package of their own.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "crossbar needs Python 3.11 or newer as $(PYTHON). Run: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv .venv >/dev/null 2>&1 || { rm -rf .venv; \
	  package=$$($(PYTHON) -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'); \
	  $(call apt-install,$$package); $(PYTHON) -m venv .venv >/dev/null || { rm -rf .venv; \
	  echo "$(PYTHON) cannot make an environment. Run: sudo apt-get install $$package"; exit 1; }; }

# The tests run the program, and its library through PySpice.
ngspice: | $(BIN)/python
	@{ command -v ngspice && $(BIN)/python -c "import ctypes; ctypes.CDLL('libngspice.so.0')"; } \
	  >/dev/null 2>&1 || { echo "Installing ngspice through apt"; \
	  $(call apt-install,ngspice libngspice0); } || \
	  echo "ngspice is missing: its tests will be skipped. Run: sudo apt-get install ngspice libngspice0"

# The tests look at pages of reports in a browser.
chromium:
	@{ command -v chromium || command -v chromium-browser || command -v google-chrome; } \
	  >/dev/null 2>&1 || { echo "Installing Chromium through apt"; $(call apt-install,chromium); } || \
	  echo "Chromium is missing: its tests will be skipped. Run: sudo apt-get install chromium"
