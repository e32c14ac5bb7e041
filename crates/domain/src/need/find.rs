//! The lookups of each need.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::Hash;

use super::rows::{Lookup, Rows, Unreadable};
use super::{
    Account, Concert, ConcertInUse, HoldsOfToken, JoinTarget, Key, LabelledSeats, LapsedHolds, LayoutOf, OwnedBy, Payment, Queue,
    QueueHead, Reservation, Schedule, Seats, Sessions, Token,
};
use crate::loaded::{
    ConcertUse, LoadedAccount, LoadedConcert, LoadedJoinTarget, LoadedPayment, LoadedQueueHead, LoadedReservation, LoadedSchedule,
    LoadedSeats, LoadedToken, OwnedReservation,
};
use crate::{
    ConcertId, IdempotencyRecord, Offer, QueueId, QueueToken, ReservationId, ReservationState, ScheduleId, Seat, SeatNumber, SeatState,
    TokenState, UserId, Versioned,
};

type Found<T> = Result<T, Unreadable>;

impl Key {
    pub(super) fn find_in(&self, rows: &Rows) -> Found<Option<Versioned<IdempotencyRecord>>> {
        rows.check(|row| matches!(row, Lookup::Key(scope) if *scope == self.0))?;
        Ok(get(&rows.keys, &self.0))
    }
}

impl Account {
    pub(super) fn find_in(&self, rows: &Rows) -> Found<LoadedAccount> {
        rows.check(|row| matches!(row, Lookup::User(user) if *user == self.0))?;
        Ok(LoadedAccount { user: get(&rows.users, &self.0), wallet: rows.wallet(self.0)? })
    }
}

impl Token {
    pub(super) fn find_in(&self, rows: &Rows) -> Found<Option<LoadedToken>> {
        rows.check(|row| matches!(row, Lookup::Token { id, .. } if *id == self.0))?;
        let Some(token) = get(&rows.tokens, &self.0) else { return Ok(None) };
        Ok(rows.queue(token.queue())?.map(|queue| LoadedToken { token, queue }))
    }
}

impl JoinTarget {
    pub(super) fn find_in(&self, rows: &Rows) -> Found<Option<LoadedJoinTarget>> {
        let (queue, concert) = match self.concert {
            None => (crate::Queue::DEFAULT, None),
            Some(id) => match Concert(id).find_in(rows)? {
                None => return Ok(None),
                Some(found) => (found.concert.queue(), Some(found)),
            },
        };
        rows.check(|row| matches!(row, Lookup::Token { queue: of, user, .. } if (*of, *user) == (queue, self.user)))?;
        let waiting = rows.queue_counts.get(&queue).map_or(0, |standing| standing.waiting);
        let token = rows.live_tokens.get(&(queue, self.user)).and_then(|id| get(&rows.tokens, id));
        Ok(rows.queue(queue)?.map(|queue| LoadedJoinTarget { concert, queue, waiting, token }))
    }
}

impl QueueHead {
    pub(super) fn find_in(&self, rows: &Rows) -> Found<Option<LoadedQueueHead>> {
        rows.check(|row| matches!(row, Lookup::Token { queue, .. } if *queue == self.queue))?;
        let (queue, standing) = match (rows.queue(self.queue)?, rows.queue_counts.get(&self.queue)) {
            (Some(queue), Some(standing)) => (queue, standing.clone()),
            (None, _) | (_, None) => return Ok(None),
        };
        // Without a count of active tokens no user can be admitted.
        let active = if standing.waiting == 0 { 0 } else { standing.active.unwrap_or(u32::MAX) };
        let at_most = usize::try_from(self.at_most).unwrap_or(usize::MAX);
        let (mut lapsed, mut first_waiting): (Vec<&Versioned<QueueToken>>, Vec<_>) = (Vec::new(), Vec::new());
        let tokens = rows.tokens_in.get(&self.queue).into_iter().flatten();
        for token in tokens.filter_map(|id| rows.tokens.get(id)) {
            match token.state() {
                TokenState::Active { .. } if token.has_lapsed(rows.now) => lapsed.push(token),
                TokenState::Waiting => first_waiting.push(token),
                TokenState::Active { .. } | TokenState::Expired { .. } => {}
            }
        }
        lapsed.sort_by_key(|token| token.expires_at());
        first_waiting.sort_by_key(|token| token.number());
        let offers = self.find_offers(rows)?;
        Ok(Some(LoadedQueueHead {
            queue,
            admission: standing.admission,
            waiting: standing.waiting,
            active,
            offers,
            lapsed: lapsed.into_iter().take(at_most).cloned().collect(),
            first_waiting: first_waiting.into_iter().take(at_most).cloned().collect(),
        }))
    }

    fn find_offers(&self, rows: &Rows) -> Found<Option<Vec<Offer>>> {
        let Some(schedules) = rows.offered.get(&self.queue) else { return Ok(None) };
        let mut offers = Vec::with_capacity(schedules.len());
        for (schedule, has_seats) in schedules {
            offers.extend(rows.find_schedule(*schedule)?.map(|schedule| Offer { schedule: schedule.row, has_seats: *has_seats }));
        }
        Ok(Some(offers))
    }
}

