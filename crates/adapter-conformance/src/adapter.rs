//! What an adapter's author writes to run the suite.

use std::sync::Arc;

use application::ports::Ports;
use application::testing::StoppedClock;
use async_trait::async_trait;

/// How the suite gets its stores.
///
/// A test makes one `Adapter` and keeps it to its end, so what a store needs to live (a temporary folder, say) can be a field.
///
/// The methods without a duty for every store belong to a capability, as [`adapter_conformance!`](crate::adapter_conformance) calls it:
/// a store that lacks the capability doesn't implement them and says so there.
#[async_trait]
pub trait Adapter: Send + Sync {
    /// A store that is new and empty, with `clock` as its clock.
    async fn fresh(&self, clock: Arc<StoppedClock>) -> Ports;

    /// As [`Self::fresh`], a store that [`Self::after_crash`] may be called for. To be overridden if a crash must not befall what
    /// [`Self::fresh`] stores are on: a database server that other tests use, say.
    async fn fresh_to_crash(&self, clock: Arc<StoppedClock>) -> Ports {
        self.fresh(clock).await
    }

    /// Durability: the store that was made last, opened anew as by another process after the first one ended. The suite has dropped the
    /// ports that it had.
    async fn reopened(&self, _clock: Arc<StoppedClock>) -> Ports {
        panic!("this harness can't open its store anew: implement `reopened`, or say `without durability: \"why\"`")
    }

    /// Durability: the store that [`Self::fresh_to_crash`] made last, as a crash at this moment would leave it. The suite still has the
    /// ports of the store that crashes, so nothing was written by closing it: open a copy that is made now of its files, or kill its
    /// server and start it again.
    async fn after_crash(&self, _clock: Arc<StoppedClock>) -> Ports {
        panic!("this harness can't crash its store: implement `after_crash`, or say `without durability: \"why\"`")
    }

    /// Sharing: a second process on the store that [`Self::fresh`] made last, beside the first.
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
