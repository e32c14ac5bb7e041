//! The built-in issuer.

use std::fmt;
use std::time::Duration;

use domain::{Session, UserId};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::Serialize;
use thiserror::Error;
use time::OffsetDateTime;
use uuid::Uuid;

use super::caller::{InvalidToken, Role};
use super::claims::{Claims, VerifiedClaims};
use super::signatures;
use super::stream_tickets::{CannotSeal, StreamTicket, StreamTickets};

/// The name of the issuer, and the audience that a token may name.
pub(super) const NAME: &str = "frontrow";
const ROLES_CLAIM: &str = "roles";
/// The tolerated difference between the clocks of instances.
const LEEWAY_SECONDS: i64 = 30;

/// Issues and verifies access tokens: JWTs signed with HMAC-SHA-256, and no others.
pub struct Issuer {
    signing: EncodingKey,
    verifying: DecodingKey,
    validation: Validation,
    lifetime: Duration,
    tickets: StreamTickets,
}

/// The access token could not be signed.
#[derive(Debug, Error)]
#[error("the access token can't be signed")]
pub struct CannotSign(#[source] jsonwebtoken::errors::Error);

#[derive(Serialize)]
struct Issued {
    iss: &'static str,
    sub: Uuid,
    roles: Vec<&'static str>,
    /// The session that issues it: see [`SESSION_CLAIM`](super::claims::SESSION_CLAIM).
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<Uuid>,
    iat: i64,
    exp: i64,
}

impl Issuer {
    /// Creates an issuer that signs with `secret` (32 random bytes) tokens that are valid for `lifetime`.
    pub fn new(secret: &[u8], lifetime: Duration) -> Self {
        signatures::install();
        let mut validation = Validation::new(Algorithm::HS256);
        // `exp` and `nbf` are checked against the API's clock, and the issuer was selected by `iss`.
        validation.validate_exp = false;
        validation.set_audience(&[NAME]);
        Self {
            signing: EncodingKey::from_secret(secret),
            verifying: DecodingKey::from_secret(secret),
            validation,
            lifetime,
            tickets: StreamTickets::new(secret),
        }
    }

    /// Issues an access token for `user` with `roles`, valid from `now`.
    ///
    /// # Errors
    /// [`CannotSign`] if signing fails.
    pub fn issue(&self, user: UserId, roles: &[Role], now: OffsetDateTime) -> Result<String, CannotSign> {
        let (iat, exp) = (now.unix_timestamp(), (now + self.lifetime).unix_timestamp());
        self.sign(&Issued { iss: NAME, sub: user.0, roles: roles.iter().map(|role| role.name()).collect(), sid: None, iat, exp })
    }

    /// Issues an access token of `session`, valid from `now` until `valid_until`.
    pub(crate) fn issue_of_session(
        &self,
        session: &Session,
        now: OffsetDateTime,
        valid_until: OffsetDateTime,
    ) -> Result<String, CannotSign> {
        let (iat, exp) = (now.unix_timestamp(), valid_until.unix_timestamp());
        let roles = Role::of(session.owner().roles).map(Role::name).collect();
        self.sign(&Issued { iss: NAME, sub: session.user().0, roles, sid: Some(session.id().0), iat, exp })
    }

    fn sign(&self, claims: &Issued) -> Result<String, CannotSign> {
        encode(&Header::new(Algorithm::HS256), claims, &self.signing).map_err(CannotSign)
    }

    /// Verifies `token`, whose `iss` is [`NAME`], and returns its claims.
    pub(super) fn read(&self, token: &str) -> Result<VerifiedClaims, InvalidToken> {
        let claims = decode::<Claims>(token, &self.verifying, &self.validation).map_err(|_| InvalidToken)?.claims;
        Ok(claims.to_verified(ROLES_CLAIM, LEEWAY_SECONDS)?.of_session(claims.session()?))
    }

    /// Seals a ticket for the event stream with this name.
    pub(crate) fn seal_ticket(&self, stream: &str, ticket: &StreamTicket) -> Result<String, CannotSeal> {
        self.tickets.seal(stream, ticket)
    }

    /// Opens a ticket for the event stream with this name; none if the text isn't such a ticket, or if it has expired.
    pub(crate) fn open_ticket(&self, stream: &str, text: &str, now: OffsetDateTime) -> Option<StreamTicket> {
        self.tickets.open(stream, text, now)
    }
}

impl fmt::Debug for Issuer {
    /// Formats the issuer without the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issuer").field("lifetime", &self.lifetime).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};
    use time::macros::datetime;

    use super::super::caller::Caller;
    use super::super::issuers::Issuers;
    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-21 20:00 UTC);
    const ADA: UserId = UserId(Uuid::from_u128(7));
    const SECRET: &[u8] = &[7; 32];

    fn issuer() -> Issuer {
        Issuer::new(SECRET, Duration::from_hours(1))
    }

    fn verify(token: &str, now: OffsetDateTime) -> Result<Caller, InvalidToken> {
        Issuers::new(issuer(), Vec::new()).verify(token, now)
    }

    fn signed(claims: &Value) -> String {
        encode(&Header::new(Algorithm::HS256), claims, &EncodingKey::from_secret(SECRET)).expect("a token")
    }

    #[test]
    fn issued_tokens_are_valid() {
        let issuer = issuer();
        let token = issuer.issue(ADA, &[Role::User], NOW).expect("a token");
        let until = NOW.unix_timestamp() + 3_600 + 30;
        assert_eq!(verify(&token, NOW), Ok(Caller { user: ADA, operator: false, cashier: false, scanner: false, session: None, until }));
        let token = issuer.issue(ADA, &[Role::User, Role::Operator], NOW).expect("a token");
        assert_eq!(verify(&token, NOW), Ok(Caller { user: ADA, operator: true, cashier: false, scanner: false, session: None, until }));
        let token = issuer.issue(ADA, &[Role::Cashier], NOW).expect("a token");
        assert_eq!(verify(&token, NOW), Ok(Caller { user: ADA, operator: false, cashier: true, scanner: false, session: None, until }));
        let token = issuer.issue(ADA, &[Role::Scanner], NOW).expect("a token");
        assert_eq!(verify(&token, NOW), Ok(Caller { user: ADA, operator: false, cashier: false, scanner: true, session: None, until }));
    }

    #[test]
    fn a_token_expires_after_its_lifetime_and_the_leeway() {
        let issuer = issuer();
        let token = issuer.issue(ADA, &[Role::User], NOW).expect("a token");
        assert!(verify(&token, NOW + Duration::from_secs(3600 + 29)).is_ok());
        assert_eq!(verify(&token, NOW + Duration::from_secs(3600 + 30)), Err(InvalidToken));
    }

    #[test]
    fn tokens_signed_with_another_secret_are_invalid() {
        let token = Issuer::new(&[8; 32], Duration::from_hours(1)).issue(ADA, &[Role::User], NOW).expect("a token");
        assert_eq!(verify(&token, NOW), Err(InvalidToken));
    }

    #[test]
    fn tokens_with_changed_claims_are_invalid() {
        let token = issuer().issue(ADA, &[Role::User], NOW).expect("a token");
        let other = issuer().issue(UserId(Uuid::from_u128(8)), &[Role::User], NOW).expect("a token");
        let (mine, theirs): (Vec<_>, Vec<_>) = (token.split('.').collect(), other.split('.').collect());
        assert_eq!(verify(&[mine[0], theirs[1], mine[2]].join("."), NOW), Err(InvalidToken));
    }

    #[test]
    fn tokens_signed_with_the_secret_are_valid_for_this_issuer_only() {
        let exp = NOW.unix_timestamp() + 60;
        let valid = Ok(Caller { user: ADA, operator: false, cashier: false, scanner: false, session: None, until: exp + 30 });
        assert_eq!(verify(&signed(&json!({"iss": "frontrow", "sub": ADA.0, "exp": exp})), NOW), valid);
        assert_eq!(verify(&signed(&json!({"iss": "frontrow", "aud": ["x", "frontrow"], "sub": ADA.0, "exp": exp})), NOW), valid);
        for iss in [json!("elsewhere"), json!("Frontrow"), json!(["frontrow"]), json!(null)] {
            assert_eq!(verify(&signed(&json!({"iss": iss, "sub": ADA.0, "exp": exp})), NOW), Err(InvalidToken), "{iss}");
        }
        assert_eq!(verify(&signed(&json!({"sub": ADA.0, "exp": exp})), NOW), Err(InvalidToken), "no name");
    }

    #[test]
    fn roles_are_a_list_of_names_or_one_name() {
        let exp = NOW.unix_timestamp() + 60;
        let (neither, operator, cashier) = (Ok((false, false, false)), Ok((true, false, false)), Ok((false, true, false)));
        for (roles, expected) in [
            (json!(["user", "operator"]), operator),
            (json!("operator"), operator),
            (json!(["cashier", "user"]), cashier),
            (json!("cashier"), cashier),
            (json!(["cashier", "operator"]), Ok((true, true, false))),
            (json!(["user", "scanner"]), Ok((false, false, true))),
            (json!(["user", "Operator", "operators", "Cashier", "cashiers", "Scanner", "scanners", ""]), neither),
            (json!("user"), neither),
            (json!([]), neither),
            (json!(null), neither),
            (json!(["operator", 1]), Err(InvalidToken)),
            (json!({"operator": true}), Err(InvalidToken)),
            (json!(true), Err(InvalidToken)),
        ] {
            let token = signed(&json!({"iss": "frontrow", "sub": ADA.0, "exp": exp, "roles": roles}));
            assert_eq!(verify(&token, NOW).map(|caller| (caller.operator, caller.cashier, caller.scanner)), expected, "{roles}");
        }
    }

    #[test]
    fn tokens_with_malformed_claims_are_invalid() {
        let exp = NOW.unix_timestamp() + 60;
        for claims in [
            json!({"iss": "frontrow", "sub": "ada", "exp": exp}),
            json!({"iss": "frontrow", "exp": exp}),
            json!({"iss": "frontrow", "sub": ADA.0}),
            json!({"iss": "frontrow", "sub": ADA.0, "exp": "tomorrow"}),
            json!({"iss": "frontrow", "sub": ADA.0, "exp": exp, "nbf": exp}),
            json!({"iss": "frontrow", "sub": ADA.0, "exp": exp, "aud": "another service"}),
        ] {
            assert_eq!(verify(&signed(&claims), NOW), Err(InvalidToken), "{claims}");
        }
    }

    #[test]
    fn tokens_with_other_algorithms_are_invalid() {
        let token = issuer().issue(ADA, &[Role::User], NOW).expect("a token");
        let claims = token.split('.').nth(1).expect("claims");
        let signature = token.split('.').nth(2).expect("a signature");
        // The headers {"alg":"none"}, {"alg":"HS512"} and {"alg":"RS256"}, in base64.
        for header in ["eyJhbGciOiJub25lIn0", "eyJhbGciOiJIUzUxMiJ9", "eyJhbGciOiJSUzI1NiJ9"] {
            assert_eq!(verify(&format!("{header}.{claims}.{signature}"), NOW), Err(InvalidToken));
            assert_eq!(verify(&format!("{header}.{claims}."), NOW), Err(InvalidToken));
        }
        for token in ["", ".", "..", "a.b.c", &"x".repeat(10_000)] {
            assert_eq!(verify(token, NOW), Err(InvalidToken));
        }
    }

    #[test]
    fn debug_output_hides_the_secret() {
        assert_eq!(format!("{:?}", issuer()), "Issuer { lifetime: 3600s, .. }");
    }

    proptest! {
        #[test]
        fn arbitrary_text_is_no_valid_token(text in ".{0,200}|[A-Za-z0-9_-]{0,90}\\.[A-Za-z0-9_-]{0,90}\\.[A-Za-z0-9_-]{43}", at: i32) {
            let now = OffsetDateTime::UNIX_EPOCH + time::Duration::seconds(at.into());
            prop_assert_eq!(verify(&text, now), Err(InvalidToken));
        }

        #[test]
        fn the_validity_period_is_checked(exp: i64, nbf: Option<i64>) {
            let token = signed(&json!({"iss": "frontrow", "sub": ADA.0, "exp": exp, "nbf": nbf}));
            let now = NOW.unix_timestamp();
            let is_valid = exp.saturating_add(30) > now && nbf.is_none_or(|nbf| nbf.saturating_sub(30) <= now);
            prop_assert_eq!(verify(&token, NOW).is_ok(), is_valid);
        }
    }
}
