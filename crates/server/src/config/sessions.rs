//! The configuration of sessions: `[sessions]`.

use adapters_http::SessionSettings;
use domain::SessionRules;
use time::Duration;

use super::checks::{SECONDS_PER_DAY, seconds, within};
use super::error::{ConfigError, invalid};
use super::values::Sessions;

const A_YEAR_IN_HOURS: u32 = 8_760;

/// Returns the parameters of the rules.
pub(super) fn rules(sessions: &Sessions) -> Result<SessionRules, ConfigError> {
    let hours = |key, value| Ok::<_, ConfigError>(Duration::hours(within(key, value, 1..=A_YEAR_IN_HOURS)?.into()));
    let span = |key, value, range| Ok::<_, ConfigError>(Duration::seconds(within(key, value, range)?.into()));
    let max_per_user = within("sessions.max_per_user", sessions.max_per_user, 1..=100)?;
    Ok(SessionRules {
        max_per_user: u8::try_from(max_per_user).map_err(|_| invalid("sessions.max_per_user", "is too large"))?,
        idle: hours("sessions.idle_hours", sessions.idle_hours)?,
        lifetime: hours("sessions.lifetime_hours", sessions.lifetime_hours)?,
        privileged_lifetime: hours("sessions.privileged_lifetime_hours", sessions.privileged_lifetime_hours)?,
        grace: span("sessions.grace_seconds", sessions.grace_seconds, 1..=300)?,
        login_code: span("sessions.login_code_seconds", sessions.login_code_seconds, 1..=600)?,
    })
}

/// Returns the settings of the API.
pub(super) fn settings(sessions: &Sessions) -> Result<SessionSettings, ConfigError> {
    Ok(SessionSettings {
        access_token: seconds("sessions.access_token_seconds", sessions.access_token_seconds, 60..=SECONDS_PER_DAY)?,
        secure_cookies: sessions.secure_cookies,
    })
}
