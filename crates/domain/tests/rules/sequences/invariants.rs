//! The invariants of a store.

use std::collections::{BTreeMap, BTreeSet};

use domain::reservation::ReservationStatus;
use domain::testing::ModelStore;
use domain::{Money, PaymentState, QueueToken, ReservationState, SeatState, TokenState, TokenStatus, WalletEntry, WalletEntryKind};

/// Asserts that all invariants hold in `store` now.
pub(crate) fn assert_all(store: &ModelStore) {
    no_seat_has_two_live_reservations(store);
    seats_and_reservations_are_consistent(store);
    money_is_conserved(store);
    payments_and_sold_seats_match(store);
    users_have_at_most_one_live_token_per_queue(store);
    tokens_cover_their_holds(store);
    users_have_at_most_the_allowed_seats(store);
    numbers_are_gapless(store);
    admissions_are_in_order_and_counted(store);
}

fn no_seat_has_two_live_reservations(store: &ModelStore) {
    let mut taken = BTreeSet::new();
    for reservation in store.live_reservations() {
        for number in reservation.numbers() {
            assert!(taken.insert((reservation.schedule(), number)), "seat {number} has two live reservations");
        }
    }
}

fn seats_and_reservations_are_consistent(store: &ModelStore) {
    for seat in store.seats.values() {
        let named = seat.reservation().and_then(|id| store.reservations.get(&id));
        let state = named.map(|reservation| reservation.state());
        let is_consistent = match seat.state() {
            SeatState::Available | SeatState::Blocked => state.is_none(),
            SeatState::Held { until, .. } => state == Some(ReservationState::Held) && named.is_some_and(|hold| hold.expires_at() == until),
            SeatState::Reserved { .. } => matches!(state, Some(ReservationState::Confirmed { .. })),
        };
        assert!(is_consistent, "{seat:?} against {named:?}");
    }
    for reservation in store.reservations.values() {
        let own = store.seats.values().filter(|seat| seat.reservation() == Some(reservation.id()));
        let rows: Vec<_> = own.map(|seat| (seat.schedule(), seat.number())).collect();
        let expected: Vec<_> = match reservation.state() {
            ReservationState::Held | ReservationState::Confirmed { .. } => {
                reservation.numbers().map(|number| (reservation.schedule(), number)).collect()
            }
            ReservationState::Cancelled { .. } => Vec::new(),
        };
        assert_eq!(rows, expected, "the seats of {reservation:?}");
    }
}

fn money_is_conserved(store: &ModelStore) {
    let mut ledgers: BTreeMap<_, Vec<_>> = store.wallets.keys().map(|user| (*user, Vec::new())).collect();
    for entry in store.entries.values() {
        ledgers.entry(entry.user()).or_default().push(entry);
    }
    for (user, mut ledger) in ledgers {
        ledger.sort_by_key(|entry| entry.sequence());
        let mut balance = 0;
        for (entry, sequence) in ledger.iter().zip(1..) {
            balance += entry.signed_minor();
            assert_eq!((entry.sequence(), entry.balance().minor()), (sequence, balance), "{entry:?}");
            assert!(balance >= 0, "{entry:?}");
        }
        let wallet = store.wallets.get(&user).map(|wallet| (wallet.balance().minor(), wallet.last_sequence()));
        assert_eq!(wallet, Some((balance, ledger.len() as u64)), "the wallet of {user}");
    }
    let sum = |amounts: &mut dyn Iterator<Item = Money>| amounts.map(Money::minor).sum::<i64>();
    let charges = sum(&mut store.entries.values().filter(|entry| entry.kind() == WalletEntryKind::Charge).map(WalletEntry::amount));
    let balances = sum(&mut store.wallets.values().map(|wallet| wallet.balance()));
    let completed = store.payments.values().filter(|payment| payment.state() == PaymentState::Completed);
    assert_eq!(charges, balances + sum(&mut completed.map(|payment| payment.amount())));
}

fn payments_and_sold_seats_match(store: &ModelStore) {
    for payment in store.payments.values() {
        let reservation = &store.reservations[&payment.reservation()];
        let confirmed = reservation.state() == ReservationState::Confirmed { payment: payment.id() };
        assert_eq!(confirmed, payment.state() == PaymentState::Completed, "{payment:?} of {reservation:?}");
        assert_eq!((reservation.payment(), reservation.amount()), (Some(payment.id()), payment.amount()));
        let count = |kind| store.entries.values().filter(|entry| entry.kind() == kind && entry.user() == payment.user()).count();
        assert_eq!(count(WalletEntryKind::Payment(payment.id())), 1, "{payment:?} is debited once");
        assert_eq!(count(WalletEntryKind::Refund(payment.id())), usize::from(!confirmed), "{payment:?} is credited once");
    }
    let confirmed = store.reservations.values().filter_map(|reservation| reservation.payment());
    assert!(confirmed.into_iter().all(|id| store.payments.contains_key(&id)), "sold without a payment");
}

fn users_have_at_most_one_live_token_per_queue(store: &ModelStore) {
    let mut tokens = BTreeSet::new();
    for token in store.tokens.values().filter(|token| token.is_live()) {
        assert!(tokens.insert((token.queue(), token.user())), "{} has two live tokens in a queue", token.user());
    }
}

fn tokens_cover_their_holds(store: &ModelStore) {
    let mut holding = BTreeSet::new();
    for hold in store.reservations.values().filter(|reservation| reservation.occupies()) {
        assert!(holding.insert(hold.token()), "a token has two holds: {hold:?}");
        if store.status(hold) == ReservationStatus::Held {
            assert_eq!(store.tokens[&hold.token()].status(store.now), TokenStatus::Active, "{hold:?}");
        }
    }
}

fn users_have_at_most_the_allowed_seats(store: &ModelStore) {
    let mut owned: BTreeMap<_, usize> = BTreeMap::new();
    for reservation in store.live_reservations() {
        *owned.entry((reservation.user(), reservation.concert())).or_default() += reservation.seats().len();
    }
    let limit = store.rules.max_seats_per_user as usize;
    assert!(owned.values().all(|seats| *seats <= limit), "{owned:?}");
}

fn numbers_are_gapless(store: &ModelStore) {
    for (queue, line) in &store.queues {
        let mut numbers: Vec<_> = store.tokens.values().filter(|token| token.queue() == *queue).map(|token| token.number()).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=line.last_number).collect::<Vec<_>>());
    }
}

fn admissions_are_in_order_and_counted(store: &ModelStore) {
    for (queue, line) in &store.queues {
        let of_queue = || store.tokens.values().filter(|token| token.queue() == *queue);
        let admitted: BTreeSet<_> = of_queue().filter(|token| token.activated_at().is_some()).map(|token| token.number()).collect();
        let expected = (admitted.last().copied().unwrap_or_default(), admitted.len() as u64);
        assert_eq!((line.admission.last_admitted(), line.admission.admitted()), expected, "the admissions of {queue}");
        let is_overtaken = |token: &QueueToken| token.state() == TokenState::Waiting && token.number() <= line.admission.last_admitted();
        assert!(!of_queue().any(|token| is_overtaken(token)), "a waiting user was overtaken in {queue}");
    }
}
