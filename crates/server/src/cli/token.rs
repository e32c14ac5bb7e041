//! `frontrow token`.

use clap::{Args, ValueEnum};
use uuid::Uuid;

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  frontrow token --role operator\n  \
    curl -H \"authorization: Bearer $(frontrow token)\" http://localhost:8080/v1/wallet")]
pub(crate) struct Token {
    /// Role of the token.
    #[arg(long, value_enum, default_value_t = Role::User)]
    pub(crate) role: Role,
    /// User of the token (default: a new user).
    #[arg(long, value_name = "UUID", conflicts_with = "demo_user")]
    pub(crate) user: Option<Uuid>,
    /// Issue the token for the demo user, who has funds.
    #[arg(long)]
    pub(crate) demo_user: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Role {
    /// Buys seats.
    User,
    /// Manages the sale.
    Operator,
    /// Charges users' wallets.
    Cashier,
    /// Checks in tickets.
    Scanner,
}
