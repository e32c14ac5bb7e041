//! `frontrow serve`: wires the components and serves until a signal.

mod components;
mod listen;

use std::process::ExitCode;
use std::sync::Arc;

use adapters_http::Tracer;
use tokio::runtime::Runtime;

use crate::config::Settings;
use crate::files;

pub(super) fn run(runtime: &Runtime, mut settings: Settings, tracer: Option<Arc<dyn Tracer>>) -> anyhow::Result<ExitCode> {
    // Kept until the process exits, so that no other server starts while a last commit of this one is in progress.
    std::mem::forget(runtime.block_on(settings.store.lock())?);
    fit_open_files(&mut settings);
    let (api, background) = runtime.block_on(components::prepare(runtime, &settings, tracer))?;
    actix_web::rt::System::new().block_on(listen::serve(api, &settings, &background))?;
    runtime.block_on(background.end());
    tracing::info!("stopped");
    Ok(ExitCode::SUCCESS)
}

/// Lowers the limits of connections to the files that the process may open, so that excess connections wait or get an error response
/// instead of failing.
fn fit_open_files(settings: &mut Settings) {
    let (connections, streams) = (settings.http.max_connections, settings.http.streams.at_most);
    let allowed = files::raise_limit(connections.saturating_add(streams));
    let (max_connections, max_event_streams) = files::fit(connections, streams, allowed);
    if (max_connections, max_event_streams) == (connections, streams) {
        return;
    }
    let allowed = allowed.unwrap_or(usize::MAX);
    (settings.http.max_connections, settings.http.streams.at_most) = (max_connections, max_event_streams);
    // A demo on a laptop has few users; in production, the operator should raise the limit.
    if settings.demo {
        tracing::debug!(
            allowed,
            max_connections,
            max_event_streams,
            "the limit of open files is lower than the configured connections require"
        );
    } else {
        tracing::warn!(
            allowed,
            max_connections,
            max_event_streams,
            "http.max_connections and http.max_event_streams are lowered to fit the limit of open files: raise that limit (ulimit -n)"
        );
    }
}
