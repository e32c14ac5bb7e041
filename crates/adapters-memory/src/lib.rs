//! The store in memory, for tests and newcomers: all ports of persistence, as [`EmbeddedStore`] serves them on any ordered map, here on one that
//! nothing keeps. Nothing survives the process.

mod map;

use std::sync::Arc;

use application::ports::{Clock, Ports};
use store_kit::EmbeddedStore;

pub use map::MemoryMap;

/// A store in memory.
#[derive(Debug, Clone)]
pub struct MemoryStore(EmbeddedStore<MemoryMap>);

impl MemoryStore {
    /// An empty store whose clock is `clock`.
    ///
    /// # Panics
    /// Never: an empty map has no other format.
    #[must_use]
    #[expect(clippy::expect_used, reason = "an empty map can't be refused")]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self(EmbeddedStore::open(MemoryMap::default(), clock).expect("an empty map opens"))
    }

    /// All ports of persistence.
    pub fn ports(&self) -> Ports {
        self.0.ports()
    }

    /// All rows as text: where the texts are equal, nothing has changed. For tests of what must change nothing.
    pub fn rows(&self) -> String {
        self.0.engine().to_string()
    }
}
