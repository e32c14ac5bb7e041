//! The SQLite store: the conformance suite (`conformance`), and tests specific to SQLite: its file, its constraints, its audit, its groups,
//! its performance.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test: a panic is how it fails")]

mod audit;
mod conformance;
mod corrupt;
mod durability;
mod file;
mod groups;
mod opening;
mod pace;
mod pruning;
mod schema;
mod serving;
mod world;
