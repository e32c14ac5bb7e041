//! `frontrow token`: prints an access token.

use std::process::ExitCode;

use adapters_http::Role as TokenRole;
use application::RandomIds;
use application::ports::Ids;
use domain::UserId;
use serde_json::json;

use super::issuer::{self, IfMissing};
use crate::cli::{Role, Token};
use crate::config::Settings;
use crate::demo;
use crate::output::Output;

pub(super) async fn run(settings: &Settings, arguments: &Token, output: Output) -> anyhow::Result<ExitCode> {
    let (issuer, now) = issuer::load(settings, IfMissing::Create).await?;
    let user = if arguments.demo_user { demo::USER } else { UserId(arguments.user.unwrap_or_else(|| RandomIds.ordered())) };
    let roles: &[TokenRole] = match arguments.role {
        Role::User => &[TokenRole::User],
        Role::Operator => &[TokenRole::User, TokenRole::Operator],
        Role::Cashier => &[TokenRole::User, TokenRole::Cashier],
        Role::Scanner => &[TokenRole::User, TokenRole::Scanner],
    };
    let token = issuer.issue(user, roles, now)?;
    output.print(&json!({"access_token": token}), || token.clone())?;
    Ok(ExitCode::SUCCESS)
}
