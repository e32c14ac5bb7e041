//! What an access token says.

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
    /// The roles among them, under a name that the issuer's configuration gives.
    #[serde(flatten)]
    others: Map<String, Value>,
}

/// What can be believed; whether it holds by now is asked each time.
#[derive(Debug, Clone, Copy)]
pub(super) struct VerifiedClaims {
    caller: Caller,
    from: i64,
}

impl Claims {
    /// What they come to, if the issuer's clock may be off by `leeway_seconds`.
    pub(super) fn claims(&self, roles_claim: &str, leeway_seconds: i64) -> Result<VerifiedClaims, InvalidToken> {
        let until = self.exp.saturating_add(leeway_seconds);
        let roles = self.roles(roles_claim)?;
        let has = |role: Role| roles.contains(&role.name());
        let caller = Caller { user: UserId(self.sub), operator: has(Role::Operator), cashier: has(Role::Cashier), until };
        let from = self.nbf.map_or(i64::MIN, |nbf| nbf.saturating_sub(leeway_seconds));
        Ok(VerifiedClaims { caller, from })
    }

    /// Roles that nobody knows are passed over; what is no list of names is not believed.
    fn roles(&self, roles_claim: &str) -> Result<Vec<&str>, InvalidToken> {
        let named = match self.others.get(roles_claim) {
            None | Some(Value::Null) => &[],
            Some(Value::Array(roles)) => roles.as_slice(),
            Some(role) => std::slice::from_ref(role),
        };
        named.iter().map(|role| role.as_str().ok_or(InvalidToken)).collect()
    }
}

impl VerifiedClaims {
    /// Who is asking at `now`.
    pub(super) const fn at(&self, now: i64) -> Result<Caller, InvalidToken> {
        if self.from <= now && now < self.caller.until { Ok(self.caller) } else { Err(InvalidToken) }
    }
}
