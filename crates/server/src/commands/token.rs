//! `frontrow token`: prints an access token.

use std::process::ExitCode;

use adapters_http::Role as Granted;
use application::RandomIds;
use application::ports::Ids;
use domain::UserId;
use serde_json::json;

use super::issuer::{self, Missing};
use crate::cli::{Role, Token};
use crate::config::Settings;
use crate::demo;
use crate::output::Output;

pub(super) async fn run(settings: &Settings, asked: &Token, output: Output) -> anyhow::Result<ExitCode> {
    let (issuer, now) = issuer::at_hand(settings, Missing::Made).await?;
    let user = if asked.demo_user { demo::USER } else { UserId(asked.user.unwrap_or_else(|| RandomIds.ordered())) };
    let roles: &[Granted] = match asked.role {
        Role::User => &[Granted::User],
        Role::Operator => &[Granted::User, Granted::Operator],
        Role::Cashier => &[Granted::User, Granted::Cashier],
    };
    let token = issuer.issue(user, roles, now)?;
    output.tell(&json!({"access_token": token}), || token.clone())?;
    Ok(ExitCode::SUCCESS)
}
