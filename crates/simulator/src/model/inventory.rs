//! Inventory: seats, holds and reservations, and whether each change of them is allowed.

use std::collections::{BTreeMap, HashMap};

use domain::{
    CancelReason, Concert, ConcertId, Money, Payment, PaymentId, QueueId, Reservation, ReservationId, ReservationState, Schedule,
    ScheduleId, Seat, SeatState, TokenId, UserId,
};
use time::OffsetDateTime;

use super::commit::{Commit, broken};
use crate::plan::Numbers;
use crate::violation::{Check, ensure};

/// The key of a seat: its schedule and number.
pub(crate) type SeatKey = (ScheduleId, u32);

/// The committed concerts, schedules, seats and reservations.
pub(crate) struct Inventory {
    max_seats: u32,
    hold: time::Duration,
    pub(crate) concerts: BTreeMap<ConcertId, (QueueId, Option<u32>)>,
    pub(crate) schedules: BTreeMap<ScheduleId, ScheduleState>,
    pub(crate) seats: BTreeMap<SeatKey, SeatOwner>,
    holdings: HashMap<ReservationId, Holding>,
    of_user: HashMap<(UserId, ConcertId), Vec<ReservationId>>,
}

/// A schedule of a concert.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ScheduleState {
    pub(crate) concert: ConcertId,
    pub(crate) is_cancelled: bool,
    pub(crate) opens: OffsetDateTime,
    pub(crate) closes: OffsetDateTime,
}

/// The owner of a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SeatOwner {
    Available,
    Blocked,
    Held(ReservationId, OffsetDateTime),
    Sold(ReservationId),
}

/// A reservation of a user, in any state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Holding {
    pub(crate) user: UserId,
    pub(crate) token: TokenId,
    pub(crate) schedule: ScheduleId,
    pub(crate) seats: Vec<u32>,
    pub(crate) amount: i64,
    pub(crate) until: OffsetDateTime,
    pub(crate) state: ReservationState,
}

impl Inventory {
    pub(super) fn new(numbers: &Numbers) -> Self {
        Self {
            max_seats: numbers.max_seats,
            hold: time::Duration::milliseconds(i64::try_from(numbers.hold).unwrap_or(i64::MAX)),
            concerts: BTreeMap::new(),
            schedules: BTreeMap::new(),
            seats: BTreeMap::new(),
            holdings: HashMap::new(),
            of_user: HashMap::new(),
        }
    }

    pub(crate) fn holding(&self, id: ReservationId) -> Option<&Holding> {
        self.holdings.get(&id)
    }

    pub(crate) fn holdings(&self) -> impl Iterator<Item = (&ReservationId, &Holding)> {
        self.holdings.iter()
    }

    pub(super) fn token_of(&self, id: ReservationId) -> Option<TokenId> {
        self.holdings.get(&id).map(|holding| holding.token)
    }

    /// Whether a hold is live at a time.
    pub(crate) fn is_live(&self, holding: &Holding, now: OffsetDateTime) -> bool {
        let is_cancelled = self.schedules.get(&holding.schedule).is_some_and(|schedule| schedule.is_cancelled);
        holding.state == ReservationState::Held && now < holding.until && !is_cancelled
    }

    /// Whether a seat is available at a time.
    pub(crate) fn is_free(&self, seat: SeatKey, now: OffsetDateTime) -> bool {
        match self.seats.get(&seat) {
            Some(SeatOwner::Available) => true,
            Some(SeatOwner::Held(_, until)) => *until <= now || self.schedules.get(&seat.0).is_some_and(|schedule| schedule.is_cancelled),
            Some(SeatOwner::Sold(_) | SeatOwner::Blocked) | None => false,
        }
    }

    /// Whether a seat of the queue's concerts can be bought; always true for the default queue and for queues without concerts.
    pub(crate) fn is_worth_waiting(&self, queue: QueueId, now: OffsetDateTime) -> bool {
        let mut concerts = self.concerts.iter().filter(|(_, (of, _))| *of == queue).map(|(id, _)| *id).peekable();
        let has_seats = |id: ScheduleId| {
            let seats = self.seats.range((id, 0)..=(id, u32::MAX));
            seats.into_iter().any(|(_, owner)| matches!(owner, SeatOwner::Available | SeatOwner::Held(..)))
        };
        let can_be_bought = |(id, schedule): (&ScheduleId, &ScheduleState)| {
            !schedule.is_cancelled && schedule.opens <= now && now < schedule.closes && has_seats(*id)
        };
        queue == domain::Queue::DEFAULT
            || concerts.peek().is_none()
            || concerts.any(|concert| self.schedules.iter().filter(|(_, schedule)| schedule.concert == concert).any(can_be_bought))
    }

