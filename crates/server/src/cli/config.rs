//! `frontrow config`.

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum Config {
    /// Checks all that `serve` would, key files of issuers too; exit code 2 names the wrong key.
    #[command(after_help = "Example:\n  frontrow --profile production config check")]
    Check,
    /// Shows every key, its value in force and who said so; secrets are hidden.
    #[command(after_help = "Examples:\n  frontrow config show\n  frontrow config show --json")]
    Output,
}
