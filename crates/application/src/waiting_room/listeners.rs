//! The listeners of a token: its open event streams.

use std::sync::Arc;

use dashmap::DashMap;
use domain::TokenDigest;
use tokio::sync::Notify;

/// The maximum number of listeners of one token: the user's devices, and connections whose break is not yet detected.
const MAX_LISTENERS: usize = 8;

/// The listeners of all tokens.
#[derive(Debug, Default)]
pub(super) struct Listeners(DashMap<TokenDigest, Vec<Arc<Notify>>>);

/// A listener, which is notified of changes of a token.
#[derive(Debug)]
pub struct Listener {
    listeners: Arc<Listeners>,
    token: TokenDigest,
    notify: Arc<Notify>,
}

impl Listeners {
    /// Adds a listener of the token; none if the limit is reached.
    pub(super) fn add(self: &Arc<Self>, token: TokenDigest) -> Option<Listener> {
        let notify = Arc::new(Notify::new());
        let mut others = self.0.entry(token).or_default();
        if others.len() == MAX_LISTENERS {
            return None;
        }
        others.push(notify.clone());
        Some(Listener { listeners: self.clone(), token, notify })
    }

    /// Notifies the listeners of the token.
    pub(super) fn notify(&self, token: TokenDigest) {
        if let Some(listeners) = self.0.get(&token) {
            listeners.iter().for_each(|listener| listener.notify_one());
        }
    }
}

impl Listener {
    /// Returns when the token has changed since the last call; the waiting room has its new state.
    pub async fn news(&self) {
        self.notify.notified().await;
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.listeners.0.remove_if_mut(&self.token, |_, all| {
            all.retain(|notify| !Arc::ptr_eq(notify, &self.notify));
            all.is_empty()
        });
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const TOKEN: TokenDigest = TokenDigest(Uuid::from_u128(1));

    #[tokio::test]
    async fn every_listener_is_notified_even_before_it_waits() {
        let listeners = Arc::new(Listeners::default());
        let [one, other] = [0, 1].map(|_| listeners.add(TOKEN).unwrap());
        listeners.notify(TOKEN);
        tokio::join!(one.news(), other.news());
    }

    #[test]
    fn listeners_of_one_token_are_limited() {
        let listeners = Arc::new(Listeners::default());
        let mut open: Vec<_> = (0..MAX_LISTENERS).map(|_| listeners.add(TOKEN).unwrap()).collect();
        assert!((0..1_000).all(|_| listeners.add(TOKEN).is_none()));
        assert!(listeners.add(TokenDigest(Uuid::from_u128(2))).is_some());
        open.pop();
        assert!(listeners.add(TOKEN).is_some());
    }

    #[test]
    fn a_dropped_listener_is_removed() {
        let listeners = Arc::new(Listeners::default());
        let [one, other] = [0, 1].map(|_| listeners.add(TOKEN).unwrap());
        drop(one);
        assert_eq!(listeners.0.get(&TOKEN).unwrap().len(), 1);
        drop(other);
        assert!(listeners.0.is_empty());
        listeners.notify(TOKEN);
    }
}
