//! Wallets.

use super::won;
use crate::{UserId, Version, Versioned, Wallet};

/// `user`'s wallet with `balance` in it, after three entries.
///
/// # Panics
/// Below zero.
#[must_use]
#[track_caller]
pub fn a_wallet(user: UserId, balance: i64) -> Versioned<Wallet> {
    Versioned::new(Version(500), Wallet::restore(user, won(balance), 3))
}
