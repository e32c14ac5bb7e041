//! What must hold at every instant.

use std::collections::{BTreeMap, BTreeSet};

use domain::reservation::ReservationStatus;
use domain::{EntryKind, Money, PaymentState, Reservation, ReservationState, SeatState, TokenStatus, Versioned};

use super::world::World;

impl World {
    pub(crate) fn keeps_its_promises(&self) {
        self.no_seat_has_two_live_reservations();
        self.seats_and_reservations_agree();
        self.money_is_conserved();
        self.payments_and_sold_seats_are_one();
        self.users_have_one_live_token_a_queue();
        self.tokens_cover_their_holds();
        self.nobody_has_more_seats_than_allowed();
        self.numbers_are_gapless();
    }

    /// What the reservation is now.
    pub(crate) fn status(&self, reservation: &Reservation) -> ReservationStatus {
        reservation.status(self.dates[&reservation.schedule].at(self.now))
    }

    pub(crate) fn live_reservations(&self) -> impl Iterator<Item = &Versioned<Reservation>> {
        self.reservations.values().filter(|reservation| match self.status(reservation) {
            ReservationStatus::Held | ReservationStatus::Confirmed => true,
            ReservationStatus::Cancelled(_) => false,
        })
    }

    fn no_seat_has_two_live_reservations(&self) {
        let mut taken = BTreeSet::new();
        for reservation in self.live_reservations() {
            for number in reservation.numbers() {
                assert!(taken.insert((reservation.schedule, number)), "seat {number} has two live reservations");
            }
        }
    }

    fn seats_and_reservations_agree(&self) {
        for seat in self.seats.values() {
            let named = seat.reservation().and_then(|id| self.reservations.get(&id));
            let state = named.map(|reservation| reservation.state());
            let agrees = match seat.state() {
                SeatState::Available | SeatState::Blocked => state.is_none(),
                SeatState::Held { until, .. } => {
                    state == Some(ReservationState::Held) && named.is_some_and(|hold| hold.expires_at == until)
                }
                SeatState::Reserved { .. } => matches!(state, Some(ReservationState::Confirmed { .. })),
            };
            assert!(agrees, "{seat:?} against {named:?}");
        }
        for reservation in self.reservations.values() {
            let own = self.seats.values().filter(|seat| seat.reservation() == Some(reservation.id));
            let rows: Vec<_> = own.map(|seat| (seat.schedule, seat.number)).collect();
            let says: Vec<_> = match reservation.state() {
                ReservationState::Held | ReservationState::Confirmed { .. } => {
                    reservation.numbers().map(|number| (reservation.schedule, number)).collect()
                }
                ReservationState::Cancelled { .. } => Vec::new(),
            };
            assert_eq!(rows, says, "the seats of {reservation:?}");
        }
    }

    fn money_is_conserved(&self) {
        let mut books: BTreeMap<_, Vec<_>> = self.wallets.keys().map(|user| (*user, Vec::new())).collect();
        for entry in self.entries.values() {
            books.entry(entry.user).or_default().push(entry);
        }
        for (user, mut book) in books {
            book.sort_by_key(|entry| entry.sequence);
            let mut balance = 0;
            for (entry, sequence) in book.iter().zip(1..) {
                balance += entry.signed_minor();
                assert_eq!((entry.sequence, entry.balance.minor()), (sequence, balance), "{entry:?}");
                assert!(balance >= 0, "{entry:?}");
            }
            let wallet = self.wallets.get(&user).map(|wallet| (wallet.balance().minor(), wallet.last_sequence()));
            assert_eq!(wallet, Some((balance, book.len() as u64)), "the wallet of {user}");
        }
        let sum = |amounts: &mut dyn Iterator<Item = Money>| amounts.map(Money::minor).sum::<i64>();
        let charges = sum(&mut self.entries.values().filter(|entry| entry.kind == EntryKind::Charge).map(|entry| entry.amount));
        let balances = sum(&mut self.wallets.values().map(|wallet| wallet.balance()));
        let completed = self.payments.values().filter(|payment| payment.state() == PaymentState::Completed);
        assert_eq!(charges, balances + sum(&mut completed.map(|payment| payment.amount)));
    }

    fn payments_and_sold_seats_are_one(&self) {
        for payment in self.payments.values() {
            let reservation = &self.reservations[&payment.reservation];
            let confirmed = reservation.state() == ReservationState::Confirmed { payment: payment.id };
            assert_eq!(confirmed, payment.state() == PaymentState::Completed, "{payment:?} of {reservation:?}");
            assert_eq!((reservation.payment(), reservation.amount), (Some(payment.id), payment.amount));
            let count = |kind| self.entries.values().filter(|entry| entry.kind == kind && entry.user == payment.user).count();
            assert_eq!(count(EntryKind::Payment(payment.id)), 1, "{payment:?} is debited once");
            assert_eq!(count(EntryKind::Refund(payment.id)), usize::from(!confirmed), "{payment:?} is credited once");
        }
        let confirmed = self.reservations.values().filter_map(|reservation| reservation.payment());
        assert!(confirmed.into_iter().all(|id| self.payments.contains_key(&id)), "sold without a payment");
    }

    fn users_have_one_live_token_a_queue(&self) {
        let mut places = BTreeSet::new();
        for token in self.tokens.values().filter(|token| token.is_live()) {
            assert!(places.insert((token.queue, token.user)), "{} has two places in a line", token.user);
        }
    }

    fn tokens_cover_their_holds(&self) {
        let mut holding = BTreeSet::new();
        for hold in self.reservations.values().filter(|reservation| reservation.occupies()) {
            assert!(holding.insert(hold.token), "a token has two holds: {hold:?}");
            if self.status(hold) == ReservationStatus::Held {
                assert_eq!(self.tokens[&hold.token].status(self.now), TokenStatus::Active, "{hold:?}");
            }
        }
    }

    fn nobody_has_more_seats_than_allowed(&self) {
        let mut owned: BTreeMap<_, usize> = BTreeMap::new();
        for reservation in self.live_reservations() {
            *owned.entry((reservation.user, reservation.concert)).or_default() += reservation.seats.len();
        }
        let limit = self.rules.max_seats_per_user as usize;
        assert!(owned.values().all(|seats| *seats <= limit), "{owned:?}");
    }

    fn numbers_are_gapless(&self) {
        for (queue, line) in &self.lines {
            let mut numbers: Vec<_> = self.tokens.values().filter(|token| token.queue == *queue).map(|token| token.number).collect();
            numbers.sort_unstable();
            assert_eq!(numbers, (1..=line.last_number).collect::<Vec<_>>());
        }
    }
}
