//! The query ports.

mod admin;
mod catalogue;
mod reservations;
mod users;

use crate::fault::Fault;
use crate::needs::limit;

/// Returns the rows that fit into a page.
fn page<T>(rows: impl Iterator<Item = Result<T, Fault>>, size: u32) -> Result<Vec<T>, Fault> {
    rows.take(limit(size)).collect()
}
