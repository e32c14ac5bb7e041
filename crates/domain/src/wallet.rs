//! Wallets: a prepaid balance and the append-only ledger whose sum it is.

use thiserror::Error;
use time::OffsetDateTime;

use crate::{Money, PaymentId, UserId, WalletEntryId};

/// The wallet of a user: a prepaid balance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wallet {
    user: UserId,
    balance: Money,
    last_sequence: u64,
}

/// An entry of a wallet's ledger. It is written once and never changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WalletEntry {
    id: WalletEntryId,
    user: UserId,
    sequence: u64,
    kind: WalletEntryKind,
    amount: Money,
    balance: Money,
    at: OffsetDateTime,
}

/// The kind of a wallet entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WalletEntryKind {
    /// The wallet was charged from outside.
    Charge,
    /// The wallet was debited for a payment.
    Payment(PaymentId),
    /// The wallet was credited by the refund of a payment.
    Refund(PaymentId),
}

impl WalletEntry {
    /// Returns an entry as stored: `after` is the wallet as the entry left it.
    #[must_use]
    pub const fn restore(id: WalletEntryId, after: &Wallet, kind: WalletEntryKind, amount: Money, at: OffsetDateTime) -> Self {
        let Wallet { user, balance, last_sequence: sequence } = *after;
        Self { id, user, sequence, kind, amount, balance, at }
    }

    /// Returns the id.
    #[must_use]
    pub const fn id(&self) -> WalletEntryId {
        self.id
    }

    /// Returns the owner of the wallet.
    #[must_use]
    pub const fn user(&self) -> UserId {
        self.user
    }

    /// Returns the entry's position in the ledger: 1, 2, 3, …
    #[must_use]
    pub const fn sequence(&self) -> u64 {
        self.sequence
    }

    /// Returns the kind.
    #[must_use]
    pub const fn kind(&self) -> WalletEntryKind {
        self.kind
    }

    /// Returns the amount without a sign: the [`WalletEntryKind`] determines the direction.
    #[must_use]
    pub const fn amount(&self) -> Money {
        self.amount
    }

    /// Returns the balance after the entry.
    #[must_use]
    pub const fn balance(&self) -> Money {
        self.balance
    }

    /// Returns the time of the entry.
    #[must_use]
    pub const fn at(&self) -> OffsetDateTime {
        self.at
    }

    /// Returns the amount with its sign, in minor units: payments are negative.
    #[must_use]
    pub const fn signed_minor(&self) -> i64 {
        match self.kind {
            WalletEntryKind::Charge | WalletEntryKind::Refund(_) => self.amount.minor(),
            WalletEntryKind::Payment(_) => -self.amount.minor(),
        }
    }
}

/// The error for an amount that the wallet can't take or pay; the wallet is unchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum WalletError {
    /// The balance is too low.
    #[error("the balance {balance:?} does not cover {required:?}")]
    Insufficient {
        /// The balance.
        balance: Money,
        /// The required amount.
        required: Money,
    },
    /// The balance would exceed its limit.
    #[error("the balance {balance:?} would exceed {limit:?}")]
    LimitExceeded {
        /// The balance.
        balance: Money,
        /// The largest balance.
        limit: Money,
    },
}

impl Wallet {
    /// Creates an empty wallet.
    #[must_use]
    pub const fn new(user: UserId) -> Self {
        Self::restore(user, Money::ZERO, 0)
    }

    /// Returns a wallet as stored.
    #[must_use]
    pub const fn restore(user: UserId, balance: Money, last_sequence: u64) -> Self {
        Self { user, balance, last_sequence }
    }

    /// Returns the owner.
    #[must_use]
    pub const fn user(&self) -> UserId {
        self.user
    }

    /// Returns the balance: the sum of its entries.
    #[must_use]
    pub const fn balance(&self) -> Money {
        self.balance
    }

    /// Returns the sequence of its newest entry; 0 before the first.
    #[must_use]
    pub const fn last_sequence(&self) -> u64 {
        self.last_sequence
    }

    /// Adds an amount, up to a balance of `max_balance`.
    ///
    /// # Errors
    /// [`WalletError::LimitExceeded`] above `max_balance`.
    pub fn charge(
        self,
        amount: Money,
        max_balance: Money,
        id: WalletEntryId,
        now: OffsetDateTime,
    ) -> Result<(Self, WalletEntry), WalletError> {
        match self.balance.plus(amount) {
            Ok(balance) if balance <= max_balance => Ok(self.enter(balance, WalletEntryKind::Charge, amount, id, now)),
            Ok(_) | Err(_) => Err(WalletError::LimitExceeded { balance: self.balance, limit: max_balance }),
        }
    }

