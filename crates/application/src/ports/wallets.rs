//! The port of wallets.

use async_trait::async_trait;
use domain::{UserId, Wallet, WalletEntry};

use crate::page::PageRequest;
use crate::ports::ReadError;

/// Reads wallets and their entries.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait Wallets: Send + Sync {
    /// Returns the user's wallet, if it exists yet.
    async fn wallet(&self, user: UserId) -> Result<Option<Wallet>, ReadError>;
    /// Returns the entries of the user's wallet, the newest first, those with a sequence number below the page's cursor.
    async fn entries(&self, user: UserId, page: PageRequest<u64>) -> Result<Vec<WalletEntry>, ReadError>;
}
