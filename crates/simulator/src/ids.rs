//! Deterministic ids.

use std::sync::atomic::{AtomicU64, Ordering};

use application::ports::Ids;
use uuid::Uuid;

/// Ids from a counter; secret ids are scattered by a multiplication.
#[derive(Debug, Default)]
pub(crate) struct CountingIds(AtomicU64);

impl CountingIds {
    fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed) + 1
    }
}

impl Ids for CountingIds {
    fn ordered(&self) -> Uuid {
        Uuid::from_u128((1 << 96) + u128::from(self.next()))
    }

    fn secret(&self) -> Uuid {
        Uuid::from_u128((2 << 96) + u128::from(self.next().wrapping_mul(0x9E37_79B9_7F4A_7C15)))
    }
}
