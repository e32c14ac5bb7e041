//! A store of one's own: Frontrow on redb, an embedded database in one file.

mod driver;
mod engine;

pub use driver::RedbDriver;
pub use engine::Redb;
