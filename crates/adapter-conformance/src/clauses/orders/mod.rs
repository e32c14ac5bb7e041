//! Orders: what operators make and change, and what of it is kept.

mod admin;
mod audit_entries;
mod cancellation;
mod catalogue;

pub use admin::*;
pub use audit_entries::*;
pub use cancellation::*;
pub use catalogue::*;
