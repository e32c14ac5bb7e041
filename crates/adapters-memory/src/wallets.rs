//! Wallets and their books, to be read.

use application::PageRequest;
use application::ports::{ReadError, Wallets};
use async_trait::async_trait;
use domain::{UserId, Wallet, WalletEntry};

use crate::MemoryStore;
use crate::load::limit;

#[async_trait]
impl Wallets for MemoryStore {
    async fn wallet(&self, user: UserId) -> Result<Option<Wallet>, ReadError> {
        Ok(self.state().wallets.get(&user).map(|wallet| wallet.row))
    }

    async fn entries(&self, user: UserId, page: PageRequest<u64>) -> Result<Vec<WalletEntry>, ReadError> {
        let below = page.after.unwrap_or(u64::MAX);
        Ok(self.state().entries.range((user, 0)..(user, below)).rev().take(limit(page.size)).map(|(_, entry)| *entry).collect())
    }
}
