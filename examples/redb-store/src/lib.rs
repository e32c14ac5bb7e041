//! A store of one's own: Frontrow on redb, an embedded database in one file.

mod engine;

pub use engine::Redb;
