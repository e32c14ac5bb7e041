//! Where the keys of an external issuer hang: they are changed while tokens are verified.

use std::sync::Arc;

use arc_swap::{ArcSwap, Guard};
use tokio::sync::Notify;

use super::keys::Keys;

/// Where the keys of an external issuer hang. Whoever knows where they come from hangs up new ones; nobody waits for them.
#[derive(Debug)]
pub struct KeyStore {
    current: ArcSwap<CurrentKeys>,
    missing_key: Notify,
}

/// Keys, and how many times others hung there before.
#[derive(Debug)]
pub(super) struct CurrentKeys {
    pub(super) keys: Keys,
    pub(super) generation: u64,
}

impl KeyStore {
    /// A keyring with these keys.
    pub fn new(keys: Keys) -> Self {
        Self { current: ArcSwap::from_pointee(CurrentKeys { keys, generation: 0 }), missing_key: Notify::new() }
    }

    /// Hangs up keys: what was verified with others is not believed any more. False, and nothing has changed, if they are the same.
    pub fn replace(&self, keys: Keys) -> bool {
        let old = self.current.load_full();
        if old.keys.are(&keys) {
            return false;
        }
        self.current.store(Arc::new(CurrentKeys { keys, generation: old.generation + 1 }));
        true
    }

    /// Whether these are the keys by now.
    pub fn has(&self, keys: &Keys) -> bool {
        self.current().keys.are(keys)
    }

    /// Waits until somebody has come with a token whose key is not here.
    pub async fn missing_key(&self) {
        self.missing_key.notified().await;
    }

    /// The keys by now.
    pub(super) fn current(&self) -> Guard<Arc<CurrentKeys>> {
        self.current.load()
    }

    /// Somebody has come with a token whose key is not here.
    pub fn report_missing(&self) {
        self.missing_key.notify_one();
    }
}
