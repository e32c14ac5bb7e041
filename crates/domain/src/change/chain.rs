//! Chains: decisions about one wallet that build on each other, as one change.
//!
//! Two changes that write one wallet collide, so only one of them can be in a group. A flood of charges of one wallet would be committed
//! one per group. Instead, a later decision reads the wallet as an earlier change of the group writes it, at the version that the store
//! has, and both are committed as one change: all or nothing, from that version to the next.

use super::{Change, RowKey, RowWrite, Write};
use crate::{Versioned, Wallet};

impl Change {
    /// Returns the wallet that a later decision of a chain may build on: the wallet as this change writes it, at the version that the store
    /// has. None if the change writes no wallet, or a new one.
    #[must_use]
    pub fn chainable_wallet(&self) -> Option<Versioned<Wallet>> {
        let Write { expected, row } = self.row::<Wallet>()?;
        expected.map(|version| Versioned::new(version, *row))
    }

    /// Adds `later`, which was decided on [`Self::chainable_wallet`] and writes no other row that this change writes.
    pub fn chain(&mut self, later: Self) {
        for write in later.writes {
            match write {
                RowWrite::Wallet(wallet) => self.replace_wallet(wallet),
                other => self.writes.push(other),
            }
        }
        self.rely_on_all(later.guards);
        self.events.extend(later.events);
        if let Some(deadline) = later.not_after {
            self.not_after(deadline);
        }
    }

    fn replace_wallet(&mut self, wallet: Write<Wallet>) {
        if let Some(mine) = self.rows_mut::<Wallet>().find(|mine| mine.row.user() == wallet.row.user()) {
            mine.row = wallet.row;
        }
    }

    /// Returns the key of the wallet that it updates.
    pub(super) fn wallet_key(&self) -> Option<RowKey> {
        self.chainable_wallet().map(|wallet| RowKey::Wallet(wallet.user()))
    }
}
