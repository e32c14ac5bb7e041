//! An external issuer.

use std::collections::HashSet;
use std::sync::Arc;

use jsonwebtoken::{Header, Validation, decode};

use super::algorithm::SigningAlgorithm;
use super::caller::InvalidToken;
use super::claims::{Claims, VerifiedClaims};
use super::key_store::KeyStore;
use super::signatures;

/// On which terms an external issuer is believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trust {
    /// The `iss` of its tokens, exactly.
    pub name: String,
    /// What the `aud` of its tokens must name.
    pub audience: String,
    /// What it signs with. The token's `alg` must say the same.
    pub algorithm: SigningAlgorithm,
    /// So far its clock may be off, in seconds.
    pub leeway_seconds: u32,
    /// The claim that lists the roles.
    pub roles_claim: String,
}

/// An external issuer: what it says of users is believed. It may speak of any user and of operators, like the built-in one.
#[derive(Debug)]
pub struct TrustedIssuer {
    trust: Trust,
    validation: Validation,
    key_store: Arc<KeyStore>,
}

impl TrustedIssuer {
    /// An issuer that is believed on the terms of `trust` if it signs with a key of `key_store`.
    pub fn new(trust: Trust, key_store: Arc<KeyStore>) -> Self {
        signatures::install();
        let mut validation = Validation::new(trust.algorithm.jose());
        // `exp` and `nbf` are judged by our own clock, and `iss` has led here.
        validation.validate_exp = false;
        validation.required_spec_claims = HashSet::from(["exp".to_owned(), "aud".to_owned()]);
        validation.set_audience(&[&trust.audience]);
        Self { trust, validation, key_store }
    }

    /// The `iss` of its tokens.
    pub(super) fn name(&self) -> &str {
        &self.trust.name
    }

    /// Which keys are used by now.
    pub(super) fn generation(&self) -> u64 {
        self.key_store.current().generation
    }

    /// What `token` says, and the generation of the keys that say so.
    pub(super) fn read(&self, token: &str, header: &Header) -> Result<(VerifiedClaims, u64), InvalidToken> {
        let current = self.key_store.current();
        let mut keys = current.keys.named(header.kid.as_deref()).peekable();
        if keys.peek().is_none() {
            self.key_store.report_missing();
        }
        let read = keys.find_map(|key| decode::<Claims>(token, key, &self.validation).ok()).ok_or(InvalidToken)?;
        let claims = read.claims.claims(&self.trust.roles_claim, self.trust.leeway_seconds.into())?;
        Ok((claims, current.generation))
    }
}
