//! `frontrow token`.

use clap::{Args, ValueEnum};
use uuid::Uuid;

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  frontrow token --role operator\n  \
    curl -H \"authorization: Bearer $(frontrow token)\" http://localhost:8080/v1/wallet")]
pub(crate) struct Token {
    /// What the token's bearer may do.
    #[arg(long, value_enum, default_value_t = Role::User)]
    pub(crate) role: Role,
    /// Whose token it is; by default a user nobody has been yet, with --demo-user the funded user of the demo data.
    #[arg(long, value_name = "UUID", conflicts_with = "demo_user")]
    pub(crate) user: Option<Uuid>,
    /// For the funded user of the demo data.
    #[arg(long)]
    pub(crate) demo_user: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Role {
    /// A ticket buyer.
    User,
    /// Who runs the sale.
    Operator,
    /// Who puts money into users' wallets.
    Cashier,
}
