//! The port of wallets.

use async_trait::async_trait;
use domain::{UserId, Wallet, WalletEntry};

use crate::page::PageRequest;
use crate::ports::ReadError;

/// Wallets and their books, to be read.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait Wallets: Send + Sync {
    /// The user's wallet, if they have one yet.
    async fn wallet(&self, user: UserId) -> Result<Option<Wallet>, ReadError>;
    /// The entries of the user's book, the newest first, those with a sequence below the page's cursor.
    async fn entries(&self, user: UserId, page: PageRequest<u64>) -> Result<Vec<WalletEntry>, ReadError>;
}
