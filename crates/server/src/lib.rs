//! Frontrow as a library: the configuration, the wiring and the command line of the `frontrow` binary, for programs that add stores.
//!
//! A persistence adapter implements the ports of [`application::ports`]. A [`StoreDriver`] opens its stores. When it is registered for a
//! URL scheme, `database.url` can specify its stores, and every command works on them: `serve`, `migrate`, `token`, `audit`, `backup` if
//! the driver supports it, and the operator commands. This is a complete program, which also supports the binary's stores:
//!
//! ```no_run
//! use std::path::Path;
//! use std::process::ExitCode;
//! use std::sync::Arc;
//!
//! use application::SystemClock;
//! use frontrow::{BoxError, Frontrow, OpenStore, StoreDriver, StoreOptions, StoreUrl};
//!
//! # /// A placeholder for an adapter.
//! # struct RedbStore;
//! # impl RedbStore {
//! #     async fn open(_path: &str, clock: Arc<SystemClock>) -> Result<adapters_memory::MemoryStore, BoxError> {
//! #         Ok(adapters_memory::MemoryStore::new(clock))
//! #     }
//! # }
//! #
//! /// Opens `redb://PATH`.
//! struct Redb;
//!
//! #[async_trait::async_trait]
//! impl StoreDriver for Redb {
//!     async fn exists(&self, url: &StoreUrl) -> Result<bool, BoxError> {
//!         Ok(Path::new(url.path()).exists())
//!     }
//!
//!     async fn open(&self, url: &StoreUrl, _options: &StoreOptions) -> Result<OpenStore, BoxError> {
//!         let clock = Arc::new(SystemClock);
//!         let store = RedbStore::open(url.path(), clock.clone()).await?;
//!         Ok(OpenStore::new(store.ports(), clock))
//!     }
//! }
//!
//! fn main() -> ExitCode {
//!     Frontrow::new().store("redb", Redb).run()
//! }
//! ```
//!
//! The package is called `server`: `frontrow = { package = "server", … }` in `Cargo.toml`. The program chooses the memory allocator; the
//! binary uses mimalloc.

mod built;
mod cli;
mod client;
mod commands;
mod config;
mod demo;
mod failure;
mod files;
mod frontrow;
mod health;
mod hidden;
mod keys;
mod measure;
mod output;
mod progress;
#[cfg(feature = "otlp")]
mod spans;
mod store;
mod telemetry;
mod text;
mod usage;
mod welcome;

pub use frontrow::Frontrow;
pub use store::{BackupOutcome, BoxError, Connections, OpenStore, StoreDriver, StoreOptions, StoreUrl};
