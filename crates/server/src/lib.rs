//! Frontrow as a library: the configuration, the wiring and the command line of the `frontrow` binary, for programs that add stores of their own.
//!
//! A persistence adapter serves the ports of [`application::ports`]. A [`StoreDriver`] opens its stores; registered under a URL scheme, it is found by
//! `database.url`, and every command works on such a store: `serve`, `migrate`, `token`, `audit`, `backup` if the driver can, and the operator's commands.
//! This is a whole program, which also serves all that the binary does:
//!
//! ```no_run
//! use std::path::Path;
//! use std::process::ExitCode;
//! use std::sync::Arc;
//!
//! use application::SystemClock;
//! use frontrow::{BoxError, Frontrow, OpenStore, StoreDriver, StoreOptions, StoreUrl};
//!
//! # /// Stands for an adapter.
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
//! The package is called `server`: `frontrow = { package = "server", … }` in `Cargo.toml`. The memory allocator is the program's choice; the binary's is
//! mimalloc.

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
mod welcome;

pub use frontrow::Frontrow;
pub use store::{BackupOutcome, BoxError, Connections, OpenStore, StoreDriver, StoreOptions, StoreUrl};
