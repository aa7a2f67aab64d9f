# Every target first installs what it needs and this machine lacks; see install/.
PYTHON ?= python3
export PATH := $(CURDIR)/.local/bin:$(PATH)
# The Node that Playwright brings needs a library that a bare Debian lacks; ours does not.
export PLAYWRIGHT_NODEJS_PATH := $(CURDIR)/.venv/bin/node
BIN := .venv/bin
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
	--no-header --no-emit-index-url --no-emit-find-links setup.cfg

.DEFAULT_GOAL := help
.PHONY: help run test test-faults test-server-faults drill drill-failover test-qgis fuzz lint bench lock sbom test-deploy container pictures

help: ## Say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-18s %s\n", $$1, $$2}' Makefile

run: ## Serve the application, with its own database and a demonstration in it
	@$(PYTHON) -m install run
	@exec $(BIN)/ops serve

test: lint ## Check the code, then run every test
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm --silent test
	@$(BIN)/pytest -n auto -q

test-faults: ## Try the officer's phone with 200 random schedules of faults; their seeds are printed
	@$(PYTHON) -m install test
	@OPS_FAULT_SCHEDULES=200 OPS_FAULT_SEED=$${OPS_FAULT_SEED:-$$(date +%s)} $(BIN)/pytest tests/faults -q -s

drill: ## Destroy and restore an installation, three times, and compare row by row
	@$(PYTHON) -m install test
	@OPS_DRILL_ROUNDS=3 OPS_DRILL_SECONDS=$${OPS_DRILL_SECONDS:-20} $(BIN)/pytest tests/backup/test_drill.py -q -s

test-server-faults: ## Take server, database, disk and clock down under load, each three times; counts are printed
	@$(PYTHON) -m install test
	@$(PYTHON) -m install.clock
	@OPS_DRILL_ROUNDS=$${OPS_DRILL_ROUNDS:-3} $(BIN)/pytest tests/faults --ignore tests/faults/test_failover.py -q -s -m drill

drill-failover: ## Take away a primary, a replica and an app server under load, three times each; counts are printed
	@$(PYTHON) -m install test
	@$(PYTHON) -m install.cluster
	@OPS_DRILL_ROUNDS=$${OPS_DRILL_ROUNDS:-3} $(BIN)/pytest tests/faults/test_failover.py -q -s -m drill

test-deploy: ## Follow docs/operating.md on an empty Debian, from nothing to a page over TLS; needs root
	@$(PYTHON) -m install test
	@$(PYTHON) -m install.machine
	@$(BIN)/pytest tests/deploy -q -s -m deploy

container: ## Build the container image and try it, read-only and without privileges
	@$(PYTHON) -m install test
	@$(PYTHON) -m install.container
	@$(BIN)/pytest tests/deploy -q -m container

test-qgis: ## Read our features with QGIS itself, which it first installs: more than a gigabyte
	@$(PYTHON) -m install test
	@$(PYTHON) -m install.qgis
	@$(BIN)/pytest tests/ogc/test_clients.py -q -m qgis

fuzz: ## Try a million inputs made by grammar, and chains of calls; see README.md
	@$(PYTHON) -m install test
	@$(BIN)/python -m tests.fuzz $(if $(COUNT),--count $(COUNT)) $(if $(SEED),--seed $(SEED)) $(if $(REPLAY),--replay $(REPLAY))
	@$(if $(REPLAY),,OPS_SCHEMA_EXAMPLES=20 $(BIN)/pytest tests/test_schema_walk.py -q -k follows_from)

pictures: ## Make the pictures of the task pages anew, after a change of what their screens say
	@$(PYTHON) -m install test
	@OPS_PICTURES=yes $(BIN)/pytest tests/browser/test_tasks.py -q

lint: ## Check the code only
	@$(PYTHON) -m install test
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/bandit --quiet --recursive --severity-level medium --confidence-level medium ops wsgi.py
	@$(PYTHON) -m install.audit
	@$(PYTHON) -m install.licences
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm --silent run check

bench: ## Measure how fast it is
	@$(PYTHON) -m install test
	@$(BIN)/python -m bench

lock: ## Pin the Python packages anew, after a change of setup.cfg
	@$(PYTHON) -m install test
	@$(LOCK) --extra build --output-file requirements.lock
	@$(LOCK) --all-extras --constraint requirements.lock --output-file requirements-test.lock

sbom: ## Write down what the product is made of (CycloneDX) and under which licences, in .local/sbom
	@$(PYTHON) -m install test
	@$(PYTHON) -m install.sbom
