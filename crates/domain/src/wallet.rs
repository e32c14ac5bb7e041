//! Wallets: a prepaid balance, and the append-only book that it is the sum of.

use thiserror::Error;
use time::OffsetDateTime;

use crate::{EntryId, Money, PaymentId, UserId};

/// A user's prepaid money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wallet {
    user: UserId,
    balance: Money,
    last_sequence: u64,
}

/// A line in a wallet's book. Written once, never changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WalletEntry {
    id: EntryId,
    user: UserId,
    sequence: u64,
    kind: EntryKind,
    amount: Money,
    balance: Money,
    at: OffsetDateTime,
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
    /// An entry as a store kept it: `after` is the wallet as the entry left it.
    #[must_use]
    pub const fn restore(id: EntryId, after: &Wallet, kind: EntryKind, amount: Money, at: OffsetDateTime) -> Self {
        let Wallet { user, balance, last_sequence: sequence } = *after;
        Self { id, user, sequence, kind, amount, balance, at }
    }

    /// Its id.
    #[must_use]
    pub const fn id(&self) -> EntryId {
        self.id
    }

    /// Whose book it is in.
    #[must_use]
    pub const fn user(&self) -> UserId {
        self.user
    }

    /// Its place there: 1, 2, 3, …
    #[must_use]
    pub const fn sequence(&self) -> u64 {
        self.sequence
    }

    /// What happened.
    #[must_use]
    pub const fn kind(&self) -> EntryKind {
        self.kind
    }

    /// How much, without a sign: [`EntryKind`] says which way it went.
    #[must_use]
    pub const fn amount(&self) -> Money {
        self.amount
    }

    /// What was in the wallet afterwards.
    #[must_use]
    pub const fn balance(&self) -> Money {
        self.balance
    }

    /// When.
    #[must_use]
    pub const fn at(&self) -> OffsetDateTime {
        self.at
    }

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
        Self::restore(user, Money::ZERO, 0)
    }

    /// A wallet as a store kept it.
    #[must_use]
    pub const fn restore(user: UserId, balance: Money, last_sequence: u64) -> Self {
        Self { user, balance, last_sequence }
    }

    /// Whose it is.
    #[must_use]
    pub const fn user(&self) -> UserId {
        self.user
    }

    /// What is in it: the sum of its entries.
    #[must_use]
    pub const fn balance(&self) -> Money {
        self.balance
    }

    /// The sequence of its newest entry; 0 before the first.
    #[must_use]
    pub const fn last_sequence(&self) -> u64 {
        self.last_sequence
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
        (self, WalletEntry::restore(id, &self, kind, amount, at))
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;
    use uuid::Uuid;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-21 20:00 UTC);
    const ID: EntryId = EntryId(Uuid::from_u128(1));
    const USER: UserId = UserId(Uuid::from_u128(2));
    const PAYMENT: PaymentId = PaymentId(Uuid::from_u128(3));

    fn money(minor: i64) -> Money {
        Money::new(minor).unwrap()
    }

    fn with(balance: i64) -> Wallet {
        Wallet { user: USER, balance: money(balance), last_sequence: 7 }
    }

    /// What is in the wallet after a step of `amount`, and what the entry says with its sign.
    fn entered(kind: EntryKind, amount: i64, balance: i64) -> (Wallet, WalletEntry) {
        let wallet = Wallet { user: USER, balance: money(balance), last_sequence: 8 };
        let entry = WalletEntry { id: ID, user: USER, sequence: 8, kind, amount: money(amount), balance: money(balance), at: NOW };
        (wallet, entry)
    }

    #[test]
    fn a_wallet_takes_and_gives_up_to_its_limits() {
        let limit = money(100);
        for (balance, amount) in [(0, 0), (0, 1), (0, 100), (0, 101), (40, 60), (40, 61), (100, 0), (100, 1), (101, 0), (i64::MAX, 1)] {
            let wallet = with(balance);
            let sum = balance.checked_add(amount);

            let charged = match sum {
                Some(sum) if sum <= 100 => Ok(entered(EntryKind::Charge, amount, sum)),
                Some(_) | None => Err(WalletError::LimitExceeded { balance: money(balance), limit }),
            };
            assert_eq!(wallet.charge(money(amount), limit, ID, NOW), charged, "charge {balance} by {amount}");

            let refunded = match sum {
                Some(sum) => Ok(entered(EntryKind::Refund(PAYMENT), amount, sum)),
                None => Err(WalletError::LimitExceeded { balance: money(balance), limit: money(balance) }),
            };
            assert_eq!(wallet.refund(money(amount), PAYMENT, ID, NOW), refunded, "refund {amount} to {balance}");

            let paid = if amount <= balance {
                Ok(entered(EntryKind::Payment(PAYMENT), amount, balance - amount))
            } else {
                Err(WalletError::Insufficient { balance: money(balance), required: money(amount) })
            };
            assert_eq!(wallet.pay(money(amount), PAYMENT, ID, NOW), paid, "pay {amount} of {balance}");
            assert_eq!(wallet, with(balance), "it is as it was");
        }
    }

    #[test]
    fn an_entrys_sign_says_which_way_the_money_went() {
        let signed = |kind| entered(kind, 5, 0).1.signed_minor();
        assert_eq!([EntryKind::Charge, EntryKind::Refund(PAYMENT), EntryKind::Payment(PAYMENT)].map(signed), [5, 5, -5]);
    }
}
