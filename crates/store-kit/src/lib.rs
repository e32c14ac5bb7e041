//! What a store of one's own is made of.
//!
//! [`EmbeddedStore`] serves all ports of persistence on an [`Engine`]: an ordered map from bytes to bytes, as LMDB, redb, sled, fjall or `RocksDB`
//! have it. To write an engine is all that such a store takes.
//!
//! ```text
//!   engine   what an engine provides: read at one instant, write whole or not at all
//!   key      the keys of rows and of what leads to them          stored  which keys a row has
//!   view     the map as rows                                     draft   the map as rows that are being written
//!   needs    from needs to rows       guards, commit  the changes of a group      reads  the reading ports      audit  the invariants
//!   rows     a file a table: what a row looks like, and how it becomes a thing of the domain and back; SQL stores use them, too
//! ```
//!
//! `docs/your-own-store.md` says how to begin, and what a store must keep that does without this.

mod audit;
mod commit;
mod corrupt;
mod draft;
mod engine;
mod fault;
mod guards;
mod housekeeping;
mod instant;
mod key;
mod line;
mod log;
mod lookups;
mod needs;
mod reads;
pub mod rows;
mod store;
mod stored;
#[cfg(feature = "testing")]
pub mod testing;
mod view;
mod words;

pub use corrupt::{Corrupt, all};
pub use engine::{Engine, EngineError, Entries, EntriesMut, Entry, EntryIter, Order};
pub use instant::{instant, micros, span_micros};
pub use store::EmbeddedStore;
pub use words::Word;
