//! `frontrow healthcheck`.

use clap::Args;

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  frontrow healthcheck\n  frontrow healthcheck --ready\n\n\
    The request is sent to the address in http.bind. Exit code 0 if the server returns 200, otherwise 1.")]
pub(crate) struct Healthcheck {
    /// Check readiness (/readyz) instead of liveness (/livez).
    #[arg(long)]
    pub(crate) ready: bool,
}
