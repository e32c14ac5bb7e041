//! The server that commands send requests to.

use clap::{Args, Subcommand};
use secrecy::SecretString;

/// A group of commands that send requests to a server.
#[derive(Debug, Args)]
#[command(subcommand_value_name = "VERB", disable_help_subcommand = true)]
pub(crate) struct ServerCommand<V: Subcommand> {
    #[command(flatten)]
    pub(crate) server: ServerArgs,
    #[command(subcommand)]
    pub(crate) verb: V,
}

/// The server to send requests to, and the access token for it.
#[derive(Debug, Args)]
#[command(next_help_heading = "Server")]
pub(crate) struct ServerArgs {
    /// URL of the running server (default: the address in http.bind).
    #[arg(long, global = true, env = "FRONTROW_SERVER", value_name = "URL")]
    pub(crate) server: Option<String>,
    /// Access token of an operator (default for a server on this machine: issued with the configured store's secret).
    #[arg(long, global = true, env = "FRONTROW_TOKEN", value_name = "JWT", hide_env_values = true)]
    pub(crate) token: Option<SecretString>,
}
