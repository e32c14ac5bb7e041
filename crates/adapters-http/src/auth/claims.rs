//! What an access token says.

use domain::UserId;
use serde::Deserialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::caller::{Caller, Role, Unknown};

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
pub(super) struct Statement {
    caller: Caller,
    from: i64,
}

impl Claims {
    /// What they come to, if the issuer's clock may be off by `leeway_seconds`.
    pub(super) fn statement(&self, roles_claim: &str, leeway_seconds: i64) -> Result<Statement, Unknown> {
        let until = self.exp.saturating_add(leeway_seconds);
        let caller = Caller { user: UserId(self.sub), operator: self.is_operator(roles_claim)?, until };
        let from = self.nbf.map_or(i64::MIN, |nbf| nbf.saturating_sub(leeway_seconds));
        Ok(Statement { caller, from })
    }

    /// Roles that nobody knows are passed over; what is no list of names is not believed.
    fn is_operator(&self, roles_claim: &str) -> Result<bool, Unknown> {
        let is_operator = |role: &Value| role.as_str().map(|role| role == Role::Operator.name()).ok_or(Unknown);
        match self.others.get(roles_claim) {
            None | Some(Value::Null) => Ok(false),
            Some(Value::Array(roles)) => roles.iter().try_fold(false, |found, role| Ok(found | is_operator(role)?)),
            Some(role) => is_operator(role),
        }
    }
}

impl Statement {
    /// Who is asking at `now`.
    pub(super) const fn at(&self, now: i64) -> Result<Caller, Unknown> {
        if self.from <= now && now < self.caller.until { Ok(self.caller) } else { Err(Unknown) }
    }
}
