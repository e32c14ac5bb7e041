//! `frontrow rehearse`.

use std::path::PathBuf;

use clap::Args;
use secrecy::SecretString;
use uuid::Uuid;

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  frontrow rehearse\n  frontrow rehearse stampede --seed 7\n  \
    frontrow rehearse my-on-sale.toml --database postgres://frontrow:secret@localhost/rehearsal\n  \
    frontrow rehearse arena --only-what-if --what-if capacity=200,batch=100 --what-if capacity=400,batch=200\n\n\
    Built-in scenarios: club, arena, stampede, bots.\n\
    A policy sets any of capacity, batch, tick_ms, hold_seconds, claim_seconds, active_seconds.")]
pub(crate) struct Rehearse {
    /// Built-in scenario, or a TOML file that describes one.
    #[arg(default_value = "club")]
    pub(crate) scenario: String,
    /// Seed of the virtual users: the same seed gives the same behaviour at the same times (default: random).
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// End the run after this time, overriding the scenario.
    #[arg(long, value_name = "SECONDS")]
    pub(crate) time_limit: Option<u32>,
    /// Directory for the report.
    #[arg(long, value_name = "DIRECTORY", default_value = "rehearsal")]
    pub(crate) out: PathBuf,
    /// Store of the server that the rehearsal starts.
    #[arg(long, value_name = "URL", default_value = "memory:", conflicts_with = "server")]
    pub(crate) database: String,
    /// Also run another policy in simulated time, like `capacity=200,batch=100`; can be repeated. Values that it doesn't set are those of
    /// the scenario.
    #[arg(long, value_name = "POLICY")]
    pub(crate) what_if: Vec<String>,
    /// Run only the policies of --what-if.
    #[arg(long, requires = "what_if", conflicts_with = "server")]
    pub(crate) only_what_if: bool,
    #[command(flatten)]
    pub(crate) remote: RemoteServer,
}

/// A server that is already running. It keeps its policy, and purchases there are real.
#[derive(Debug, Args)]
#[command(next_help_heading = "Existing server (keeps its policy; purchases are real)")]
pub(crate) struct RemoteServer {
    /// URL of a running server, like `http://127.0.0.1:8080` (default: start one).
    #[arg(long, value_name = "URL", requires_all = ["concert", "schedule"])]
    pub(crate) server: Option<String>,
    /// Concert to buy seats of.
    #[arg(long, value_name = "UUID", requires = "server")]
    pub(crate) concert: Option<Uuid>,
    /// Schedule to buy seats of.
    #[arg(long, value_name = "UUID", requires = "server")]
    pub(crate) schedule: Option<Uuid>,
    /// File with users' access tokens, one per line; the remaining users register.
    #[arg(long, value_name = "FILE", requires = "server")]
    pub(crate) jwts: Option<PathBuf>,
    /// Access token of an operator, to also run the store's own audit.
    #[arg(long, env = "FRONTROW_TOKEN", value_name = "JWT", hide_env_values = true)]
    pub(crate) token: Option<SecretString>,
}
