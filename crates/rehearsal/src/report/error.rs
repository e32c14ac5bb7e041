//! The errors of reports.

use plotters::drawing::DrawingAreaErrorKind;
use thiserror::Error;

/// A report could not be created.
#[derive(Debug, Error)]
pub enum Error {
    /// A plot could not be drawn.
    #[error("a plot could not be drawn")]
    Plot(#[from] DrawingAreaErrorKind<std::io::Error>),
    /// The record could not be serialized as JSON.
    #[error("the record could not be serialized as JSON")]
    Json(#[from] serde_json::Error),
}
