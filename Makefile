.DEFAULT_GOAL := help
CHAPTER ?= convolution
PRESET ?=
WORKERS ?=
MANIFEST = manifests/$(CHAPTER).yaml
FARM = .venv/bin/chalkfarm
OPTIONS = $(if $(PRESET),--preset $(PRESET)) $(if $(WORKERS),--workers $(WORKERS))

.PHONY: help setup render preview submit plan doctor check lint types test test-cluster bench clean

help: ## What can be asked for
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

setup: .venv/ready ## Make this machine ready: Debian packages, .venv from the lock

.venv/ready: requirements.lock pyproject.toml deploy/apt-packages.txt deploy/setup.sh
	@deploy/setup.sh

render: .venv/ready ## Render CHAPTER (convolution) at PRESET (the manifest's own, draft)
	$(FARM) render $(MANIFEST) $(OPTIONS)

preview: .venv/ready ## Render CHAPTER at 1280x720
	$(FARM) render $(MANIFEST) --preset preview $(if $(WORKERS),--workers $(WORKERS))

submit: .venv/ready ## Render CHAPTER at PRESET on the Ray cluster at RAY_ADDRESS (http://HOST:8265)
	$(FARM) submit $(MANIFEST) $(if $(PRESET),--preset $(PRESET)) --address $(RAY_ADDRESS) --wait

plan: .venv/ready ## What rendering CHAPTER would do, and why
	$(FARM) plan $(MANIFEST) $(OPTIONS)

doctor: .venv/ready ## What this machine has and lacks
	$(FARM) doctor

check: lint types test ## Everything a commit has to pass

lint: .venv/ready ## Formatting and lint
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .

types: .venv/ready ## Types, strictly
	.venv/bin/mypy pipeline

test: .venv/ready ## The tests, on real manimgl, Ray and ffmpeg
	.venv/bin/pytest -q --numprocesses auto --dist loadgroup -m "not cluster"

test-cluster: .venv/ready ## The tests that build a cluster of three nodes; needs root, and a quarter of an hour
	.venv/bin/pytest -q -m cluster

bench: .venv/ready ## Measure against stock manimgl; writes benchmarks/RESULTS.md
	.venv/bin/python -m benchmarks

clean: ## Remove renders and the store; releases and .venv stay
	find renders -mindepth 1 -not -name README.md -not -path 'renders/releases*' -delete
