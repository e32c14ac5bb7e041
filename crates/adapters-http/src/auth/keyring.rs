//! Where the keys of an external issuer hang: they are changed while tokens are verified.

use std::sync::Arc;

use arc_swap::{ArcSwap, Guard};
use tokio::sync::Notify;

use super::keys::Keys;

/// Where the keys of an external issuer hang. Whoever knows where they come from hangs up new ones; nobody waits for them.
#[derive(Debug)]
pub struct Keyring {
    hung: ArcSwap<Hung>,
    missed: Notify,
}

/// Keys, and how many times others hung there before.
#[derive(Debug)]
pub(super) struct Hung {
    pub(super) keys: Keys,
    pub(super) generation: u64,
}

impl Keyring {
    /// A keyring with these keys.
    pub fn new(keys: Keys) -> Self {
        Self { hung: ArcSwap::from_pointee(Hung { keys, generation: 0 }), missed: Notify::new() }
    }

    /// Hangs up keys: what was verified with others is not believed any more. False, and nothing has changed, if they are the same.
    pub fn hang(&self, keys: Keys) -> bool {
        let old = self.hung.load_full();
        if old.keys.are(&keys) {
            return false;
        }
        self.hung.store(Arc::new(Hung { keys, generation: old.generation + 1 }));
        true
    }

    /// Whether these are the keys by now.
    pub fn has(&self, keys: &Keys) -> bool {
        self.hung().keys.are(keys)
    }

    /// Waits until somebody has come with a token whose key is not here.
    pub async fn missed(&self) {
        self.missed.notified().await;
    }

    /// The keys by now.
    pub(super) fn hung(&self) -> Guard<Arc<Hung>> {
        self.hung.load()
    }

    /// Somebody has come with a token whose key is not here.
    pub fn miss(&self) {
        self.missed.notify_one();
    }
}