impl Queue {
    pub(super) fn find_in(&self, rows: &Rows) -> Found<Option<Versioned<crate::Queue>>> {
        rows.queue(self.0)
    }
}

impl Concert {
    pub(super) fn find_in(&self, rows: &Rows) -> Found<Option<LoadedConcert>> {
        rows.check(|row| matches!(row, Lookup::Schedule { concert, .. } if *concert == self.0))?;
        let Some(concert) = rows.concert(self.0)? else { return Ok(None) };
        let schedules = rows.schedules_of.get(&self.0).into_iter().flatten().filter_map(|(_, id)| get(&rows.schedules, id)).collect();
        Ok(Some(LoadedConcert { concert, schedules }))
    }
}

impl ConcertInUse {
    pub(super) fn find_in(&self, rows: &Rows) -> Found<ConcertUse> {
        rows.check(|row| matches!(row, Lookup::Concert(concert) if *concert == self.0))?;
        Ok(rows.uses.get(&self.0).copied().unwrap_or_default())
    }
}

impl Schedule {
    pub(super) fn find_in(&self, rows: &Rows) -> Found<Option<LoadedSchedule>> {
        let Some(schedule) = rows.find_schedule(self.0)? else { return Ok(None) };
        Ok(rows.concert(schedule.concert())?.map(|concert| LoadedSchedule { schedule, concert }))
    }
}

impl Seats {
    pub(super) fn find_in(&self, rows: &Rows) -> Found<LoadedSeats> {
        let numbers: BTreeSet<SeatNumber> = self.numbers.iter().copied().collect();
        let seats = rows.seats(self.schedule, numbers)?;
        let holder = |seat: &Versioned<Seat>| match seat.state() {
            SeatState::Held { reservation, .. } => Some(reservation),
            SeatState::Available | SeatState::Reserved { .. } | SeatState::Blocked => None,
        };
        let named: BTreeSet<ReservationId> = seats.iter().filter_map(holder).collect();
        let mut holds = Vec::new();
        for id in named {
            holds.extend(rows.reservation(id)?.filter(|found| found.reservation.occupies()));
        }
        Ok(LoadedSeats { seats, holds })
    }
}

impl LabelledSeats {
    #[expect(clippy::unnecessary_wraps, reason = "the signature of all needs; an unreadable seat has no label")]
    pub(super) fn find_in(&self, rows: &Rows) -> Found<Vec<Versioned<Seat>>> {
        let labels: BTreeSet<&str> = self.labels.iter().map(String::as_str).collect();
        let is_wanted = |seat: &&Versioned<Seat>| seat.schedule() == self.schedule && labels.contains(seat.label());
        let mut seats: Vec<_> = rows.seats.values().filter(is_wanted).cloned().collect();
        seats.sort_unstable_by_key(|seat| seat.number());
        Ok(seats)
    }
}

impl LayoutOf {
    pub(super) fn find_in(&self, rows: &Rows) -> Found<Option<crate::Layout>> {
        let Some(hash) = rows.find_schedule(self.0)?.and_then(|schedule| schedule.layout()) else { return Ok(None) };
        rows.check(|row| matches!(row, Lookup::Layout(layout) if layout.is_none_or(|layout| layout == hash)))?;
        Ok(get(&rows.layouts, &hash))
    }
}

impl Reservation {
    pub(super) fn find_in(&self, rows: &Rows) -> Found<Option<(LoadedReservation, Versioned<crate::Concert>)>> {
        let Some(found) = rows.reservation(self.0)? else { return Ok(None) };
        Ok(rows.concert(found.reservation.concert())?.map(|concert| (found, concert)))
    }
}

impl HoldsOfToken {
    pub(super) fn find_in(&self, rows: &Rows) -> Found<Vec<LoadedReservation>> {
        rows.check(|row| matches!(row, Lookup::Reservation { token, .. } if *token == self.0))?;
        let mut holds = Vec::new();
        for id in rows.reservations_under.get(&self.0).into_iter().flatten() {
            if rows.reservations.get(id).is_some_and(|reservation| reservation.occupies()) {
                holds.extend(rows.reservation(*id)?);
            }
        }
        Ok(holds)
    }
}

impl OwnedBy {
    pub(super) fn find_in(&self, rows: &Rows) -> Found<Vec<OwnedReservation>> {
        let Some(concert) = rows.find_schedule(self.schedule)?.map(|schedule| schedule.concert()) else { return Ok(Vec::new()) };
        rows.check(|row| matches!(row, Lookup::Reservation { user, concert: of, .. } if (*user, *of) == (self.user, concert)))?;
        let mut owned = Vec::new();
        let all = rows.reservations_of.get(&(self.user, concert)).into_iter().flatten();
        for reservation in all.filter_map(|id| rows.reservations.get(id)) {
            match reservation.state() {
                ReservationState::Held | ReservationState::Confirmed { .. } => {
                    let schedule = rows.find_schedule(reservation.schedule())?;
                    owned.extend(schedule.map(|schedule| OwnedReservation { reservation: reservation.clone(), schedule }));
                }
                ReservationState::Cancelled { .. } => {}
            }
        }
        Ok(owned)
    }
}

