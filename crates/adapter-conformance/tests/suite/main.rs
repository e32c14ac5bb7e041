//! Tests of the suite itself: it includes all clauses, and they detect the faults that they are written for.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test: a panic is how it fails")]

mod crashes;
mod listed;
