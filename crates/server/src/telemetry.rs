//! Logs: one line an event on standard error, as text or JSON.

use std::io;

use tracing_subscriber::fmt;

use crate::config::LogFormat;
use crate::config::Settings;

/// Starts logging as configured.
pub(crate) fn start(settings: &Settings) {
    let filter = settings.log.filter.clone();
    let lines = fmt().with_env_filter(filter).with_writer(io::stderr);
    match settings.log.format {
        LogFormat::Text => lines.with_ansi(false).init(),
        LogFormat::Json => lines.json().flatten_event(true).init(),
    }
}
