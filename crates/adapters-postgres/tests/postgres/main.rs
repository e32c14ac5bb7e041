//! The PostgreSQL store: the conformance suite (`conformance`), and tests specific to PostgreSQL: locks, broken connections, long commits.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test: a panic is how it fails")]

mod audit;
mod conformance;
mod connections;
mod locks;
mod log;
mod orders;
mod pruning;
mod schema;
mod seats;
mod tokens;
mod world;
