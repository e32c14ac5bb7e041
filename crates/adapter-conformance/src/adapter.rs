//! What an adapter's author writes to run the suite.

use std::sync::Arc;

use application::ports::Ports;
use application::testing::StoppedClock;
use async_trait::async_trait;

/// How the suite gets its stores.
///
/// A test makes one `Adapter` and keeps it to its end, so what a store needs to live (a temporary folder, say) can be a field.
#[async_trait]
pub trait Adapter: Send + Sync {
    /// A store that is new and empty, with `clock` as its clock.
    async fn fresh(&self, clock: Arc<StoppedClock>) -> Ports;

    /// The store that [`Self::fresh`] made last, opened anew as by another process after the first was killed. The suite has
    /// dropped the ports that it had.
    async fn reopened(&self, clock: Arc<StoppedClock>) -> Ports;

    /// A second process on the store that [`Self::fresh`] made last, beside the first; none if a store is one process's own.
    async fn beside(&self, _clock: Arc<StoppedClock>) -> Option<Ports> {
        None
    }

    /// How many random runs the model is compared in, times the factor of [`Self::soak`].
    fn model_runs(&self) -> u32 {
        16
    }

    /// By what factor clauses that repeat what they do, at random or against each other, run longer than by default.
    fn soak(&self) -> u32 {
        1
    }
}
