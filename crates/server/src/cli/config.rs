//! `frontrow config`.

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum Config {
    /// Run all configuration checks of `serve`, including those of issuers' key files; exit code 2 and the invalid key if one fails.
    #[command(after_help = "Example:\n  frontrow --profile production config check")]
    Check,
    /// Show every key with its effective value and source; secrets are hidden.
    #[command(after_help = "Examples:\n  frontrow config show\n  frontrow config show --json")]
    Show,
}