    /// Applies writes of concerts and schedules.
    pub(super) fn apply_catalogue(&mut self, change: &domain::Change) {
        for concert in change.rows::<Concert>() {
            self.concerts.insert(concert.row.id(), (concert.row.queue(), concert.row.max_seats_per_user()));
        }
        for schedule in change.rows::<Schedule>() {
            let schedule = &schedule.row;
            let (opens, closes) = (schedule.sale_opens_at(), schedule.sale_closes_at());
            self.schedules
                .insert(schedule.id(), ScheduleState { concert: schedule.concert(), is_cancelled: schedule.is_cancelled(), opens, closes });
        }
    }

    /// Applies a commit. `is_admitted` is whether the token of a hold admits its user to a queue; `is_refunded` is whether a payment was
    /// refunded before this commit.
    pub(super) fn commit(
        &mut self,
        commit: &Commit<'_>,
        is_admitted: &dyn Fn(&Reservation, Option<QueueId>) -> bool,
        is_refunded: &dyn Fn(PaymentId) -> bool,
    ) -> Check {
        // Ended reservations release their seats before new holds take them.
        let (new, ended): (Vec<_>, Vec<_>) =
            commit.change.rows::<Reservation>().map(|write| &write.row).partition(|row| row.state() == ReservationState::Held);
        for reservation in ended {
            self.end(commit, reservation, is_refunded)?;
        }
        for reservation in new {
            self.hold(commit, reservation, is_admitted)?;
        }
        for seat in commit.change.rows::<Seat>() {
            self.check_seat(commit, &seat.row)?;
        }
        Ok(())
    }

    fn end(&mut self, commit: &Commit<'_>, reservation: &Reservation, is_refunded: &dyn Fn(PaymentId) -> bool) -> Check {
        let is_cancelled = self.schedules.get(&reservation.schedule()).is_some_and(|schedule| schedule.is_cancelled);
        let Some(holding) = self.holdings.get_mut(&reservation.id()) else {
            return Err(broken("P1", "an unknown reservation was updated", format!("{:?}", reservation.id())));
        };
        let detail =
            || format!("{:?} of seats {:?} was {:?} and is {:?}", reservation.id(), holding.seats, holding.state, reservation.state());
        let paid = |payment: PaymentId| {
            commit.change.rows::<Payment>().any(|row| row.row.id() == payment && row.row.reservation() == reservation.id())
        };
        match (holding.state, reservation.state()) {
            (ReservationState::Held, ReservationState::Confirmed { payment }) => {
                ensure(commit.now < holding.until && !is_cancelled, "P4", "an expired hold was paid", detail)?;
                ensure(paid(payment), "P3", "seats were sold without a payment", detail)?;
            }
            (ReservationState::Held, ReservationState::Cancelled { reason: CancelReason::Expired, .. }) => {
                ensure(holding.until <= commit.latest || is_cancelled, "P4", "a hold expired before its deadline", detail)?;
            }
            (ReservationState::Held, ReservationState::Cancelled { reason: CancelReason::Released, .. }) => {
                let mut held = commit.change.rows::<Reservation>().filter(|hold| hold.row.state() == ReservationState::Held);
                ensure(held.all(|hold| hold.row.user() == holding.user), "P4", "a live hold was released for another user", detail)?;
            }
            (ReservationState::Confirmed { payment }, ReservationState::Cancelled { reason: CancelReason::Refunded, .. }) => {
                ensure(!is_refunded(payment) && paid(payment), "P3", "seats were refunded without the money", detail)?;
            }
            _ => return Err(broken("P1", "invalid state transition of a reservation", detail())),
        }
        holding.state = reservation.state();
        for seat in &holding.seats {
            let owner = self.seats.entry((holding.schedule, *seat)).or_insert(SeatOwner::Available);
            let is_owner = matches!(owner, SeatOwner::Held(of, _) | SeatOwner::Sold(of) if *of == reservation.id());
            if is_owner {
                *owner = if matches!(holding.state, ReservationState::Confirmed { .. }) {
                    SeatOwner::Sold(reservation.id())
                } else {
                    SeatOwner::Available
                };
            }
        }
        Ok(())
    }

