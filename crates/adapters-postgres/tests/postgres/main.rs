//! What only PostgreSQL can show: locks, broken connections, commits that take long.
#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

mod connections;
mod feed;
mod locks;
mod schema;
mod seats;
mod world;
