//! The trait that an adapter implements to run the suite.

use std::sync::Arc;

use application::ports::Ports;
use application::testing::StoppedClock;
use async_trait::async_trait;

/// The source of the suite's stores.
///
/// A test creates one `Adapter` and keeps it until it ends, so resources of a store (a temporary folder, for example) can be a field.
///
/// Methods that not every store has to implement belong to a capability of [`adapter_conformance!`](crate::adapter_conformance):
/// a store that lacks the capability doesn't implement them and declares this in the macro call.
#[async_trait]
pub trait Adapter: Send + Sync {
    /// Creates an empty store with `clock` as its clock.
    async fn fresh(&self, clock: Arc<StoppedClock>) -> Ports;

    /// Creates a store as [`Self::fresh`] does, for which [`Self::after_crash`] may be called. Override this if a crash must not affect
    /// what [`Self::fresh`] uses, for example a database server that other tests share.
    async fn fresh_to_crash(&self, clock: Arc<StoppedClock>) -> Ports {
        self.fresh(clock).await
    }

    /// Durability: reopens the store that was created last, as another process would after the first one ended. The suite has dropped the
    /// previous ports.
    async fn reopened(&self, _clock: Arc<StoppedClock>) -> Ports {
        panic!("this adapter can't reopen its store: implement `reopened`, or declare `without durability: \"why\"`")
    }

    /// Durability: opens the store that [`Self::fresh_to_crash`] created last, in the state that a crash at this moment would leave. The
    /// suite still holds the ports of the crashing store, so closing it has written nothing: open a copy of its files that is made now, or
    /// kill its server and restart it.
    async fn after_crash(&self, _clock: Arc<StoppedClock>) -> Ports {
        panic!("this adapter can't crash its store: implement `after_crash`, or declare `without durability: \"why\"`")
    }

    /// Sharing: opens the store that [`Self::fresh`] created last in a second process, beside the first one.
    async fn beside(&self, _clock: Arc<StoppedClock>) -> Option<Ports> {
        None
    }

    /// Returns the number of random runs that are compared with the model, before multiplication by [`Self::soak`].
    fn model_runs(&self) -> u32 {
        16
    }

    /// Returns the factor by which clauses with random or concurrent repetitions run longer than by default.
    fn soak(&self) -> u32 {
        1
    }
}
