# One command from a fresh clone: `make rehearse`. It needs Python 3.11 or newer with venv, and nothing else.
# Plain enough for the make of macOS (3.81).

PYTHON ?=
WORKERS ?= 2
UPGRADE ?=
TESTS ?= tests

VENV := .venv
# Programs of other people, to be tried against: their libraries must not meet ours.
PEERS := .venv-peers
# The single-file executable holds what is in here and nothing of the tests.
DIST := .venv-dist
BIN := $(VENV)/bin
RUN_SET := requirements/build.txt requirements/run.txt
DIST_SET := requirements/build.txt requirements/run.txt requirements/dist.txt
DEV_SET := requirements/build.txt requirements/run.txt requirements/dev.txt
INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-input
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest \
	--generate-hashes --no-emit-index-url --no-header --no-annotate $(UPGRADE)

.PHONY: help rehearse test check campaigns dist lock catalogues clean
.DEFAULT_GOAL := help

help:
	@echo 'make rehearse    répéter une occupation ici, sans compte ni réseau / rehearse an occupation here, without accounts'
	@echo 'make test        les essais / the tests (TESTS=tests/feeds, WORKERS=4)'
	@echo 'make check       style, types, couches / style, types, layers'
	@echo 'make campaigns   les longues séries / the long series'
	@echo 'make dist        un exécutable en un fichier, dist/occupier / a single-file executable'
	@echo 'make lock        épingler les bibliothèques / pin the libraries (UPGRADE=--upgrade)'
	@echo 'make catalogues  les traductions / the translations'
	@echo 'make clean       effacer ce que make a fait / remove what make made'

rehearse: $(VENV)/.run
	@$(BIN)/occupier rehearse

test: $(VENV)/.dev
	@$(BIN)/python -m pytest -n $(WORKERS) -m 'not campaign' $(TESTS)

# They wait for processes as long as they compute: one worker more.
campaigns: $(VENV)/.dev $(PEERS)/.ready
	@$(BIN)/python -m pytest -n $$(($(WORKERS) + 1)) -m campaign tests

check: $(VENV)/.dev
	@echo 'Vérification… / Checking…'
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy --strict --no-error-summary occupier tests
	@$(BIN)/lint-imports --no-logo

# The wheel first: the executable holds what the wheel holds, and not (-P) what lies about in the folder. The seed and the
# date make two builds of one commit alike.
dist: $(DIST)/.ready
	@echo 'Un à deux minutes… / One or two minutes…'
	@rm -rf build/executable dist
	@$(DIST)/bin/python -m hatchling build -t wheel -d dist >/dev/null 2>&1
	@$(DIST)/bin/python -m pip install -qq --disable-pip-version-check --no-input --no-index --no-deps \
		--force-reinstall dist/*.whl
	@SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct 2>/dev/null || echo 1577836800) PYTHONHASHSEED=1 \
		$(DIST)/bin/python -P -m PyInstaller --log-level ERROR --noconfirm --distpath dist --workpath build/executable \
		executable/occupier.spec
	@env -i dist/occupier --version

lock: $(VENV)/.dev
	@$(COMPILE) requirements/build.in -o requirements/build.txt
	@$(COMPILE) -c requirements/build.txt pyproject.toml -o requirements/run.txt
	@$(COMPILE) -c requirements/build.txt -c requirements/run.txt --extra dev pyproject.toml -o requirements/dev.txt
	@$(COMPILE) -c requirements/build.txt -c requirements/run.txt requirements/dist.in -o requirements/dist.txt
	@$(COMPILE) requirements/peers.in -o requirements/peers.txt

catalogues: $(VENV)/.dev
	@$(BIN)/python -m occupier.speech.catalogue update
	@$(BIN)/python -m occupier.speech.catalogue compile

clean:
	@rm -rf $(VENV) $(PEERS) $(DIST) build dist htmlcov .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache \
		.import_linter_cache .hypothesis occupier.pot

# The first interpreter that is recent enough and able to make a virtual environment: a name that is found
# proves nothing (version managers leave names that lead nowhere; Debian ships venv without ensurepip).
$(VENV)/.base:
	@for python in $(PYTHON) python3.13 python3.12 python3.11 python3; do \
		if "$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
			echo 'Environnement… / Environment…'; \
			"$$python" -m venv --clear $(VENV) && touch $@; exit $$?; \
		fi; \
	done; \
	echo "Il faut Python 3.11 ou plus récent, avec venv : installez le paquet python3-venv (macOS : brew install python). /" \
		"Python 3.11 or newer with venv is needed: install the package python3-venv (macOS: brew install python)." >&2; \
	exit 1

# The libraries first, each checked against its hash; then the project itself, built by the pinned hatchling
# and never by one that pip would fetch on its own.
$(VENV)/.run: $(VENV)/.base $(RUN_SET) pyproject.toml
	@echo 'Installation… / Installing…'
	@$(INSTALL) --only-binary :all: --require-hashes $(RUN_SET:%=-r %)
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.run $(DEV_SET)
	@echo 'Outils des essais… / Test tools…'
	@$(INSTALL) --only-binary :all: --require-hashes $(DEV_SET:%=-r %)
	@touch $@

$(DIST)/.ready: $(DIST_SET) $(VENV)/.base
	@echo 'Environnement… / Environment…'
	@$(BIN)/python -m venv --clear $(DIST)
	@$(DIST)/bin/python -m pip install -qq --disable-pip-version-check --no-input --only-binary :all: \
		--require-hashes $(DIST_SET:%=-r %)
	@touch $@

$(PEERS)/.ready: requirements/peers.txt $(VENV)/.base
	@echo 'Programmes voisins… / Neighbouring programs…'
	@$(BIN)/python -m venv --clear $(PEERS)
	@$(PEERS)/bin/python -m pip install -qq --disable-pip-version-check --no-input --only-binary :all: \
		--require-hashes -r requirements/peers.txt
	@touch $@
