//! The trusted issuers of access tokens.

use jsonwebtoken::dangerous::insecure_decode;
use quick_cache::sync::Cache;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;

use super::caller::{Caller, InvalidToken};
use super::claims::VerifiedClaims;
use super::issuer::{self, Issuer};
use super::trusted::TrustedIssuer;

/// The maximum number of cached tokens; the least used are evicted first.
const MAX_CACHED_TOKENS: usize = 100_000;

/// The trusted issuers of access tokens: the built-in issuer and external ones. Only the token's `iss` selects the rules that verify it,
/// and neither its `alg` nor keys that it contains.
#[derive(Debug)]
pub struct Issuers {
    own: Issuer,
    trusted: Vec<TrustedIssuer>,
    /// By the digests of the tokens: a token that is sent repeatedly is verified once.
    cached: Cache<[u8; 32], CachedToken>,
}

/// The claims of a token whose signature was verified.
#[derive(Debug, Clone, Copy)]
struct CachedToken {
    claims: VerifiedClaims,
    token_issuer: TokenIssuer,
}

/// The issuer of a token.
#[derive(Debug, Clone, Copy)]
enum TokenIssuer {
    /// The built-in issuer.
    Own,
    /// The external issuer at this index, with keys of this generation.
    Trusted { index: usize, generation: u64 },
}

#[derive(Deserialize)]
struct IssuerClaim {
    iss: String,
}

impl Issuers {
    /// Trusts the built-in issuer and external ones.
    pub fn new(own: Issuer, trusted: Vec<TrustedIssuer>) -> Self {
        Self { own, trusted, cached: Cache::new(MAX_CACHED_TOKENS) }
    }

    /// Returns the built-in issuer.
    pub(crate) const fn own(&self) -> &Issuer {
        &self.own
    }

    /// Verifies `token` at `now` and returns the caller.
    pub(crate) fn verify(&self, token: &str, now: OffsetDateTime) -> Result<Caller, InvalidToken> {
        let digest: [u8; 32] = Sha256::digest(token).into();
        let current = self.cached.get(&digest).filter(|cached| self.is_current(cached.token_issuer));
        let cached = if let Some(cached) = current {
            cached
        } else {
            let cached = self.read(token)?;
            self.cached.insert(digest, cached);
            cached
        };
        cached.claims.caller_at(now.unix_timestamp())
    }

    /// Returns whether the keys are still in use.
    fn is_current(&self, token_issuer: TokenIssuer) -> bool {
        match token_issuer {
            TokenIssuer::Own => true,
            TokenIssuer::Trusted { index, generation } => self.trusted.get(index).is_some_and(|issuer| issuer.generation() == generation),
        }
    }

    fn read(&self, token: &str) -> Result<CachedToken, InvalidToken> {
        // These claims are not trusted: they only select the issuer that verifies the same text.
        let claimed = insecure_decode::<IssuerClaim>(token).map_err(|_| InvalidToken)?;
        if claimed.header.crit.is_some() {
            return Err(InvalidToken);
        }
        let name = claimed.claims.iss;
        if name == issuer::NAME {
            return Ok(CachedToken { claims: self.own.read(token)?, token_issuer: TokenIssuer::Own });
        }
        let index = self.trusted.iter().position(|issuer| issuer.name() == name).ok_or(InvalidToken)?;
        let (claims, generation) = self.trusted[index].read(token, &claimed.header)?;
        Ok(CachedToken { claims, token_issuer: TokenIssuer::Trusted { index, generation } })
    }
}
