//! New ids and idempotency keys.

use uuid::Uuid;

use crate::idempotency::IdempotentRequest;
use crate::testing::key;
use crate::{Fingerprint, IdempotencyScope, Operation, UserId};

/// A sequence of ids from 1, and of idempotency keys.
#[derive(Debug, Clone, Default)]
pub struct IdSequence(u128);

impl IdSequence {
    /// Returns the next id.
    pub fn draw<T: From<Uuid>>(&mut self) -> T {
        self.0 += 1;
        T::from(Uuid::from_u128(self.0))
    }

    /// Returns an idempotent request with a new key; with the highest variations, with a key that may have been used for another request.
    pub(super) fn idempotency(&mut self, user: UserId, operation: Operation, variation: u8) -> IdempotentRequest {
        self.0 += 1;
        let key = if variation >= 37 { key("again") } else { key(&format!("key-{}", self.0)) };
        let mut fingerprint = [0; 32];
        fingerprint[..16].copy_from_slice(&self.0.to_be_bytes());
        IdempotentRequest { scope: IdempotencyScope { user, operation, key }, fingerprint: Fingerprint(fingerprint) }
    }
}
