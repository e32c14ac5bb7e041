//! What tests and benchmarks run on: a PostgreSQL of their own, in a temporary folder, on a free port of 127.0.0.1. It is gone when
//! the process that started it is, however that ends.
#![expect(clippy::expect_used, reason = "a test's world: a panic is how a test fails")]

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
pub use server::Durability;
pub use soak::{SOAK, soak};
