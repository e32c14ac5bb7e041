//! Everybody whose access tokens are believed.

use jsonwebtoken::dangerous::insecure_decode;
use quick_cache::sync::Cache;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;

use super::caller::{Caller, Unknown};
use super::claims::Statement;
use super::issuer::{self, Issuer};
use super::trusted::TrustedIssuer;

/// So many verified tokens are remembered; the least used are forgotten first.
const BELIEVED_AT_MOST: usize = 100_000;

/// Everybody whose access tokens are believed: the built-in issuer, and external ones. The token's `iss` says whose rules are applied,
/// and nothing else of it does: neither its `alg` nor keys that it brings along.
#[derive(Debug)]
pub struct Issuers {
    own: Issuer,
    trusted: Vec<TrustedIssuer>,
    /// By the digests of the tokens: a user who asks often is verified once.
    believed: Cache<[u8; 32], Believed>,
}

/// What a token says whose signature was verified.
#[derive(Debug, Clone, Copy)]
struct Believed {
    statement: Statement,
    witness: Witness,
}

/// Who says so.
#[derive(Debug, Clone, Copy)]
enum Witness {
    /// The built-in issuer.
    Own,
    /// The external issuer at this place, by keys of this generation.
    Trusted { place: usize, generation: u64 },
}

#[derive(Deserialize)]
struct Named {
    iss: String,
}

impl Issuers {
    /// The built-in issuer and others.
    pub fn new(own: Issuer, trusted: Vec<TrustedIssuer>) -> Self {
        Self { own, trusted, believed: Cache::new(BELIEVED_AT_MOST) }
    }

    /// The built-in issuer.
    pub(crate) const fn own(&self) -> &Issuer {
        &self.own
    }

    /// Whom `token` speaks of at `now`.
    pub(crate) fn verify(&self, token: &str, now: OffsetDateTime) -> Result<Caller, Unknown> {
        let digest: [u8; 32] = Sha256::digest(token).into();
        let remembered = self.believed.get(&digest).filter(|believed| self.stands(believed.witness));
        let believed = if let Some(believed) = remembered {
            believed
        } else {
            let believed = self.read(token)?;
            self.believed.insert(digest, believed);
            believed
        };
        believed.statement.at(now.unix_timestamp())
    }

    /// Whether the keys are still in use.
    fn stands(&self, witness: Witness) -> bool {
        match witness {
            Witness::Own => true,
            Witness::Trusted { place, generation } => self.trusted.get(place).is_some_and(|issuer| issuer.generation() == generation),
        }
    }

    fn read(&self, token: &str) -> Result<Believed, Unknown> {
        // Nothing of this is believed: it only says by whose rules the same text is to be verified.
        let claimed = insecure_decode::<Named>(token).map_err(|_| Unknown)?;
        if claimed.header.crit.is_some() {
            return Err(Unknown);
        }
        let name = claimed.claims.iss;
        if name == issuer::NAME {
            return Ok(Believed { statement: self.own.read(token)?, witness: Witness::Own });
        }
        let place = self.trusted.iter().position(|issuer| issuer.name() == name).ok_or(Unknown)?;
        let (statement, generation) = self.trusted[place].read(token, &claimed.header)?;
        Ok(Believed { statement, witness: Witness::Trusted { place, generation } })
    }
}
