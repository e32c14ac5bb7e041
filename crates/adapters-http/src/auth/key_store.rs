//! The current keys of an external issuer, which can be replaced while tokens are verified.

use std::sync::Arc;

use arc_swap::{ArcSwap, Guard};
use tokio::sync::Notify;

use super::keys::Keys;

/// The current keys of an external issuer. The component that obtains new keys replaces them; verification never waits for them.
#[derive(Debug)]
pub struct KeyStore {
    current: ArcSwap<CurrentKeys>,
    missing_key: Notify,
}

/// Keys, and the number of times that keys were replaced before.
#[derive(Debug)]
pub(super) struct CurrentKeys {
    pub(super) keys: Keys,
    pub(super) generation: u64,
}

impl KeyStore {
    /// Creates a store with these keys.
    pub fn new(keys: Keys) -> Self {
        Self { current: ArcSwap::from_pointee(CurrentKeys { keys, generation: 0 }), missing_key: Notify::new() }
    }

    /// Replaces the keys; tokens that were verified with the old ones are verified again. Returns false, and changes nothing, if the keys
    /// are the same.
    pub fn replace(&self, keys: Keys) -> bool {
        let old = self.current.load_full();
        if old.keys.has_same_source(&keys) {
            return false;
        }
        self.current.store(Arc::new(CurrentKeys { keys, generation: old.generation + 1 }));
        true
    }

    /// Returns whether these are the current keys.
    pub fn has(&self, keys: &Keys) -> bool {
        self.current().keys.has_same_source(keys)
    }

    /// Waits until a token with an unknown key is reported.
    pub async fn missing_key(&self) {
        self.missing_key.notified().await;
    }

    /// Returns the current keys.
    pub(super) fn current(&self) -> Guard<Arc<CurrentKeys>> {
        self.current.load()
    }

    /// Reports a token with an unknown key.
    pub fn report_missing(&self) {
        self.missing_key.notify_one();
    }
}
