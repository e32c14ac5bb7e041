//! The built-in issuer.

use std::fmt;
use std::time::Duration;

use domain::UserId;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use quick_cache::sync::Cache;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use thiserror::Error;
use time::OffsetDateTime;
use uuid::Uuid;

use super::hmac;

/// What the issuer calls itself, and the audience that a token may name.
const NAME: &str = "frontrow";
/// So many verified tokens are remembered: at about 100 bytes each.
const BELIEVED_AT_MOST: usize = 100_000;
/// So far the clock of an external issuer may be off.
const LEEWAY_SECONDS: i64 = 30;

/// Issues and verifies access tokens: JWTs signed with HMAC-SHA-256, and no others. It trusts whoever shares its secret: the
/// token of an external issuer is as good if its `sub` is a UUID and it has an `exp`.
pub struct Issuer {
    signing: EncodingKey,
    verifying: DecodingKey,
    validation: Validation,
    lifetime: Duration,
    /// By the digests of the tokens: a user who asks often is verified once.
    believed: Cache<[u8; 32], Believed>,
}

/// What the bearer of an access token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// What every user may.
    User,
    /// What operators may, too.
    Operator,
}

/// The access token could not be made.
#[derive(Debug, Error)]
#[error("the access token can't be signed")]
pub struct CannotSign(#[source] jsonwebtoken::errors::Error);

/// Who is asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Caller {
    /// The user.
    pub(crate) user: UserId,
    /// Whether they are an operator.
    pub(crate) operator: bool,
}

/// The access token says nothing that can be believed. Why is for nobody but the caller's own tests to find out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unknown;

#[derive(Serialize)]
struct Issued {
    iss: &'static str,
    sub: Uuid,
    roles: Vec<&'static str>,
    iat: i64,
    exp: i64,
}

#[derive(Deserialize)]
struct Claims {
    sub: Uuid,
    exp: i64,
    nbf: Option<i64>,
    #[serde(default)]
    roles: Vec<String>,
}

/// What a token says whose signature was verified; whether it is good by now is asked each time.
#[derive(Debug, Clone, Copy)]
struct Believed {
    caller: Caller,
    from: i64,
    until: i64,
}

impl From<Claims> for Believed {
    fn from(Claims { sub, exp, nbf, roles }: Claims) -> Self {
        let caller = Caller { user: UserId(sub), operator: roles.iter().any(|role| role == Role::Operator.name()) };
        let from = nbf.map_or(i64::MIN, |nbf| nbf.saturating_sub(LEEWAY_SECONDS));
        Self { caller, from, until: exp.saturating_add(LEEWAY_SECONDS) }
    }
}

impl Believed {
    const fn is_good_at(&self, now: i64) -> bool {
        self.from <= now && now < self.until
    }
}

impl Role {
    const fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Operator => "operator",
        }
    }
}

impl Issuer {
    /// An issuer that signs with `secret` (32 bytes, as random as can be) tokens that are good for `lifetime`.
    pub fn new(secret: &[u8], lifetime: Duration) -> Self {
        hmac::install();
        let mut validation = Validation::new(Algorithm::HS256);
        // `exp` and `nbf` are judged by our own clock, below.
        validation.validate_exp = false;
        validation.set_audience(&[NAME]);
        Self {
            signing: EncodingKey::from_secret(secret),
            verifying: DecodingKey::from_secret(secret),
            validation,
            lifetime,
            believed: Cache::new(BELIEVED_AT_MOST),
        }
    }

    /// An access token for `user` in `roles`, good from `now` on.
    ///
    /// # Errors
    /// [`CannotSign`] if the library can't.
    pub fn issue(&self, user: UserId, roles: &[Role], now: OffsetDateTime) -> Result<String, CannotSign> {
        let claims = Issued {
            iss: NAME,
            sub: user.0,
            roles: roles.iter().map(|role| role.name()).collect(),
            iat: now.unix_timestamp(),
            exp: (now + self.lifetime).unix_timestamp(),
        };
        encode(&Header::new(Algorithm::HS256), &claims, &self.signing).map_err(CannotSign)
    }

    /// Whom `token` speaks of at `now`.
    pub(crate) fn verify(&self, token: &str, now: OffsetDateTime) -> Result<Caller, Unknown> {
        let digest: [u8; 32] = Sha256::digest(token).into();
        let verify = || Ok(decode::<Claims>(token, &self.verifying, &self.validation).map_err(|_| Unknown)?.claims.into());
        let believed = self.believed.get_or_insert_with(&digest, verify)?;
        if believed.is_good_at(now.unix_timestamp()) { Ok(believed.caller) } else { Err(Unknown) }
    }
}

impl fmt::Debug for Issuer {
    /// Without the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issuer").field("lifetime", &self.lifetime).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-21 20:00 UTC);
    const ADA: UserId = UserId(Uuid::from_u128(7));
    const SECRET: &[u8] = &[7; 32];

    fn issuer() -> Issuer {
        Issuer::new(SECRET, Duration::from_hours(1))
    }

