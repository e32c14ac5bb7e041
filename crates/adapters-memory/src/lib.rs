//! The store in memory, for tests and a first look: all persistence ports, as [`EmbeddedStore`] serves them on an ordered map. The map is
//! not saved: nothing survives the process.

mod map;

use std::sync::Arc;

use application::ports::{Clock, Ports};
use store_kit::EmbeddedStore;

pub use map::MemoryMap;

/// A store in memory.
#[derive(Debug, Clone)]
pub struct MemoryStore(EmbeddedStore<MemoryMap>);

impl MemoryStore {
    /// Creates an empty store whose clock is `clock`.
    ///
    /// # Panics
    /// Never: an empty map has no other format.
    #[must_use]
    #[expect(clippy::expect_used, reason = "an empty map can't be refused")]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self(EmbeddedStore::open(MemoryMap::default(), clock).expect("an empty map opens"))
    }

    /// Returns all persistence ports.
    pub fn ports(&self) -> Ports {
        self.0.ports()
    }

    /// Returns all rows as text. The text is equal if and only if no row has changed; for tests of operations that must change nothing.
    pub fn rows(&self) -> String {
        self.0.engine().to_string()
    }
}
