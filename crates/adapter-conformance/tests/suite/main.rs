//! The suite itself: it has all clauses, and they find what they are for.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test: a panic is how it fails")]

mod crashes;
mod listed;
