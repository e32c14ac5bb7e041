//! The claims of an access token.

use domain::{SessionId, UserId};
use serde::Deserialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::caller::{Caller, InvalidToken, Role};

/// The claim with the session that issued a token.
pub(super) const SESSION_CLAIM: &str = "sid";

/// The claims of a token whose signature, issuer and audience were verified.
#[derive(Deserialize)]
pub(super) struct Claims {
    sub: Uuid,
    exp: i64,
    nbf: Option<i64>,
    /// All other claims; the name of the roles claim is configured for each issuer.
    #[serde(flatten)]
    others: Map<String, Value>,
}

/// Verified claims; their validity period is checked at each use.
#[derive(Debug, Clone, Copy)]
pub(super) struct VerifiedClaims {
    caller: Caller,
    from: i64,
}

impl Claims {
    /// Returns the verified claims, for an issuer whose clock may be off by `leeway_seconds`.
    pub(super) fn to_verified(&self, roles_claim: &str, leeway_seconds: i64) -> Result<VerifiedClaims, InvalidToken> {
        let until = self.exp.saturating_add(leeway_seconds);
        let roles = self.roles(roles_claim)?;
        let has = |role: Role| roles.contains(&role.name());
        let (operator, cashier, scanner) = (has(Role::Operator), has(Role::Cashier), has(Role::Scanner));
        let caller = Caller { user: UserId(self.sub), operator, cashier, scanner, session: None, until };
        let from = self.nbf.map_or(i64::MIN, |nbf| nbf.saturating_sub(leeway_seconds));
        Ok(VerifiedClaims { caller, from })
    }

    /// Returns the session that issued the token, if one did: only the built-in issuer names one of our sessions.
    pub(super) fn session(&self) -> Result<Option<SessionId>, InvalidToken> {
        match self.others.get(SESSION_CLAIM) {
            None | Some(Value::Null) => Ok(None),
            Some(id) => id.as_str().and_then(|id| id.parse().ok()).map(|id| Some(SessionId(id))).ok_or(InvalidToken),
        }
    }

    /// Returns the names of the roles, unknown ones included. A claim other than a name or a list of names is invalid.
    fn roles(&self, roles_claim: &str) -> Result<Vec<&str>, InvalidToken> {
        let roles = match self.others.get(roles_claim) {
            None | Some(Value::Null) => &[],
            Some(Value::Array(roles)) => roles.as_slice(),
            Some(role) => std::slice::from_ref(role),
        };
        roles.iter().map(|role| role.as_str().ok_or(InvalidToken)).collect()
    }
}

impl VerifiedClaims {
    /// Returns the claims of a token that `session` issued.
    pub(super) const fn of_session(self, session: Option<SessionId>) -> Self {
        Self { caller: Caller { session, ..self.caller }, ..self }
    }

    /// Returns the caller if the claims are valid at `now`.
    pub(super) const fn caller_at(&self, now: i64) -> Result<Caller, InvalidToken> {
        if self.from <= now && now < self.caller.until { Ok(self.caller) } else { Err(InvalidToken) }
    }
}
