//! Which server is asked, as whom.

use clap::{Args, Subcommand};
use secrecy::SecretString;

/// A noun's verbs, which all ask a server.
#[derive(Debug, Args)]
#[command(subcommand_value_name = "VERB", disable_help_subcommand = true)]
pub(crate) struct ServerCommand<V: Subcommand> {
    #[command(flatten)]
    pub(crate) server: ServerArgs,
    #[command(subcommand)]
    pub(crate) verb: V,
}

/// Which server is asked, as whom.
#[derive(Debug, Args)]
#[command(next_help_heading = "The server")]
pub(crate) struct ServerArgs {
    /// The running server; by default where the configuration says that it listens.
    #[arg(long, global = true, env = "FRONTROW_SERVER", value_name = "URL")]
    pub(crate) server: Option<String>,
    /// An operator's access token; by default, for a server on this machine, one is made with the configured store's secret.
    #[arg(long, global = true, env = "FRONTROW_TOKEN", value_name = "JWT", hide_env_values = true)]
    pub(crate) token: Option<SecretString>,
}
