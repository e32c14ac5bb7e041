//! `frontrow rehearse`.

use std::path::PathBuf;

use clap::Args;
use secrecy::SecretString;
use uuid::Uuid;

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  frontrow rehearse\n  frontrow rehearse stampede --seed 7\n  \
    frontrow rehearse my-on-sale.toml --database postgres://frontrow:secret@localhost/rehearsal\n  \
    frontrow rehearse arena --only-what-if --what-if capacity=200,batch=100 --what-if capacity=400,batch=200\n\n\
    Scenarios: club, arena, stampede, bots; or a file like them.\n\
    A policy names any of capacity, batch, tick_ms, hold_seconds, claim_seconds, active_seconds.")]
pub(crate) struct Rehearse {
    /// Who comes for what: a scenario of ours, or a TOML file.
    #[arg(default_value = "club")]
    pub(crate) scenario: String,
    /// The same number, the same wishes at the same moments; by default another one each time.
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// The run ends by then, whatever the scenario says.
    #[arg(long, value_name = "SECONDS")]
    pub(crate) time_limit: Option<u32>,
    /// The folder for the report.
    #[arg(long, value_name = "FOLDER", default_value = "rehearsal")]
    pub(crate) out: PathBuf,
    /// The store of the rehearsal's own server.
    #[arg(long, value_name = "URL", default_value = "memory:", conflicts_with = "server")]
    pub(crate) database: String,
    /// Plays another policy in simulated time, too, like `capacity=200,batch=100`; may be said again and again. What it doesn't name is as the
    /// scenario has it.
    #[arg(long, value_name = "POLICY")]
    pub(crate) what_if: Vec<String>,
    /// Plays nothing but that.
    #[arg(long, requires = "what_if", conflicts_with = "server")]
    pub(crate) only_what_if: bool,
    #[command(flatten)]
    pub(crate) elsewhere: RemoteServer,
}

/// A server that runs already. It keeps its policy, and whatever is bought there is bought.
#[derive(Debug, Args)]
#[command(next_help_heading = "On a server that runs already")]
pub(crate) struct RemoteServer {
    /// The server, like `http://127.0.0.1:8080`; by default the rehearsal starts one of its own.
    #[arg(long, value_name = "URL", requires_all = ["concert", "schedule"])]
    pub(crate) server: Option<String>,
    /// What is on sale.
    #[arg(long, value_name = "UUID", requires = "server")]
    pub(crate) concert: Option<Uuid>,
    /// The date that the crowd comes for.
    #[arg(long, value_name = "UUID", requires = "server")]
    pub(crate) schedule: Option<Uuid>,
    /// Access tokens of users, one a line; who has none registers.
    #[arg(long, value_name = "FILE", requires = "server")]
    pub(crate) jwts: Option<PathBuf>,
    /// An operator's access token: the referee asks for the store's own audit, too.
    #[arg(long, env = "FRONTROW_TOKEN", value_name = "JWT", hide_env_values = true)]
    pub(crate) token: Option<SecretString>,
}
