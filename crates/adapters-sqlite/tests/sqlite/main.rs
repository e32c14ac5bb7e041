//! The SQLite store: the contract of every adapter (`conformance`), and what is SQLite's own: its file, its schema as the last judge,
//! its audit, its groups, its pace.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on fails")]

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
