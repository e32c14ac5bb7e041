//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use uuid::Uuid;

/// Frontrow sells concert seats to a crowd that is larger than the hall.
#[derive(Debug, Parser)]
#[command(name = "frontrow", version, about, after_help = "Exit codes: 0 well, 1 failed, 2 wrong usage or configuration.")]
pub(crate) struct Cli {
    /// The folder with default.toml and PROFILE.toml.
    #[arg(long, global = true, default_value = "config", value_name = "FOLDER")]
    pub(crate) config_dir: PathBuf,
    /// Reads NAME.toml after default.toml.
    #[arg(long, global = true, env = "FRONTROW_PROFILE", value_name = "NAME")]
    pub(crate) profile: Option<String>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serves the REST API until it is told to stop (SIGTERM, SIGINT).
    Serve,
    /// Brings the schema of the configured store up to date.
    Migrate,
    /// Prints an access token that the configured store's server accepts.
    #[command(after_help = "Example: curl -H \"authorization: Bearer $(frontrow token)\" http://localhost:8080/v1/wallet")]
    Token {
        /// What the token's bearer may do.
        #[arg(long, value_enum, default_value_t = Role::User)]
        role: Role,
        /// Whose token it is; by default a user nobody has been yet, with --demo-user the funded user of the demo data.
        #[arg(long, value_name = "UUID", conflicts_with = "demo_user")]
        user: Option<Uuid>,
        /// For the funded user of the demo data.
        #[arg(long)]
        demo_user: bool,
    },
    /// Checks on the configured store whether the promises hold; exit code 1 if one is broken.
    Audit,
    /// Prints the OpenAPI document.
    Openapi,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Role {
    /// A ticket buyer.
    User,
    /// Who runs the sale.
    Operator,
}
