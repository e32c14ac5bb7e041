//! The contract of a persistence adapter, as tests that any adapter can run, the reader's own included.
//!
//! Implement [`Adapter`] in a test file, and let [`adapter_conformance!`] make a test of every clause:
//!
//! ```ignore
//! struct Mine(/* what its stores need to live */);
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
//! A clause is a function whose name is a sentence. It makes a fresh store, moves it with real commands through the ports, and
//! panics where a port's doc is not kept. Races are rendezvous: both sides have loaded and decided before either commits, in both
//! orders and at once.
#![doc = include_str!("../CLAUSES.md")]
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::missing_panics_doc, reason = "a test suite: a panic is how a clause fails")]

mod adapter;
pub mod clauses;
mod suite;
mod world;

pub use adapter::Adapter;
