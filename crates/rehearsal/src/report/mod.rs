//! The report of a rehearsal: one HTML file that needs nothing but itself, and the same as JSON.
//!
//! The page asks for nothing over any network and runs no script; its own policy forbids it to. Plots are drawn by a library with
//! placeholder inks, for which the page's style has the colours: light, dark, and on paper.

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

use plotters::drawing::DrawingAreaErrorKind;
use thiserror::Error;

use crate::Record;

/// The report could not be made.
#[derive(Debug, Error)]
pub enum Error {
    /// A plot could not be drawn.
    #[error("a plot could not be drawn")]
    Plot(#[from] DrawingAreaErrorKind<std::io::Error>),
    /// The record could not be told as JSON.
    #[error("the record could not be told as JSON")]
    Json(#[from] serde_json::Error),
}

/// The report as a page for people.
///
/// # Errors
/// [`Error::Plot`].
pub fn html(record: &Record) -> Result<String, Error> {
    page::page(record)
}

/// The report as `report.json`, for programs.
///
/// # Errors
/// [`Error::Json`].
pub fn json(record: &Record) -> Result<String, Error> {
    Ok(serde_json::to_string_pretty(record)?)
}