    fn hold(
        &mut self,
        commit: &Commit<'_>,
        reservation: &Reservation,
        is_admitted: &dyn Fn(&Reservation, Option<QueueId>) -> bool,
    ) -> Check {
        let seats: Vec<u32> = reservation.numbers().map(domain::SeatNumber::get).collect();
        let detail = || format!("{:?} of seats {seats:?} by {:?}", reservation.id(), reservation.user());
        if let Some(known) = self.holdings.get(&reservation.id()) {
            // A hold of the same seats again keeps the existing hold.
            let same = known.state == ReservationState::Held && known.seats == seats && known.until == reservation.expires_at();
            return ensure(same, "P1", "a hold was modified", detail);
        }
        let queue = self.concerts.get(&reservation.concert()).map(|(queue, _)| *queue);
        ensure(is_admitted(reservation, queue), "P6", "seats were held without an active token", detail)?;
        let Some(schedule) = self.schedules.get(&reservation.schedule()).copied() else {
            return Err(broken("P1", "seats of an unknown schedule were held", detail()));
        };
        let on_sale = !schedule.is_cancelled && schedule.opens <= commit.latest && commit.now < schedule.closes;
        ensure(on_sale, "P4", "seats were held outside the sale", detail)?;
        let in_time = reservation.expires_at() <= commit.latest + self.hold && commit.now < reservation.expires_at() + self.hold;
        ensure(in_time, "P4", "wrong duration of a hold", detail)?;
        for number in &seats {
            let seat = (reservation.schedule(), *number);
            ensure(self.is_free(seat, commit.latest), "P1", "a seat was held that was not available", || {
                format!("{}: seat {number} is {:?}", detail(), self.seats.get(&seat))
            })?;
        }
        let mine = self.of_user.entry((reservation.user(), reservation.concert())).or_default();
        mine.push(reservation.id());
        let holding = Holding {
            user: reservation.user(),
            token: reservation.token(),
            schedule: reservation.schedule(),
            seats: seats.clone(),
            amount: reservation.amount().minor(),
            until: reservation.expires_at(),
            state: ReservationState::Held,
        };
        for number in &seats {
            self.seats.insert((reservation.schedule(), *number), SeatOwner::Held(reservation.id(), reservation.expires_at()));
        }
        self.holdings.insert(reservation.id(), holding);
        self.check_limits(commit, reservation)
    }

    fn check_limits(&self, commit: &Commit<'_>, reservation: &Reservation) -> Check {
        let counts = |holding: &&Holding| match holding.state {
            ReservationState::Held => self.is_live(holding, commit.now),
            ReservationState::Confirmed { .. } => true,
            ReservationState::Cancelled { .. } => false,
        };
        let mine = self.of_user.get(&(reservation.user(), reservation.concert())).into_iter().flatten();
        let mine: Vec<&Holding> = mine.filter_map(|id| self.holdings.get(id)).filter(counts).collect();
        let owned: usize = mine.iter().map(|holding| holding.seats.len()).sum();
        let limit = self.concerts.get(&reservation.concert()).and_then(|(_, limit)| *limit).unwrap_or(self.max_seats);
        ensure(owned <= usize::try_from(limit).unwrap_or(usize::MAX), "P1", "the seat limit was exceeded", || {
            format!("{:?} has {owned} seats, limit {limit}", reservation.user())
        })?;
        let live = mine.iter().filter(|holding| holding.token == reservation.token() && holding.state == ReservationState::Held).count();
        ensure(live == 1, "P1", "a token has not exactly one live hold", || format!("{:?}", reservation.id()))
    }

    /// Checks that the row of a seat agrees with the reservations.
    fn check_seat(&mut self, commit: &Commit<'_>, row: &Seat) -> Check {
        let key = (row.schedule(), row.number().get());
        let known = self.seats.get(&key).copied();
        let stored = match row.state() {
            SeatState::Available => SeatOwner::Available,
            SeatState::Held { reservation, until } => SeatOwner::Held(reservation, until),
            SeatState::Reserved { reservation } => SeatOwner::Sold(reservation),
            SeatState::Blocked => SeatOwner::Blocked,
        };
        let ordered = commit.is_ordered() || known.is_none();
        let blocks = stored == SeatOwner::Blocked && matches!(known, Some(SeatOwner::Available | SeatOwner::Blocked));
        let unblocks = stored == SeatOwner::Available && known == Some(SeatOwner::Blocked);
        let agrees = known == Some(stored) || known.is_none() || (ordered && (blocks || unblocks));
        ensure(agrees, "P1", "a seat contradicts its reservation", || format!("seat {key:?}: row has {stored:?}, expected {known:?}"))?;
        self.seats.insert(key, stored);
        Ok(())
    }

    /// The amount of a reservation.
    pub(super) fn amount(&self, id: ReservationId) -> Option<i64> {
        self.holdings.get(&id).map(|holding| holding.amount)
    }

    /// The user of a reservation.
    pub(super) fn owner(&self, id: ReservationId) -> Option<UserId> {
        self.holdings.get(&id).map(|holding| holding.user)
    }

    /// The amount due for a reservation.
    pub(crate) fn due(&self, id: ReservationId) -> Option<Money> {
        self.amount(id).and_then(|amount| Money::new(amount).ok())
    }
}
