//! Wallets: a prepaid balance, and the append-only book that it is the sum of.

use thiserror::Error;
use time::OffsetDateTime;

use crate::{EntryId, Money, PaymentId, UserId};

/// A user's prepaid money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wallet {
    /// Whose it is.
    pub user: UserId,
    /// What is in it: the sum of its entries.
    pub balance: Money,
    /// The sequence of its newest entry; 0 before the first.
    pub last_sequence: u64,
}

/// A line in a wallet's book. Written once, never changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WalletEntry {
    /// The entry's id.
    pub id: EntryId,
    /// Whose book it is in.
    pub user: UserId,
    /// Its place there: 1, 2, 3, …
    pub sequence: u64,
    /// What happened.
    pub kind: EntryKind,
    /// How much, without a sign: [`EntryKind`] says which way it went.
    pub amount: Money,
    /// What was in the wallet afterwards.
    pub balance: Money,
    /// When.
    pub at: OffsetDateTime,
}

/// What a wallet's entry tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// Money came in from outside.
    Charge,
    /// Money went to a payment.
    Payment(PaymentId),
    /// Money came back from a payment.
    Refund(PaymentId),
}

impl WalletEntry {
    /// The amount with its sign, in minor units: payments are negative.
    #[must_use]
    pub const fn signed_minor(&self) -> i64 {
        match self.kind {
            EntryKind::Charge | EntryKind::Refund(_) => self.amount.minor(),
            EntryKind::Payment(_) => -self.amount.minor(),
        }
    }
}

/// The wallet can't take or give the amount; it is as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum WalletError {
    /// Not enough in it.
    #[error("the balance {balance:?} does not cover {required:?}")]
    Insufficient {
        /// What is in it.
        balance: Money,
        /// What was asked for.
        required: Money,
    },
    /// It would hold more than it may.
    #[error("the balance {balance:?} would pass {limit:?}")]
    LimitExceeded {
        /// What is in it.
        balance: Money,
        /// What it may hold.
        limit: Money,
    },
}

impl Wallet {
    /// An empty wallet.
    #[must_use]
    pub const fn new(user: UserId) -> Self {
        Self { user, balance: Money::ZERO, last_sequence: 0 }
    }

    /// Puts money in, up to `max_balance`.
    ///
    /// # Errors
    /// [`WalletError::LimitExceeded`] past `max_balance`.
    pub fn charge(self, amount: Money, max_balance: Money, id: EntryId, now: OffsetDateTime) -> Result<(Self, WalletEntry), WalletError> {
        match self.balance.plus(amount) {
            Ok(balance) if balance <= max_balance => Ok(self.enter(balance, EntryKind::Charge, amount, id, now)),
            Ok(_) | Err(_) => Err(WalletError::LimitExceeded { balance: self.balance, limit: max_balance }),
        }
    }

    /// Takes money out for a payment.
    ///
    /// # Errors
    /// [`WalletError::Insufficient`] if there is less in it.
    pub fn pay(self, amount: Money, payment: PaymentId, id: EntryId, now: OffsetDateTime) -> Result<(Self, WalletEntry), WalletError> {
        match self.balance.minus(amount) {
            Ok(balance) => Ok(self.enter(balance, EntryKind::Payment(payment), amount, id, now)),
            Err(_) => Err(WalletError::Insufficient { balance: self.balance, required: amount }),
        }
    }

    /// Puts a payment's money back; no limit but that of 64 bits stands in its way.
    ///
    /// # Errors
    /// [`WalletError::LimitExceeded`] past 64 bits.
    pub fn refund(self, amount: Money, payment: PaymentId, id: EntryId, now: OffsetDateTime) -> Result<(Self, WalletEntry), WalletError> {
        match self.balance.plus(amount) {
            Ok(balance) => Ok(self.enter(balance, EntryKind::Refund(payment), amount, id, now)),
            Err(_) => Err(WalletError::LimitExceeded { balance: self.balance, limit: self.balance }),
        }
    }

    const fn enter(mut self, balance: Money, kind: EntryKind, amount: Money, id: EntryId, at: OffsetDateTime) -> (Self, WalletEntry) {
        self.balance = balance;
        self.last_sequence += 1;
        let entry = WalletEntry { id, user: self.user, sequence: self.last_sequence, kind, amount, balance, at };
        (self, entry)
    }
}
