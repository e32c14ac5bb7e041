//! Stores, selected by the scheme of their URL.
//!
//! A [`StoreDriver`] opens the stores of one scheme, like `sqlite:`; [`Drivers`] are the registered ones. The configuration creates a
//! [`ConfiguredStore`] from `database.url`: the URL with the driver of its scheme. Commands open, audit and back up this store. A driver is
//! a file here, or comes from outside this crate.

mod configured;
mod driver;
mod drivers;
mod error;
mod memory;
mod open_store;
mod postgres;
mod sqlite;
mod url;

pub(crate) use configured::ConfiguredStore;
pub use driver::{BackupOutcome, StoreDriver, StoreOptions};
pub(crate) use drivers::Drivers;
pub use error::BoxError;
pub(crate) use open_store::close;
pub use open_store::{Connections, OpenStore};
pub(crate) use postgres::POSTGRES_LANES;
pub use url::StoreUrl;
