//! Bodies of sessions.

use application::use_cases::SessionCredential;
use domain::session::Roles;
use domain::{Session, SessionId};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::auth::read_credential;
use crate::extract::FromBody;
use crate::problem::FieldError;
use crate::response::{Instant, seconds_until};
use crate::settings::HttpSettings;

/// The way to sign in.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewSession)]
#[serde(deny_unknown_fields)]
pub(super) struct NewSessionBody {
    /// A login code; without one, the request needs an access token.
    code: Option<String>,
}

/// The way to sign in: by a login code, or else by an access token.
pub(super) struct NewSession(pub(super) Option<SessionCredential>);

impl FromBody for NewSession {
    type Wire = NewSessionBody;

    fn read(wire: NewSessionBody, _: &HttpSettings) -> Result<Self, Vec<FieldError>> {
        let Some(code) = wire.code else { return Ok(Self(None)) };
        read_credential(&code).map(|code| Self(Some(code))).ok_or_else(|| vec![FieldError::at("/code", "is not a login code")])
    }
}

/// A session: a browser that is signed in.
#[derive(Serialize, ToSchema)]
#[schema(as = Session)]
pub(super) struct SessionBody {
    id: Uuid,
    /// The browser; null if it is unknown.
    #[schema(example = "Firefox on Linux")]
    device: Option<String>,
    roles: Vec<RoleBody>,
    created_at: Instant,
    /// When it was started or last renewed.
    last_used_at: Instant,
    /// When it ends unless it is renewed.
    expires_at: Instant,
    /// Whether the request's access token was issued by this session.
    current: bool,
}

/// A permission in addition to those of every user.
#[derive(Serialize, ToSchema)]
#[schema(as = Role)]
#[serde(rename_all = "lowercase")]
enum RoleBody {
    /// May use the admin API.
    Operator,
    /// May charge wallets.
    Cashier,
    /// May check in tickets.
    Scanner,
}

/// A session with a new access token.
#[derive(Serialize, ToSchema)]
#[schema(as = SignedIn)]
pub(super) struct SignedInBody {
    session: SessionBody,
    user_id: Uuid,
    /// The access token to send as `Authorization: Bearer …`. Keep it in memory only.
    access_token: String,
    /// The number of seconds for which the access token is valid: renew the session before.
    expires_in_seconds: i64,
}

impl SessionBody {
    pub(super) fn new(session: &Session, current: Option<SessionId>) -> Self {
        let Roles { operator, cashier, scanner } = session.owner().roles;
        let roles = [operator.then_some(RoleBody::Operator), cashier.then_some(RoleBody::Cashier), scanner.then_some(RoleBody::Scanner)];
        Self {
            id: session.id().0,
            device: session.owner().device.as_ref().map(|device| device.as_str().to_owned()),
            roles: roles.into_iter().flatten().collect(),
            created_at: session.created_at().into(),
            last_used_at: session.used_at().into(),
            expires_at: session.ends_at().into(),
            current: current == Some(session.id()),
        }
    }
}

impl SignedInBody {
    pub(super) fn new(session: &Session, access_token: String, valid_until: OffsetDateTime, now: OffsetDateTime) -> Self {
        Self {
            session: SessionBody::new(session, Some(session.id())),
            user_id: session.user().0,
            access_token,
            expires_in_seconds: seconds_until(valid_until, now),
        }
    }
}
