//! Operators' orders: the rows that they create and change, and their audit entries.

mod admin;
mod audit_entries;
mod cancellation;
mod catalogue;
mod layouts;

pub use admin::*;
pub use audit_entries::*;
pub use cancellation::*;
pub use catalogue::*;
pub use layouts::*;
