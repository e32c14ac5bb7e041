//! An external issuer.

use std::collections::HashSet;
use std::sync::Arc;

use jsonwebtoken::{Header, Validation, decode};

use super::algorithm::SigningAlgorithm;
use super::caller::InvalidToken;
use super::claims::{Claims, VerifiedClaims};
use super::key_store::KeyStore;
use super::signatures;

/// The terms on which an external issuer is trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trust {
    /// The `iss` of its tokens, exactly.
    pub name: String,
    /// The audience that the `aud` of its tokens must contain.
    pub audience: String,
    /// The signing algorithm. The `alg` of its tokens must be the same.
    pub algorithm: SigningAlgorithm,
    /// The tolerated deviation of its clock, in seconds.
    pub leeway_seconds: u32,
    /// The claim that lists the roles.
    pub roles_claim: String,
}

/// A trusted external issuer. Like the built-in one, it may issue tokens for any user and any role.
#[derive(Debug)]
pub struct TrustedIssuer {
    trust: Trust,
    validation: Validation,
    key_store: Arc<KeyStore>,
}

impl TrustedIssuer {
    /// Creates an issuer that is trusted on the terms of `trust` if it signs with a key of `key_store`.
    pub fn new(trust: Trust, key_store: Arc<KeyStore>) -> Self {
        signatures::install();
        let mut validation = Validation::new(trust.algorithm.jose());
        // `exp` and `nbf` are checked against the API's clock, and the issuer was selected by `iss`.
        validation.validate_exp = false;
        validation.required_spec_claims = HashSet::from(["exp".to_owned(), "aud".to_owned()]);
        validation.set_audience(&[&trust.audience]);
        Self { trust, validation, key_store }
    }

    /// Returns the `iss` of its tokens.
    pub(super) fn name(&self) -> &str {
        &self.trust.name
    }

    /// Returns the generation of the current keys.
    pub(super) fn generation(&self) -> u64 {
        self.key_store.current().generation
    }

    /// Verifies `token`, and returns its claims and the generation of the keys.
    pub(super) fn read(&self, token: &str, header: &Header) -> Result<(VerifiedClaims, u64), InvalidToken> {
        let current = self.key_store.current();
        let mut keys = current.keys.named(header.kid.as_deref()).peekable();
        if keys.peek().is_none() {
            self.key_store.report_missing();
        }
        let data = keys.find_map(|key| decode::<Claims>(token, key, &self.validation).ok()).ok_or(InvalidToken)?;
        let claims = data.claims.to_verified(&self.trust.roles_claim, self.trust.leeway_seconds.into())?;
        Ok((claims, current.generation))
    }
}
