//! Everybody whose access tokens are believed.

use jsonwebtoken::dangerous::insecure_decode;
use quick_cache::sync::Cache;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;

use super::caller::{Caller, InvalidToken};
use super::claims::VerifiedClaims;
use super::issuer::{self, Issuer};
use super::trusted::TrustedIssuer;

/// So many verified tokens are remembered; the least used are forgotten first.
const MAX_CACHED_TOKENS: usize = 100_000;

/// Everybody whose access tokens are believed: the built-in issuer, and external ones. The token's `iss` says whose rules are applied,
/// and nothing else of it does: neither its `alg` nor keys that it brings along.
#[derive(Debug)]
pub struct Issuers {
    own: Issuer,
    trusted: Vec<TrustedIssuer>,
    /// By the digests of the tokens: a user who asks often is verified once.
    cached: Cache<[u8; 32], CachedToken>,
}

/// What a token says whose signature was verified.
#[derive(Debug, Clone, Copy)]
struct CachedToken {
    claims: VerifiedClaims,
    token_issuer: TokenIssuer,
}

/// Who says so.
#[derive(Debug, Clone, Copy)]
enum TokenIssuer {
    /// The built-in issuer.
    Own,
    /// The external issuer at this place, by keys of this generation.
    Trusted { place: usize, generation: u64 },
}

#[derive(Deserialize)]
struct IssuerClaim {
    iss: String,
}

impl Issuers {
    /// The built-in issuer and others.
    pub fn new(own: Issuer, trusted: Vec<TrustedIssuer>) -> Self {
        Self { own, trusted, cached: Cache::new(MAX_CACHED_TOKENS) }
    }

    /// The built-in issuer.
    pub(crate) const fn own(&self) -> &Issuer {
        &self.own
    }

    /// Whom `token` speaks of at `now`.
    pub(crate) fn verify(&self, token: &str, now: OffsetDateTime) -> Result<Caller, InvalidToken> {
        let digest: [u8; 32] = Sha256::digest(token).into();
        let remembered = self.cached.get(&digest).filter(|cached| self.is_current(cached.token_issuer));
        let cached = if let Some(cached) = remembered {
            cached
        } else {
            let cached = self.read(token)?;
            self.cached.insert(digest, cached);
            cached
        };
        cached.claims.at(now.unix_timestamp())
    }

    /// Whether the keys are still in use.
    fn is_current(&self, token_issuer: TokenIssuer) -> bool {
        match token_issuer {
            TokenIssuer::Own => true,
            TokenIssuer::Trusted { place, generation } => self.trusted.get(place).is_some_and(|issuer| issuer.generation() == generation),
        }
    }

    fn read(&self, token: &str) -> Result<CachedToken, InvalidToken> {
        // Nothing of this is believed: it only says by whose rules the same text is to be verified.
        let claimed = insecure_decode::<IssuerClaim>(token).map_err(|_| InvalidToken)?;
        if claimed.header.crit.is_some() {
            return Err(InvalidToken);
        }
        let name = claimed.claims.iss;
        if name == issuer::NAME {
            return Ok(CachedToken { claims: self.own.read(token)?, token_issuer: TokenIssuer::Own });
        }
        let place = self.trusted.iter().position(|issuer| issuer.name() == name).ok_or(InvalidToken)?;
        let (claims, generation) = self.trusted[place].read(token, &claimed.header)?;
        Ok(CachedToken { claims, token_issuer: TokenIssuer::Trusted { place, generation } })
    }
}
