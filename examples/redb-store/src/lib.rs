//! A custom store: Frontrow on redb, an embedded database in one file.

mod driver;
mod engine;

pub use driver::RedbDriver;
pub use engine::Redb;
