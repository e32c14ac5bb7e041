//! PostgreSQL servers for tests and benchmarks: each in a temporary folder, on a free port of 127.0.0.1. A server is removed when the
//! process that started it ends, in any way.
#![expect(clippy::expect_used, reason = "a test's environment: a panic is how a test fails")]

mod account;
mod address;
mod cluster;
mod database;
mod programs;
mod psql;
mod server;
mod soak;
mod watchdog;

pub use cluster::{Cluster, EXISTING};
pub use database::Database;
pub use server::{Durability, Suspended};
pub use soak::{SOAK, soak};
