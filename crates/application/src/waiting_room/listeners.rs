//! Who listens to what becomes of a token: its open event streams.

use std::sync::Arc;

use dashmap::DashMap;
use domain::TokenDigest;
use tokio::sync::Notify;

/// How many may listen to one token: its user's devices, some of whose connections broke unnoticed.
const AT_MOST: usize = 8;

/// The bells of all tokens that somebody listens to.
#[derive(Debug, Default)]
pub(super) struct Listeners(DashMap<TokenDigest, Vec<Arc<Notify>>>);

/// Rings when there is news of a token.
#[derive(Debug)]
pub struct Listener {
    listeners: Arc<Listeners>,
    token: TokenDigest,
    bell: Arc<Notify>,
}

impl Listeners {
    /// One more who listens to the token; none if enough do.
    pub(super) fn add(self: &Arc<Self>, token: TokenDigest) -> Option<Listener> {
        let bell = Arc::new(Notify::new());
        let mut bells = self.0.entry(token).or_default();
        if bells.len() == AT_MOST {
            return None;
        }
        bells.push(bell.clone());
        Some(Listener { listeners: self.clone(), token, bell })
    }

    /// Tells those who listen to the token.
    pub(super) fn ring(&self, token: TokenDigest) {
        if let Some(bells) = self.0.get(&token) {
            bells.iter().for_each(|bell| bell.notify_one());
        }
    }
}

impl Listener {
    /// Returns when something has happened to the token since the last time; what, the room knows.
    pub async fn news(&self) {
        self.bell.notified().await;
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.listeners.0.remove_if_mut(&self.token, |_, bells| {
            bells.retain(|bell| !Arc::ptr_eq(bell, &self.bell));
            bells.is_empty()
        });
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const TOKEN: TokenDigest = TokenDigest(Uuid::from_u128(1));

    #[tokio::test]
    async fn everybody_who_listens_hears_it_even_if_it_rang_before_they_waited() {
        let listeners = Arc::new(Listeners::default());
        let [one, other] = [0, 1].map(|_| listeners.add(TOKEN).unwrap());
        listeners.ring(TOKEN);
        tokio::join!(one.news(), other.news());
    }

    #[test]
    fn nobody_takes_all_for_one_token() {
        let listeners = Arc::new(Listeners::default());
        let mut open: Vec<_> = (0..AT_MOST).map(|_| listeners.add(TOKEN).unwrap()).collect();
        assert!((0..1_000).all(|_| listeners.add(TOKEN).is_none()));
        assert!(listeners.add(TokenDigest(Uuid::from_u128(2))).is_some());
        open.pop();
        assert!(listeners.add(TOKEN).is_some());
    }

    #[test]
    fn who_hangs_up_leaves_nothing_behind() {
        let listeners = Arc::new(Listeners::default());
        let [one, other] = [0, 1].map(|_| listeners.add(TOKEN).unwrap());
        drop(one);
        assert_eq!(listeners.0.get(&TOKEN).unwrap().len(), 1);
        drop(other);
        assert!(listeners.0.is_empty());
        listeners.ring(TOKEN);
    }
}
