//! P2: no money appears or vanishes.

use domain::{Payment, PaymentState, UserId, Wallet, WalletEntry, WalletEntryKind};

use super::everything::Everything;
use crate::engine::Order::Ascending;
use crate::fault::Fault;
use crate::key::{Key, Kind};
use crate::view::View;

pub(super) fn wrong_balances(state: &Everything) -> usize {
    let sum = |user| entries_of(state, user).map(|entry| i128::from(entry.signed_minor())).sum::<i128>();
    let wrong = state.wallets.values().filter(|wallet| i128::from(wallet.balance().minor()) != sum(wallet.user())).count();
    wrong + state.entries.values().filter(|entry| !state.wallets.contains_key(&entry.user())).count()
}

pub(super) fn wallets_with_gaps(state: &Everything) -> usize {
    let is_gapless = |user, last| entries_of(state, user).map(WalletEntry::sequence).eq(1..=last);
    state.wallets.values().filter(|wallet| !is_gapless(wallet.user(), wallet.last_sequence())).count()
}

pub(super) fn wrong_entry_balances(state: &Everything) -> usize {
    let running = |user| {
        entries_of(state, user).scan(0_i128, |sum, entry| {
            *sum += i128::from(entry.signed_minor());
            Some(*sum == i128::from(entry.balance().minor()))
        })
    };
    state.wallets.keys().flat_map(|user| running(*user)).filter(|is_right| !is_right).count()
}

fn entries_of(state: &Everything, user: UserId) -> impl Iterator<Item = &WalletEntry> {
    state.entries.range((user, 0)..=(user, u64::MAX)).map(|(_, entry)| entry)
}

/// Returns the sum of balances and completed payments, less the charges. It reads no other rows.
pub(super) fn drift(view: View<'_>) -> Result<i128, Fault> {
    let mut drift = 0;
    for wallet in view.rows::<Wallet>(Key::of(Kind::Wallet).all(), Ascending)? {
        drift += i128::from(wallet?.balance().minor());
    }
    for payment in view.rows::<Payment>(Key::of(Kind::Payment).all(), Ascending)? {
        let payment = payment?;
        drift += if payment.state() == PaymentState::Completed { i128::from(payment.amount().minor()) } else { 0 };
    }
    for entry in view.rows::<WalletEntry>(Key::of(Kind::WalletEntry).all(), Ascending)? {
        let entry = entry?;
        drift -= if entry.kind() == WalletEntryKind::Charge { i128::from(entry.amount().minor()) } else { 0 };
    }
    Ok(drift)
}
