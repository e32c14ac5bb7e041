//! Wallets for tests.

use super::won;
use crate::{UserId, Version, Versioned, Wallet, WalletEntry, WalletEntryId};

/// Returns `user`'s wallet with `balance`, after three entries.
///
/// # Panics
/// If `balance` is negative.
#[must_use]
#[track_caller]
pub fn a_wallet(user: UserId, balance: i64) -> Versioned<Wallet> {
    Versioned::new(Version(500), Wallet::restore(user, won(balance), 3))
}

impl WalletEntry {
    /// Returns the entry with another id.
    #[must_use]
    pub const fn with_id(self, id: WalletEntryId) -> Self {
        let after = Wallet::restore(self.user(), self.balance(), self.sequence());
        Self::restore(id, &after, self.kind(), self.amount(), self.at())
    }

    /// Returns the entry with another sequence.
    #[must_use]
    pub const fn with_sequence(self, sequence: u64) -> Self {
        let after = Wallet::restore(self.user(), self.balance(), sequence);
        Self::restore(self.id(), &after, self.kind(), self.amount(), self.at())
    }
}