    fn signed(claims: &Value) -> String {
        encode(&Header::new(Algorithm::HS256), claims, &EncodingKey::from_secret(SECRET)).expect("a token")
    }

    #[test]
    fn what_it_issues_it_believes() {
        let issuer = issuer();
        let token = issuer.issue(ADA, &[Role::User], NOW).expect("a token");
        assert_eq!(issuer.verify(&token, NOW), Ok(Caller { user: ADA, operator: false }));
        let token = issuer.issue(ADA, &[Role::User, Role::Operator], NOW).expect("a token");
        assert_eq!(issuer.verify(&token, NOW), Ok(Caller { user: ADA, operator: true }));
    }

    #[test]
    fn a_token_ends_with_its_lifetime_and_a_little_leeway() {
        let issuer = issuer();
        let token = issuer.issue(ADA, &[Role::User], NOW).expect("a token");
        assert!(issuer.verify(&token, NOW + Duration::from_secs(3600 + 29)).is_ok());
        assert_eq!(issuer.verify(&token, NOW + Duration::from_secs(3600 + 30)), Err(Unknown));
    }

    #[test]
    fn another_secret_is_not_believed() {
        let token = Issuer::new(&[8; 32], Duration::from_hours(1)).issue(ADA, &[Role::User], NOW).expect("a token");
        assert_eq!(issuer().verify(&token, NOW), Err(Unknown));
    }

    #[test]
    fn a_changed_claim_is_not_believed() {
        let token = issuer().issue(ADA, &[Role::User], NOW).expect("a token");
        let other = issuer().issue(UserId(Uuid::from_u128(8)), &[Role::User], NOW).expect("a token");
        let (mine, theirs): (Vec<_>, Vec<_>) = (token.split('.').collect(), other.split('.').collect());
        assert_eq!(issuer().verify(&[mine[0], theirs[1], mine[2]].join("."), NOW), Err(Unknown));
    }

    #[test]
    fn an_external_issuer_that_shares_the_secret_is_as_good() {
        let token = signed(&json!({"iss": "elsewhere", "sub": ADA.0, "exp": NOW.unix_timestamp() + 60}));
        assert_eq!(issuer().verify(&token, NOW), Ok(Caller { user: ADA, operator: false }));
    }

    #[test]
    fn claims_that_make_no_sense_are_not_believed() {
        let exp = NOW.unix_timestamp() + 60;
        for claims in [
            json!({"sub": "ada", "exp": exp}),
            json!({"exp": exp}),
            json!({"sub": ADA.0}),
            json!({"sub": ADA.0, "exp": "tomorrow"}),
            json!({"sub": ADA.0, "exp": exp, "nbf": exp}),
            json!({"sub": ADA.0, "exp": exp, "aud": "another service"}),
            json!({"sub": ADA.0, "exp": exp, "roles": "operator"}),
        ] {
            assert_eq!(issuer().verify(&signed(&claims), NOW), Err(Unknown), "{claims}");
        }
    }

    #[test]
    fn other_algorithms_are_not_believed() {
        let token = issuer().issue(ADA, &[Role::User], NOW).expect("a token");
        let claims = token.split('.').nth(1).expect("claims");
        let signature = token.split('.').nth(2).expect("a signature");
        // The headers {"alg":"none"}, {"alg":"HS512"} and {"alg":"RS256"}, in base64.
        for header in ["eyJhbGciOiJub25lIn0", "eyJhbGciOiJIUzUxMiJ9", "eyJhbGciOiJSUzI1NiJ9"] {
            assert_eq!(issuer().verify(&format!("{header}.{claims}.{signature}"), NOW), Err(Unknown));
            assert_eq!(issuer().verify(&format!("{header}.{claims}."), NOW), Err(Unknown));
        }
        for token in ["", ".", "..", "a.b.c", &"x".repeat(10_000)] {
            assert_eq!(issuer().verify(token, NOW), Err(Unknown));
        }
    }

    #[test]
    fn it_shows_its_secret_to_nobody() {
        assert_eq!(format!("{:?}", issuer()), "Issuer { lifetime: 3600s, .. }");
    }

    proptest! {
        #[test]
        fn nobody_guesses_a_token(text in ".{0,200}|[A-Za-z0-9_-]{0,90}\\.[A-Za-z0-9_-]{0,90}\\.[A-Za-z0-9_-]{43}", at: i32) {
            let now = OffsetDateTime::UNIX_EPOCH + time::Duration::seconds(at.into());
            prop_assert_eq!(issuer().verify(&text, now), Err(Unknown));
        }

        #[test]
        fn whatever_an_external_issuer_says_of_times_is_judged(exp: i64, nbf: Option<i64>) {
            let token = signed(&json!({"sub": ADA.0, "exp": exp, "nbf": nbf}));
            let now = NOW.unix_timestamp();
            let good = exp.saturating_add(30) > now && nbf.is_none_or(|nbf| nbf.saturating_sub(30) <= now);
            prop_assert_eq!(issuer().verify(&token, NOW).is_ok(), good);
        }
    }
}