    /// Debits the amount of a payment.
    ///
    /// # Errors
    /// [`WalletError::Insufficient`] if the balance is lower.
    pub fn pay(
        self,
        amount: Money,
        payment: PaymentId,
        id: WalletEntryId,
        now: OffsetDateTime,
    ) -> Result<(Self, WalletEntry), WalletError> {
        match self.balance.minus(amount) {
            Ok(balance) => Ok(self.enter(balance, WalletEntryKind::Payment(payment), amount, id, now)),
            Err(_) => Err(WalletError::Insufficient { balance: self.balance, required: amount }),
        }
    }

    /// Credits the amount of a refunded payment; only the range of 64 bits limits it.
    ///
    /// # Errors
    /// [`WalletError::LimitExceeded`] above the range of 64 bits.
    pub fn refund(
        self,
        amount: Money,
        payment: PaymentId,
        id: WalletEntryId,
        now: OffsetDateTime,
    ) -> Result<(Self, WalletEntry), WalletError> {
        match self.balance.plus(amount) {
            Ok(balance) => Ok(self.enter(balance, WalletEntryKind::Refund(payment), amount, id, now)),
            Err(_) => Err(WalletError::LimitExceeded { balance: self.balance, limit: self.balance }),
        }
    }

    const fn enter(
        mut self,
        balance: Money,
        kind: WalletEntryKind,
        amount: Money,
        id: WalletEntryId,
        at: OffsetDateTime,
    ) -> (Self, WalletEntry) {
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
    const ID: WalletEntryId = WalletEntryId(Uuid::from_u128(1));
    const USER: UserId = UserId(Uuid::from_u128(2));
    const PAYMENT: PaymentId = PaymentId(Uuid::from_u128(3));

    fn money(minor: i64) -> Money {
        Money::new(minor).unwrap()
    }

    fn with(balance: i64) -> Wallet {
        Wallet { user: USER, balance: money(balance), last_sequence: 7 }
    }

    /// Returns the wallet and the entry after a step of `amount` that leads to `balance`.
    fn entered(kind: WalletEntryKind, amount: i64, balance: i64) -> (Wallet, WalletEntry) {
        let wallet = Wallet { user: USER, balance: money(balance), last_sequence: 8 };
        let entry = WalletEntry { id: ID, user: USER, sequence: 8, kind, amount: money(amount), balance: money(balance), at: NOW };
        (wallet, entry)
    }

    #[test]
    fn a_wallet_accepts_and_pays_amounts_within_its_limits() {
        let limit = money(100);
        for (balance, amount) in [(0, 0), (0, 1), (0, 100), (0, 101), (40, 60), (40, 61), (100, 0), (100, 1), (101, 0), (i64::MAX, 1)] {
            let wallet = with(balance);
            let sum = balance.checked_add(amount);

            let charged = match sum {
                Some(sum) if sum <= 100 => Ok(entered(WalletEntryKind::Charge, amount, sum)),
                Some(_) | None => Err(WalletError::LimitExceeded { balance: money(balance), limit }),
            };
            assert_eq!(wallet.charge(money(amount), limit, ID, NOW), charged, "charge {balance} by {amount}");

            let refunded = match sum {
                Some(sum) => Ok(entered(WalletEntryKind::Refund(PAYMENT), amount, sum)),
                None => Err(WalletError::LimitExceeded { balance: money(balance), limit: money(balance) }),
            };
            assert_eq!(wallet.refund(money(amount), PAYMENT, ID, NOW), refunded, "refund {amount} to {balance}");

            let paid = if amount <= balance {
                Ok(entered(WalletEntryKind::Payment(PAYMENT), amount, balance - amount))
            } else {
                Err(WalletError::Insufficient { balance: money(balance), required: money(amount) })
            };
            assert_eq!(wallet.pay(money(amount), PAYMENT, ID, NOW), paid, "pay {amount} of {balance}");
            assert_eq!(wallet, with(balance), "unchanged");
        }
    }

    #[test]
    fn the_sign_of_an_entry_shows_its_direction() {
        let signed = |kind| entered(kind, 5, 0).1.signed_minor();
        assert_eq!([WalletEntryKind::Charge, WalletEntryKind::Refund(PAYMENT), WalletEntryKind::Payment(PAYMENT)].map(signed), [5, 5, -5]);
    }
}
