//! `Idempotency-Key`: a repeated request has one effect and the same response.

use std::fmt::Write as _;

use actix_web::HttpRequest;
use domain::idempotency::{IdempotencyKey, IdempotentRequest};
use domain::{Fingerprint, IdempotencyScope, Operation, UserId};
use sha2::{Digest as _, Sha256};

use super::body::{self, FromBody};
use super::part::RequestPart;
use crate::api::Api;
use crate::problem::{Code, Problem};

const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

/// A body with an idempotency key.
pub(crate) struct IdempotentBody<T> {
    /// The value of the body.
    pub(crate) body: T,
    key: IdempotencyKey,
    fingerprint: Fingerprint,
}

impl<T: FromBody> RequestPart for IdempotentBody<T> {
    fn of(request: &HttpRequest, api: &Api) -> Result<Self, Problem> {
        let (body, canonical) = body::read(request, api)?;
        let key = key(request)?;
        Ok(Self { body, key, fingerprint: fingerprint(request.method().as_str(), request.path(), &canonical) })
    }
}

impl<T> IdempotentBody<T> {
    /// Returns the body's value, and the idempotent request in the scope of `user` and `operation`.
    pub(crate) fn into_request(self, operation: Operation, user: UserId) -> (T, IdempotentRequest) {
        let Self { body, key, fingerprint } = self;
        (body, IdempotentRequest { scope: IdempotencyScope { user, operation, key }, fingerprint })
    }
}

/// A body of an anonymous client, with an optional idempotency key. Only the key distinguishes its sender from other clients, so it must be
/// a secret, and is stored as its digest.
pub(crate) struct AnonymousIdempotentBody<T> {
    body: T,
    key: Option<(IdempotencyKey, Fingerprint)>,
}

impl<T: FromBody> RequestPart for AnonymousIdempotentBody<T> {
    fn of(request: &HttpRequest, api: &Api) -> Result<Self, Problem> {
        let (body, canonical) = body::read(request, api)?;
        if !request.headers().contains_key(IDEMPOTENCY_KEY) {
            return Ok(Self { body, key: None });
        }
        let secret = key(request).ok().filter(IdempotencyKey::can_be_secret).and_then(|key| digest(&key)).ok_or_else(invalid_secret)?;
        Ok(Self { body, key: Some((secret, fingerprint(request.method().as_str(), request.path(), &canonical))) })
    }
}

impl<T> AnonymousIdempotentBody<T> {
    /// Returns the body's value, and the idempotent request for `operation`, if there is a key.
    pub(crate) fn into_request(self, operation: Operation) -> (T, Option<IdempotentRequest>) {
        let idempotency =
            self.key.map(|(key, fingerprint)| IdempotentRequest { scope: IdempotencyScope::anonymous(operation, key), fingerprint });
        (self.body, idempotency)
    }
}

fn invalid_secret() -> Problem {
    let min = IdempotencyKey::MIN_SECRET_CHARS;
    let detail =
        format!("send one Idempotency-Key of {min} to 255 visible ASCII characters, with 128 random bits like a random UUID, or none");
    Problem::new(Code::IdempotencyKeyRequired, detail)
}

/// Returns the key under which `secret` is stored: a reader of the store can't derive `secret` from it.
fn digest(secret: &IdempotencyKey) -> Option<IdempotencyKey> {
    let digest: [u8; 32] = Sha256::digest(secret.as_str()).into();
    let mut text = String::with_capacity(64);
    for byte in digest {
        write!(text, "{byte:02x}").ok()?;
    }
    IdempotencyKey::new(&text).ok()
}

fn key(request: &HttpRequest) -> Result<IdempotencyKey, Problem> {
    let mut values = request.headers().get_all(IDEMPOTENCY_KEY);
    let key = match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok().and_then(|text| IdempotencyKey::new(text).ok()),
        _ => None,
    };
    key.ok_or_else(|| Problem::new(Code::IdempotencyKeyRequired, "send one Idempotency-Key of 1 to 255 visible ASCII characters"))
}

/// Returns the digest of a request. Its parts are unambiguous: neither a method nor a path contains a line break.
fn fingerprint(method: &str, path: &str, canonical: &str) -> Fingerprint {
    Fingerprint(Sha256::digest(format!("{method}\n{path}\n{canonical}")).into())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_different_path_or_body_has_a_different_fingerprint() {
        let first = fingerprint("POST", "/v1/payments/1/refunds", "{}");
        assert_eq!(first, fingerprint("POST", "/v1/payments/1/refunds", "{}"));
        assert_ne!(first, fingerprint("POST", "/v1/payments/2/refunds", "{}"));
        assert_ne!(first, fingerprint("POST", "/v1/payments/1/refunds", "[]"));
    }

    #[test]
    fn a_secret_is_stored_as_its_digest() {
        let secret = IdempotencyKey::new("018f1f5e-0000-4abc-9def-1234567890ab").expect("a key");
        let stored = digest(&secret).expect("a key");
        assert_eq!(stored.as_str(), "f1bc1e44eef113d075a866a17c481450aaf8c0e68729ae8cf4b67aaf52c9d7c7");
    }

    proptest! {
        #[test]
        fn a_key_is_read_unchanged_or_refused(text in "[!-~]{1,255}", bytes: Vec<u8>) {
            let read = |value: &[u8]| key(&TestRequest::default().insert_header((IDEMPOTENCY_KEY, value)).to_http_request());
            let key = read(text.as_bytes()).expect("a key");
            prop_assert_eq!(key.as_str(), text);
            if let Some(key) = actix_web::http::header::HeaderValue::from_bytes(&bytes).ok().and_then(|value| read(value.as_bytes()).ok()) {
                prop_assert_eq!(key.as_str().as_bytes(), bytes);
            }
        }
    }
}
