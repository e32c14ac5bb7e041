//! The clauses. Each tests a requirement of the ports, and panics if it fails.

pub mod audit;
pub mod committing;
pub mod crowds;
pub mod durability;
pub mod health_check;
pub mod housekeeping;
pub mod loading;
pub mod log;
pub mod model;
pub mod orders;
pub mod races;
pub mod reading;
pub mod rooms;
pub mod sales;
pub mod secrets;
pub mod sessions;
pub mod sharing;
