//! Progress bars of long operations, on standard error if it is a terminal.

use indicatif::{ProgressBar, ProgressStyle};

/// Creates a progress bar with `steps`.
pub(crate) fn bar(steps: u64, what: &'static str) -> anyhow::Result<ProgressBar> {
    let style = ProgressStyle::with_template("{prefix} [{bar:30}] {pos}/{len} {msg}")?.progress_chars("=> ");
    Ok(ProgressBar::new(steps).with_style(style).with_prefix(what))
}
