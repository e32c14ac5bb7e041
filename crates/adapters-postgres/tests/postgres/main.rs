//! The PostgreSQL store: the contract of every adapter (`conformance`), and what only PostgreSQL can show: locks, broken connections,
//! commits that take long.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test: a panic is how it fails")]

mod audit;
mod conformance;
mod connections;
mod locks;
mod log;
mod orders;
mod schema;
mod seats;
mod world;
