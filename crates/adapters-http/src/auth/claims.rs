//! The claims of an access token.

use domain::UserId;
use serde::Deserialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::caller::{Caller, InvalidToken, Role};

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
        let caller = Caller { user: UserId(self.sub), operator, cashier, scanner, until };
        let from = self.nbf.map_or(i64::MIN, |nbf| nbf.saturating_sub(leeway_seconds));
        Ok(VerifiedClaims { caller, from })
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
    /// Returns the caller if the claims are valid at `now`.
    pub(super) const fn caller_at(&self, now: i64) -> Result<Caller, InvalidToken> {
        if self.from <= now && now < self.caller.until { Ok(self.caller) } else { Err(InvalidToken) }
    }
}
