# `make` prints what there is. Everything lives in .venv (and .uv, where the machine has no uv of its own).

PYTHON ?= python3
EXTRA ?= cpu
GPU_PYTHON ?= $(BIN)/python
BIN := .venv/bin
SETUP := .venv/.setup-$(EXTRA)
DEV := .venv/.dev-$(EXTRA)
INSTALL := $(PYTHON) requirements/install.py
BUILD_PAGE := $(PYTHON) -m requirements.build_page
COMPILE := .uv/bin/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest \
	--generate-hashes --only-binary :all: --no-emit-index-url --custom-compile-command 'make lock' $(UPGRADE)

.DEFAULT_GOAL := help
.PHONY: help setup demo run reel page test test-web test-gpu bench-gpu check bench crash-test test-fleet lint-fleet models release lock clean

help: ## Print these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

setup: $(SETUP) page ## Make .venv with .venv/bin/rinkreel in it (EXTRA=gpu for an NVIDIA GPU, docs/gpu.md, PYTHON=python3.12 for another Python)

demo: $(SETUP) ## Draw a skating session, cut its highlight reel, compare with the truth
	$(BIN)/rinkreel demo

run: $(SETUP) page ## Start the appliance: share, page and workers (ARGS='--data /srv/rinkreel'); Ctrl-C stops it
	$(BIN)/rinkreel up $(ARGS)

reel: $(SETUP) ## Make one reel of your own footage: make reel INPUT=folder-or-file OUT=reel.mp4
	$(if $(INPUT),,$(error say what to cut: make reel INPUT=folder-or-file OUT=reel.mp4))
	$(BIN)/rinkreel reel $(INPUT) -o $(or $(OUT),reel.mp4)

page: $(SETUP) ## Build the page anew where its sources in web/ changed
	$(BUILD_PAGE)

test-web: $(DEV) page ## Test the page: its pure parts, then all of it in a real Chromium against a real appliance
	cd web && npm run test:unit && npm run test:e2e

test: $(DEV) ## Run all tests (ARGS='-k reel' for some)
	$(BIN)/python -m pytest $(ARGS)

test-gpu: ## Test what needs an NVIDIA GPU; without a network: make test-gpu GPU_PYTHON=python3 (docs/gpu.md)
	$(GPU_PYTHON) -m pytest -m gpu tests/gpu $(ARGS)

bench-gpu: ## Measure what a GPU brings on this machine; without a network: make bench-gpu GPU_PYTHON=python3
	$(GPU_PYTHON) -m bench.gpu $(ARGS)

check: $(DEV) ## Lint, format, types, layers and the other rules of the house
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/architecture

bench: $(DEV) ## Rerun the benchmarks behind bench/RESULTS.md
	$(BIN)/python -m bench.run $(ARGS)

test-fleet: $(SETUP) page models ## Set a box up with Ansible, upgrade it, take it back, wipe it (root, systemd-nspawn; ARGS=--write)
	$(BIN)/python -m bench.rollout $(ARGS)

lint-fleet: $(DEV) build/lint/bin/ansible-lint ## Lint roles, playbooks, units and scripts with the tools that they have
	PATH="$(CURDIR)/build/lint/bin:$$PATH" $(BIN)/python -m pytest -q -rs tests/architecture/test_boxes.py

crash-test: $(DEV) ## Kill processes at random while footage is worked on, and count what is lost (ARGS='--kills 100')
	$(BIN)/python -m bench.crash $(ARGS)

models: $(SETUP) ## Fetch and build the models that need only a package index, then list all
	$(BIN)/rinkreel models build
	$(BIN)/rinkreel models list

release: $(SETUP) page models ## Build a signed release that installs without internet: make release KEY=ed25519-key
	$(if $(KEY),,$(error say what signs it: make release KEY=path, made with ssh-keygen -t ed25519))
	$(BIN)/python -m requirements.build_release --key $(KEY) $(ARGS)

lock: .uv/bin/uv ## Resolve the locks in requirements/ anew (UPGRADE=--upgrade for newer versions)
	$(COMPILE) requirements/uv.in -o requirements/uv.txt
	$(COMPILE) pyproject.toml --extra cpu --extra plot --extra telemetry --group build -o requirements/cpu.txt
	$(COMPILE) pyproject.toml --extra gpu --extra plot --extra telemetry --group build -c requirements/cpu.txt -o requirements/gpu.txt
	$(COMPILE) requirements/node.in -o requirements/node.txt
	$(COMPILE) --group dev -c requirements/cpu.txt -o requirements/dev.txt
	$(COMPILE) pyproject.toml --extra gpu-cu12 --extra plot --extra telemetry --group build -c requirements/cpu.txt -c requirements/dev.txt -o requirements/gpu-cu12.txt

build/lint/bin/ansible-lint:
	$(PYTHON) -m venv --clear build/lint
	build/lint/bin/python -m pip install --quiet 'ansible-core==2.19.*' ansible-lint yamllint
	@touch $@

clean: ## Remove everything that setup, tests and demo made
	rm -rf .venv .uv web/node_modules web/dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist out

$(SETUP): requirements/$(EXTRA).txt requirements/uv.txt requirements/install.py pyproject.toml
	$(INSTALL) $(EXTRA)
	@touch $@

$(DEV): $(SETUP) requirements/dev.txt
	$(INSTALL) $(EXTRA) dev
	@touch $@

.uv/bin/uv: requirements/uv.txt
	$(PYTHON) -m venv --clear .uv
	.uv/bin/python -m pip install --quiet --require-hashes --only-binary :all: -r requirements/uv.txt
	@touch $@
