//! `frontrow token`: prints an access token.

use std::process::ExitCode;

use adapters_http::Role as Granted;
use application::RandomIds;
use application::ports::Ids;
use domain::UserId;
use uuid::Uuid;

use super::issuer;
use crate::cli::Role;
use crate::config::Settings;
use crate::{demo, store};

pub(super) async fn run(settings: &Settings, role: Role, user: Option<Uuid>, demo_user: bool) -> anyhow::Result<ExitCode> {
    store::must_outlive_the_process(&settings.database)?;
    let store = store::open(settings).await?;
    let issuer = issuer::of(settings, &*store.ports.secrets).await?;
    let user = if demo_user { demo::USER } else { UserId(user.unwrap_or_else(|| RandomIds.ordered())) };
    let roles: &[Granted] = match role {
        Role::User => &[Granted::User],
        Role::Operator => &[Granted::User, Granted::Operator],
    };
    println!("{}", issuer.issue(user, roles, store.clock.now())?);
    Ok(ExitCode::SUCCESS)
}