impl Payment {
    pub(super) fn find_in(&self, rows: &Rows) -> Found<Option<LoadedPayment>> {
        rows.check(|row| matches!(row, Lookup::Payment(id) if *id == self.0))?;
        let Some(payment) = get(&rows.payments, &self.0) else { return Ok(None) };
        let (reservation, wallet) = (rows.reservation(payment.reservation())?, rows.wallet(payment.user())?);
        Ok(reservation.zip(wallet).map(|(reservation, wallet)| LoadedPayment { payment, reservation, wallet }))
    }
}

impl Sessions {
    pub(super) fn find_in(&self, rows: &Rows) -> Found<Vec<Versioned<crate::Session>>> {
        rows.check(|row| matches!(row, Lookup::Session(user) if *user == self.0))?;
        Ok(rows.sessions.get(&self.0).into_iter().flat_map(BTreeMap::values).cloned().collect())
    }
}

impl LapsedHolds {
    #[expect(clippy::unnecessary_wraps, reason = "the signature of all needs")]
    pub(super) fn find_in(&self, rows: &Rows) -> Found<Vec<Found<LoadedReservation>>> {
        let since = rows.now - self.longest;
        let is_cancelled = |schedule: ScheduleId| {
            let cancellation = rows.schedules.get(&schedule).and_then(|schedule| schedule.cancellation());
            cancellation.is_some_and(|cancellation| since < cancellation.at)
        };
        let has_lapsed = |hold: &crate::Reservation| hold.expires_at() <= rows.now;
        let held = rows.reservations.values().filter(|hold| hold.occupies());
        let mut holds: Vec<_> = held.filter(|hold| has_lapsed(hold) || is_cancelled(hold.schedule())).collect();
        // Lapsed holds come before those of cancelled schedules.
        holds.sort_by_key(|hold| (hold.expires_at(), hold.id()));
        holds.truncate(usize::try_from(self.at_most).unwrap_or(usize::MAX));
        let found = holds.into_iter().filter_map(|hold| rows.reservation(hold.id()).transpose());
        let unreadable = rows.unreadable.iter().filter(|row| matches!(row.lookup, Lookup::Reservation { .. }));
        Ok(found.chain(unreadable.cloned().map(Err)).collect())
    }
}

/// Lookups that several needs share.
impl Rows {
    fn queue(&self, id: QueueId) -> Found<Option<Versioned<crate::Queue>>> {
        self.check(|row| matches!(row, Lookup::Queue(queue) if *queue == id))?;
        Ok(get(&self.queues, &id))
    }

    fn wallet(&self, user: UserId) -> Found<Option<Versioned<crate::Wallet>>> {
        self.check(|row| matches!(row, Lookup::Wallet(of) if *of == user))?;
        Ok(get(&self.wallets, &user))
    }

    fn concert(&self, id: ConcertId) -> Found<Option<Versioned<crate::Concert>>> {
        self.check(|row| matches!(row, Lookup::Concert(concert) if *concert == id))?;
        Ok(get(&self.concerts, &id))
    }

    fn find_schedule(&self, schedule: ScheduleId) -> Found<Option<Versioned<crate::Schedule>>> {
        self.check(|row| matches!(row, Lookup::Schedule { id, .. } if *id == schedule))?;
        Ok(get(&self.schedules, &schedule))
    }

    /// Returns the seats that exist.
    fn seats(&self, schedule: ScheduleId, numbers: impl IntoIterator<Item = SeatNumber>) -> Found<Vec<Versioned<Seat>>> {
        let mut seats = Vec::new();
        for number in numbers {
            self.check(|row| matches!(row, Lookup::Seat(of, found) if *of == schedule && *found == Some(number)))?;
            seats.extend(get(&self.seats, &(schedule, number)));
        }
        Ok(seats)
    }

    fn reservation(&self, reservation: ReservationId) -> Found<Option<LoadedReservation>> {
        self.check(|row| matches!(row, Lookup::Reservation { id, .. } if *id == reservation))?;
        let Some(reservation) = get(&self.reservations, &reservation) else { return Ok(None) };
        let Some(schedule) = self.find_schedule(reservation.schedule())? else { return Ok(None) };
        let seats = self.seats(reservation.schedule(), reservation.numbers())?;
        Ok(Some(LoadedReservation { reservation, schedule, seats }))
    }
}

fn get<K: Eq + Hash, T: Clone>(rows: &HashMap<K, T>, key: &K) -> Option<T> {
    rows.get(key).cloned()
}
