//! The port of secrets.

use async_trait::async_trait;

use crate::ports::ReadError;

/// The name of a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SecretName {
    /// The secret with which the built-in issuer signs access tokens.
    Issuer,
    /// The secret from which the codes of tickets are derived.
    TicketCodes,
}

impl SecretName {
    /// All names.
    pub const ALL: [Self; 2] = [Self::Issuer, Self::TicketCodes];

    /// Returns the name that stores use: it never changes.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Issuer => "issuer",
            Self::TicketCodes => "ticket-codes",
        }
    }
}

/// Secrets, stored with the data.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait Secrets: Send + Sync {
    /// Returns the secret called `name`. The first call for a name keeps `candidate`; every later call, of any process, MUST return the
    /// secret that the first one kept.
    async fn secret(&self, name: SecretName, candidate: [u8; 32]) -> Result<[u8; 32], ReadError>;
}
