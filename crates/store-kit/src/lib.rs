//! Building blocks for a custom store.
//!
//! [`EmbeddedStore`] serves all persistence ports on an [`Engine`]: an ordered map from bytes to bytes, such as LMDB, redb, sled, fjall or
//! `RocksDB` provide. Such a store needs nothing but an engine.
//!
//! ```text
//!   engine   the interface of an engine: consistent reads, atomic writes
//!   key      the keys of rows and of index entries               stored  the keys of each type of row
//!   view     the map as rows, for reading                        draft   the map as rows, for writing
//!   needs    loads rows       guards, commit  the changes of a group      reads  the query ports      audit  the invariants
//!   rows     one file per table: its columns and the conversion to and from domain types; the SQL stores use them, too
//! ```
//!
//! `docs/your-own-store.md` explains how to write one, and what a store that does not use this crate must guarantee.

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
mod log;
mod lookups;
mod needs;
mod queue_counters;
mod reads;
pub mod rows;
mod sales;
mod store;
mod stored;
#[cfg(feature = "testing")]
pub mod testing;
mod upgrade;
mod view;
mod words;

pub use corrupt::{Corrupt, all};
pub use engine::{Engine, EngineError, Entries, EntriesMut, Entry, EntryIter, Order};
pub use instant::{instant, micros, past, span_micros};
pub use store::EmbeddedStore;
pub use words::Word;
