//! `frontrow config`.

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum Config {
    /// Run all configuration checks of `serve`, also of issuers' key files; the error names the invalid key, the exit code is 2.
    #[command(after_help = "Example:\n  frontrow --profile production config check")]
    Check,
    /// Show every key with its effective value and source; secrets are hidden.
    #[command(after_help = "Examples:\n  frontrow config show\n  frontrow config show --json")]
    Show,
}
