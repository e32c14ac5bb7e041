//! The contract of a persistence adapter, as tests for any adapter, including your own.
//!
//! Implement [`Adapter`] in a test file, and call [`adapter_conformance!`] to generate a test for every clause:
//!
//! ```ignore
//! struct Mine(/* what its stores need to exist */);
//!
//! #[async_trait]
//! impl Adapter for Mine {
//!     async fn fresh(&self, clock: Arc<StoppedClock>) -> Ports { /* … */ }
//!     async fn reopened(&self, clock: Arc<StoppedClock>) -> Ports { /* … */ }
//!     async fn after_crash(&self, clock: Arc<StoppedClock>) -> Ports { /* … */ }
//! }
//!
//! adapter_conformance!(Mine::new, without sharing: "one process serves a file");
//! ```
//!
//! A clause is a function whose name states a requirement. It creates a fresh store, runs real commands through the ports, and
//! panics if a port violates its documentation. In a race, both sides load and decide before either commits; the commits run in both
//! orders and concurrently.
#![doc = include_str!("../CLAUSES.md")]
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::missing_panics_doc, reason = "a test suite: a panic is how a clause fails")]

mod adapter;
pub mod clauses;
mod crowd;
mod suite;
mod world;

pub use adapter::Adapter;
pub use crowd::Crowd;
