# The verbs of this repository; `make` prints them. PYTHON chooses the interpreter (3.11 or later).
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DEV_STAMP := $(VENV)/.installed-dev
T ?=
MEMBERS ?= 1000
MINUTES ?= 60
SEED ?= 1
# One more than there are processors: many tests wait, for a chore, a broker, an end.
TESTERS ?= $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 1)))
COMPOSE ?= docker compose

.DEFAULT_GOAL := help
.PHONY: help run demo test test-browser test-release test-compose drill soak soak-compose lint types check backup restore bench bench-attribution bench-running fuzz translations describe lock secrets up roll down clean

help: ## Print these verbs.
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-17s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(STAMP) ## Run everything on this machine: http://127.0.0.1:8080 (Ctrl-C stops it).
	@exec $(BIN)/python -m standalone

demo: $(STAMP) ## Bring a community of 1,000 invented members into what runs; MEMBERS= and SEED= choose others.
	$(BIN)/python -m demo community --members $(MEMBERS) --seed $(SEED)

# Tests begin hundreds of processes: each would compile all of the code where keeping it is forbidden.
test drill soak: export PYTHONDONTWRITEBYTECODE =
test: $(DEV_STAMP) ## Run the tests; T=path runs a part of them.
	$(BIN)/python -m pytest $(if $(T),$(T),--numprocesses=$(TESTERS) --dist=worksteal -m 'not release and not drill and not compose')

test-browser: $(DEV_STAMP) ## Drive Chromium in every language, width and theme, with scripts and without.
	SKILLER_BROWSER=all $(BIN)/python -m pytest --numprocesses=$(TESTERS) --dist=worksteal tests/browser

test-release: $(DEV_STAMP) ## Run the previous release's tests on today's schema.
	$(BIN)/python -m pytest tests/system/test_previous_release.py

drill: $(DEV_STAMP) ## Harm one part after another under load, then upgrade; audit all data after each.
	$(BIN)/python -m pytest -s tests/system/test_drills.py tests/system/test_upgrade.py tests/system/test_soak.py -m drill

soak: $(DEV_STAMP) ## See that no process keeps more and more memory, in an hour or MINUTES= of load.
	SKILLER_SOAK_MINUTES=$(MINUTES) $(BIN)/python -m pytest -s tests/system/test_soak.py -m drill

soak-compose: $(DEV_STAMP) ## The same in containers of their own (needs Docker).
	SKILLER_SOAK_MINUTES=$(MINUTES) COMPOSE='$(COMPOSE)' \
		$(BIN)/python -m pytest -s tests/system/test_soak.py -m compose

test-compose: $(DEV_STAMP) ## Walk the journey, drill and upgrade in containers of their own (needs Docker).
	COMPOSE='$(COMPOSE)' $(BIN)/python -m pytest -s tests/system/test_compose.py tests/system/test_compose_upgrade.py

lint: $(DEV_STAMP) ## Check style and borders.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(DEV_STAMP) ## Check types.
	$(BIN)/mypy

check: lint types test ## Everything that must be green before a commit.

bench: $(DEV_STAMP) ## Measure, and write bench/RESULTS.md.
	$(BIN)/python -m bench

bench-attribution: $(DEV_STAMP) ## Measure attribution and detection on real communities (docs/attribution.md).
	$(BIN)/python -m bench.attribution
	$(BIN)/python -m bench.detection

bench-running: $(DEV_STAMP) ## Import NAME=… UNTIL=… into what runs; compare its experts with the benchmark's.
	$(if $(and $(NAME),$(UNTIL)),,$(error say which, and until when: make bench-running NAME=… UNTIL=2018-06-14))
	$(BIN)/python -m demo import ../shared/data --community $(NAME) --until $(UNTIL)
	$(BIN)/python -m bench.attribution.running $(NAME) --until $(UNTIL)

fuzz: $(DEV_STAMP) ## Send many hostile requests by the OpenAPI (the tests send some).
	SKILLER_FUZZ_EXAMPLES=200 $(BIN)/python -m pytest tests/system/test_fuzzing.py

translations: $(DEV_STAMP) ## Bring the web client's French file up to date with its texts.
	$(BIN)/python -m web.translations

describe: $(STAMP) ## Write what is generated from the code: subscriptions, definitions, EVENTS.md.
	$(BIN)/python -m standalone describe

lock: $(DEV_STAMP) ## Pin the requirements anew, with hashes and without index addresses.
	$(BIN)/pip install --quiet uv
	for name in requirements requirements-dev; do \
		$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
			--no-emit-index-url --no-emit-find-links --no-header --no-annotate --upgrade \
			$$name.in --output-file $$name.txt || exit 1; \
	done

backup: $(STAMP) ## Back all of it up into FOLDER=…; in containers: IN=--compose.
	@$(BIN)/python -m backup take $(IN) $(if $(FOLDER),$(FOLDER),$(error say where: make backup FOLDER=…))

restore: $(STAMP) ## Restore FOLDER=… into an empty place; in containers: IN=--compose.
	@$(BIN)/python -m backup restore $(IN) $(if $(FOLDER),$(FOLDER),$(error say which: make restore FOLDER=…))

secrets: $(STAMP) ## Make the passwords and keys for docker compose, once.
	deploy/make-secrets

up: secrets ## Build and start everything in containers.
	@deploy/roll broker
	$(COMPOSE) up --build --detach --wait
	@$(COMPOSE) exec -T identity-worker skiller invite-administrator --first

roll: secrets ## Replace the containers of an earlier release, without a request that fails.
	deploy/roll

down: ## Stop the containers; the data stay.
	$(COMPOSE) down

clean: ## Remove the environment and the caches; data in var/ stay.
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache

$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Skiller needs Python 3.11 or later; say which: make PYTHON=python3.12 …")'
	@$(PYTHON) -m venv $(VENV) || { echo 'Python cannot make environments: install its venv module (Debian: python3-venv).'; rm -rf $(VENV); exit 1; }

$(STAMP): requirements.txt $(VENV)/bin/pip
	@echo 'Installing the requirements…'
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.txt
	@touch $@

$(DEV_STAMP): requirements-dev.txt $(STAMP)
	@echo 'Installing what tests need…'
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-dev.txt
	@touch $@
