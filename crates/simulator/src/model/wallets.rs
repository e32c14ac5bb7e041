//! Wallets and payments: charges equal balances plus payments, and every change of a balance has an entry.

use std::collections::HashMap;

use domain::{Payment, PaymentId, PaymentState, ReservationId, UserId, Wallet, WalletEntry, WalletEntryKind};

use super::commit::{Commit, broken};
use super::inventory::Inventory;
use crate::plan::Numbers;
use crate::violation::{Check, ensure};

/// All wallets and payments.
pub(crate) struct Wallets {
    max_balance: i64,
    accounts: HashMap<UserId, Account>,
    payments: HashMap<PaymentId, Paid>,
    of_reservation: HashMap<ReservationId, PaymentId>,
    /// Sum of all charges.
    charged: i64,
    /// Sum of all balances.
    total_balance: i64,
    /// Sum of all payments that are not refunded.
    paid: i64,
}

/// The balance of a wallet and the number of its entries.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Account {
    pub(crate) balance: i64,
    pub(crate) entries: u64,
}

/// A committed payment.
#[derive(Debug, Clone, Copy)]
struct Paid {
    user: UserId,
    amount: i64,
    is_refunded: bool,
}

impl Wallets {
    pub(super) fn new(numbers: &Numbers) -> Self {
        Self {
            max_balance: numbers.max_balance,
            accounts: HashMap::new(),
            payments: HashMap::new(),
            of_reservation: HashMap::new(),
            charged: 0,
            total_balance: 0,
            paid: 0,
        }
    }

    pub(crate) fn wallet(&self, user: UserId) -> Account {
        self.accounts.get(&user).copied().unwrap_or_default()
    }

    pub(crate) fn payment(&self, id: PaymentId) -> Option<(UserId, i64)> {
        self.payments.get(&id).map(|paid| (paid.user, paid.amount))
    }

    pub(super) fn is_refunded(&self, id: PaymentId) -> bool {
        self.payments.get(&id).is_some_and(|paid| paid.is_refunded)
    }

    /// The ids of a user's payments, sorted.
    pub(crate) fn of(&self, user: UserId) -> Vec<PaymentId> {
        let mut mine: Vec<_> = self.payments.iter().filter(|(_, paid)| paid.user == user).map(|(id, _)| *id).collect();
        mine.sort_unstable();
        mine
    }

    /// The ids of payments that are not refunded, sorted.
    pub(crate) fn completed(&self) -> Vec<PaymentId> {
        let mut completed: Vec<_> = self.payments.iter().filter(|(_, paid)| !paid.is_refunded).map(|(id, _)| *id).collect();
        completed.sort_unstable();
        completed
    }

    pub(super) fn commit(&mut self, commit: &Commit<'_>, inventory: &Inventory) -> Check {
        let entries: Vec<&WalletEntry> = commit.change.rows::<WalletEntry>().map(|entry| &entry.row).collect();
        for payment in commit.change.rows::<Payment>() {
            self.pay(&payment.row, &entries, inventory)?;
        }
        for wallet in commit.change.rows::<Wallet>() {
            self.apply_entries(&wallet.row, &entries)?;
        }
        let has_wallet = |entry: &&WalletEntry| commit.change.rows::<Wallet>().any(|wallet| wallet.row.user() == entry.user());
        ensure(entries.iter().all(has_wallet), "P2", "a wallet entry was written without its wallet", || format!("{entries:?}"))?;
        let (charged, all) = (self.charged, self.total_balance + self.paid);
        ensure(charged == all, "P2", "charges differ from balances plus payments", || {
            format!("charges {charged}, balances and payments {all}")
        })
    }

    /// Applies a payment or refund, and checks that each happens once and has a wallet entry.
    fn pay(&mut self, payment: &Payment, entries: &[&WalletEntry], inventory: &Inventory) -> Check {
        let detail = || format!("{:?} of {} for {:?}", payment.id(), payment.amount().minor(), payment.reservation());
        let entries_of = |kind: WalletEntryKind| {
            let mine = entries.iter().filter(|entry| entry.kind() == kind);
            mine.filter(|entry| entry.user() == payment.user() && entry.amount() == payment.amount()).count()
        };
        match (self.payments.get_mut(&payment.id()), payment.state()) {
            (None, PaymentState::Completed) => {
                let before = self.of_reservation.insert(payment.reservation(), payment.id());
                ensure(before.is_none(), "P3", "a reservation was paid twice", detail)?;
                let is_due = inventory.due(payment.reservation()) == Some(payment.amount())
                    && inventory.owner(payment.reservation()) == Some(payment.user());
                ensure(is_due, "P3", "a payment differs from the amount due", detail)?;
                ensure(
                    entries_of(WalletEntryKind::Payment(payment.id())) == 1,
                    "P3",
                    "a payment has not exactly one wallet entry",
                    detail,
                )?;
                let paid = Paid { user: payment.user(), amount: payment.amount().minor(), is_refunded: false };
                self.payments.insert(payment.id(), paid);
                self.paid += paid.amount;
            }
            (Some(paid), PaymentState::Cancelled { .. }) if !paid.is_refunded => {
                ensure(entries_of(WalletEntryKind::Refund(payment.id())) == 1, "P3", "a refund has not exactly one wallet entry", detail)?;
                paid.is_refunded = true;
                self.paid -= paid.amount;
            }
            _ => return Err(broken("P3", "invalid state transition of a payment", detail())),
        }
        Ok(())
    }

    /// Applies the entries of a wallet, and checks that its balance is their sum.
    fn apply_entries(&mut self, wallet: &Wallet, entries: &[&WalletEntry]) -> Check {
        let account = self.accounts.entry(wallet.user()).or_default();
        let before = account.balance;
        let mut charged = 0;
        for entry in entries.iter().filter(|entry| entry.user() == wallet.user()) {
            let amount = entry.amount().minor();
            let balance = account.balance;
            account.balance += match entry.kind() {
                WalletEntryKind::Charge | WalletEntryKind::Refund(_) => amount,
                WalletEntryKind::Payment(_) => -amount,
            };
            if entry.kind() == WalletEntryKind::Charge {
                charged += amount;
            }
            account.entries += 1;
            let detail = || format!("{entry:?} after {balance}");
            ensure(entry.sequence() == account.entries, "P2", "sequence numbers of wallet entries have a gap or a duplicate", detail)?;
            ensure(entry.balance().minor() == account.balance, "P2", "a wallet entry has the wrong balance", detail)?;
        }
        let detail = || format!("{:?} has balance {}, its entries sum to {}", wallet.user(), wallet.balance().minor(), account.balance);
        ensure(wallet.balance().minor() == account.balance, "P2", "a balance is not the sum of its entries", detail)?;
        ensure(account.balance >= 0, "P2", "a balance is negative", detail)?;
        ensure(charged == 0 || account.balance <= self.max_balance, "P2", "a charge exceeded the maximum balance", detail)?;
        self.charged += charged;
        self.total_balance += account.balance - before;
        Ok(())
    }
}
