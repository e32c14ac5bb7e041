//! My wallet: a user's name, balance and book.

use std::sync::Arc;

use domain::{User, UserId, Wallet, WalletEntry};

use crate::Error;
use crate::page::{Page, PageRequest};
use crate::ports::{Users, Wallets};

/// Who a user is, and what they have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// The user; none if an external issuer vouches for them and they have written nothing yet.
    pub user: Option<User>,
    /// Their wallet, empty until the first charge.
    pub wallet: Wallet,
}

/// A user sees who they are and what they have.
#[derive(Clone)]
pub struct MyWallet {
    wallets: Arc<dyn Wallets>,
    users: Arc<dyn Users>,
}

impl MyWallet {
    /// The use case over the ports of wallets and users.
    pub fn new(wallets: Arc<dyn Wallets>, users: Arc<dyn Users>) -> Self {
        Self { wallets, users }
    }

    /// The user and their wallet.
    pub async fn profile(&self, user: UserId) -> Result<Profile, Error> {
        Ok(Profile { user: self.users.user(user).await?, wallet: self.wallet(user).await? })
    }

    /// The user's wallet, empty until the first charge.
    pub async fn wallet(&self, user: UserId) -> Result<Wallet, Error> {
        Ok(self.wallets.wallet(user).await?.unwrap_or_else(|| Wallet::new(user)))
    }

    /// The user's book, newest first.
    pub async fn entries(&self, user: UserId, page: PageRequest<u64>) -> Result<Page<WalletEntry, u64>, Error> {
        let items = self.wallets.entries(user, page.one_more()).await?;
        Ok(page.cut(items, WalletEntry::sequence))
    }
}
