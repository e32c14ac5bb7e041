//! The report of a rehearsal: a self-contained HTML file, and the same data as JSON.
//!
//! The page sends no network requests and runs no scripts; its content security policy forbids both. Plots are drawn by a library with
//! placeholder colours, which refer to the colours of the page's style: light, dark, and printed.

mod error;
mod escape;
mod figures;
mod header;
mod ink;
mod numbers;
mod operations;
mod page;
mod plot;
mod verdicts;
mod what_if;

#[cfg(test)]
mod tests;

pub use error::Error;

use crate::Record;

/// Renders the report as an HTML page.
///
/// # Errors
/// [`Error::Plot`].
pub fn html(record: &Record) -> Result<String, Error> {
    page::page(record)
}

/// Renders the report as `report.json`, for programs.
///
/// # Errors
/// [`Error::Json`].
pub fn json(record: &Record) -> Result<String, Error> {
    Ok(serde_json::to_string_pretty(record)?)
}
