//! `frontrow healthcheck`.

use clap::Args;

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  frontrow healthcheck\n  frontrow healthcheck --ready\n\n\
    The server is looked for where http.bind says that it listens. Exit code 0: it answers 200; 1: it doesn't.")]
pub(crate) struct Healthcheck {
    /// Asks whether it should be sent requests (/readyz); by default whether it lives (/livez).
    #[arg(long)]
    pub(crate) ready: bool,
}
