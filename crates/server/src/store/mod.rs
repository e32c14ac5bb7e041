//! Stores, found by the scheme of their URL.
//!
//! A [`StoreDriver`] opens the stores of one scheme, like `sqlite:`; [`Drivers`] are those that the program knows. The configuration makes a
//! [`ConfiguredStore`] of `database.url`: the URL with the driver of its scheme, which the commands then open, audit and back up. A driver is a file here, or
//! comes from outside this crate.

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
pub(crate) use postgres::SIDE_BY_SIDE;
pub use url::StoreUrl;
