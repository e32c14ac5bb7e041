//! `frontrow token`: prints an access token.

use std::process::ExitCode;

use adapters_http::Role as Granted;
use application::RandomIds;
use application::ports::Ids;
use domain::UserId;
use serde_json::json;

use super::issuer;
use crate::cli::{Role, Token};
use crate::config::Settings;
use crate::show::Show;
use crate::{demo, store};

pub(super) async fn run(settings: &Settings, asked: &Token, show: Show) -> anyhow::Result<ExitCode> {
    store::must_outlive_the_process(&settings.database)?;
    let store = store::open(settings).await?;
    let issuer = issuer::of(settings, &*store.ports.secrets).await?;
    let user = if asked.demo_user { demo::USER } else { UserId(asked.user.unwrap_or_else(|| RandomIds.ordered())) };
    let roles: &[Granted] = match asked.role {
        Role::User => &[Granted::User],
        Role::Operator => &[Granted::User, Granted::Operator],
    };
    let token = issuer.issue(user, roles, store.clock.now())?;
    show.tell(&json!({"access_token": token}), || token.clone())?;
    Ok(ExitCode::SUCCESS)
}
