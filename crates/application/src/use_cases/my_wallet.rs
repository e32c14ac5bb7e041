//! A user's own profile: name, balance and wallet entries.

use std::sync::Arc;

use domain::{User, UserId, Wallet};

use crate::page::{Page, PageRequest};
use crate::ports::{Users, Wallets};
use crate::{DetailsReader, Error, WalletEntryDetails};

/// A user and their wallet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// The user; none if an external issuer authenticates them and they have written nothing yet.
    pub user: Option<User>,
    /// The wallet, empty until the first charge.
    pub wallet: Wallet,
}

/// Reads a user's own profile and wallet.
#[derive(Clone)]
pub struct MyWallet {
    wallets: Arc<dyn Wallets>,
    users: Arc<dyn Users>,
    details: DetailsReader,
}

impl MyWallet {
    /// Creates the use case over the ports of wallets and users, and the reader of what belongs to wallet entries.
    pub fn new(wallets: Arc<dyn Wallets>, users: Arc<dyn Users>, details: DetailsReader) -> Self {
        Self { wallets, users, details }
    }

    /// Returns the user and their wallet.
    pub async fn profile(&self, user: UserId) -> Result<Profile, Error> {
        Ok(Profile { user: self.users.user(user).await?, wallet: self.wallet(user).await? })
    }

    /// Returns the user's wallet, empty until the first charge.
    pub async fn wallet(&self, user: UserId) -> Result<Wallet, Error> {
        Ok(self.wallets.wallet(user).await?.unwrap_or_else(|| Wallet::new(user)))
    }

    /// Returns the entries of the user's wallet, newest first.
    pub async fn entries(&self, user: UserId, page: PageRequest<u64>) -> Result<Page<WalletEntryDetails, u64>, Error> {
        let items = self.details.of_entries(self.wallets.entries(user, page.one_more()).await?).await?;
        Ok(page.cut(items, |details| details.entry.sequence()))
    }
}
