//! Load: what each decision sees.

use std::collections::{BTreeMap, BTreeSet};

use application::ports::Load;
use domain::{
    ConcertId, Context, KeyScope, Offer, PaymentId, Queue, QueueId, QueueToken, Reservation, ReservationId, ReservationState, Schedule,
    ScheduleId, Seat, SeatNumber, SeatState, TokenId, TokenState, UserId, Versioned,
};
use time::{Duration, OffsetDateTime};

use crate::state::State;

impl State {
    /// The context for `load` at `now`.
    pub(crate) fn load(&self, load: &Load, now: OffsetDateTime) -> Context {
        let nothing = Context::at(now);
        match load {
            Load::Clock => nothing,
            Load::Join { user, concert } => self.load_join(*user, *concert, nothing),
            Load::Token { token } => self.with_token(Some(*token), nothing),
            Load::Leave { token } => self.load_leave(*token, nothing),
            Load::Hold { key, token, schedule, seats } => self.load_hold(key, *token, *schedule, seats, nothing),
            Load::Release { reservation } => self.with_reservation(*reservation, nothing),
            Load::Charge { key } => self.load_charge(key, nothing),
            Load::Pay { key, token, reservation } => self.load_pay(key, *token, *reservation, nothing),
            Load::Refund { key, payment } => self.load_refund(key, *payment, nothing),
            Load::Tick { queue, at_most } => self.load_tick(*queue, limit(*at_most), nothing),
            Load::Queue { queue } => Context { queue: self.queues.get(queue).cloned(), ..nothing },
            Load::Concert { concert, queue, schedules } => self.load_concert(*concert, *queue, schedules, nothing),
            Load::Seats { schedule, seats } => self.load_seats(*schedule, seats, nothing),
            Load::LapsedHolds { at_most, hold } => self.load_lapsed_holds(limit(*at_most), *hold, nothing),
        }
    }

    fn load_join(&self, user: UserId, concert: Option<ConcertId>, nothing: Context) -> Context {
        let named = concert.and_then(|id| self.concerts.get(&id));
        let queue = if concert.is_none() { Some(Queue::DEFAULT) } else { named.map(|concert| concert.queue) };
        let tokens = || queue.into_iter().flat_map(|queue| self.tokens_of(queue));
        Context {
            user: self.users.get(&user).cloned(),
            concert: named.cloned(),
            queue: queue.and_then(|queue| self.queues.get(&queue)).cloned(),
            schedules: concert.map(|concert| self.dates_of(concert)).unwrap_or_default(),
            waiting: count(tokens().filter(|token| is_waiting(token))),
            tokens: tokens().filter(|token| token.user == user && token.is_live()).cloned().collect(),
            ..nothing
        }
    }

    fn load_leave(&self, token: TokenId, nothing: Context) -> Context {
        let holds = || self.reservations.values().filter(move |hold| hold.token == token && hold.occupies());
        Context {
            tokens: self.tokens.get(&token).cloned().into_iter().collect(),
            seats: holds().flat_map(|hold| self.seats_of(hold)).cloned().collect(),
            schedules: self.dates_named_by(holds().map(|hold| &hold.row)),
            reservations: holds().cloned().collect(),
            ..nothing
        }
    }

    fn load_hold(&self, key: &KeyScope, token: Option<TokenId>, date: ScheduleId, asked: &[SeatNumber], nothing: Context) -> Context {
        let schedule = self.schedules.get(&date);
        let concert = schedule.and_then(|schedule| self.concerts.get(&schedule.concert));
        let asked: Vec<&Versioned<Seat>> = asked.iter().filter_map(|number| self.seats.get(&(date, *number))).collect();

        let under_the_token = |row: &Reservation| row.occupies() && Some(row.token) == token;
        let on_the_seats = |row: &Reservation| row.occupies() && asked.iter().any(|seat| seat.reservation() == Some(row.id));
        let of_the_concert = |row: &Reservation| {
            let counts = match row.state() {
                ReservationState::Held | ReservationState::Confirmed { .. } => true,
                ReservationState::Cancelled { .. } => false,
            };
            counts && row.user == key.user && concert.is_some_and(|concert| concert.id == row.concert)
        };
        let concerns = |row: &&Versioned<Reservation>| under_the_token(row) || on_the_seats(row) || of_the_concert(row);
        let reservations: Vec<Versioned<Reservation>> = self.reservations.values().filter(concerns).cloned().collect();

        let of_holds = reservations.iter().filter(|row| row.occupies()).flat_map(|hold| self.seats_of(hold));
        let seats: BTreeMap<_, _> =
            asked.iter().copied().chain(of_holds).map(|seat| ((seat.schedule, seat.number), seat.clone())).collect();
        let of_held = reservations.iter().filter(|row| row.occupies() && row.schedule != date).map(|hold| &hold.row);
        let context = Context {
            key: self.keys.get(key).cloned(),
            schedule: schedule.cloned(),
            schedules: self.dates_named_by(of_held),
            concert: concert.cloned(),
            seats: seats.into_values().collect(),
            reservations,
            ..nothing
        };
        self.with_token(token, context)
    }

    fn load_charge(&self, key: &KeyScope, nothing: Context) -> Context {
        Context {
            key: self.keys.get(key).cloned(),
            user: self.users.get(&key.user).cloned(),
            wallet: self.wallets.get(&key.user).cloned(),
            ..nothing
        }
    }

    fn load_pay(&self, key: &KeyScope, token: Option<TokenId>, reservation: ReservationId, nothing: Context) -> Context {
        let concert = self.reservations.get(&reservation).and_then(|row| self.concerts.get(&row.concert));
        let context = Context {
            key: self.keys.get(key).cloned(),
            concert: concert.cloned(),
            wallet: self.wallets.get(&key.user).cloned(),
            ..nothing
        };
        self.with_reservation(reservation, self.with_token(token, context))
    }

    fn load_refund(&self, key: &KeyScope, payment: PaymentId, nothing: Context) -> Context {
        let context = Context { key: self.keys.get(key).cloned(), ..nothing };
        let Some(payment) = self.payments.get(&payment) else { return context };
        let context = Context { payment: Some(payment.clone()), wallet: self.wallets.get(&payment.user).cloned(), ..context };
        self.with_reservation(payment.reservation, context)
    }

    fn load_tick(&self, queue: QueueId, at_most: usize, nothing: Context) -> Context {
        let mut lapsed: Vec<_> = self.tokens_of(queue).filter(|token| token.has_lapsed(nothing.now)).cloned().collect();
        lapsed.sort_by_key(|token| token.expires_at());
        lapsed.truncate(at_most);
        let waiting = || self.tokens_of(queue).filter(|token| is_waiting(token));
        let active = self.tokens_of(queue).filter(|token| matches!(token.state(), TokenState::Active { .. }));
        let somebody_waits = waiting().next().is_some();
        Context {
            queue: self.queues.get(&queue).cloned(),
            admission: self.lines.get(&queue).map(|line| line.admission),
            active: if somebody_waits { count(active) } else { 0 },
            waiting: count(waiting()),
            offers: if somebody_waits { self.offers_of(queue) } else { None },
            tokens: lapsed.into_iter().chain(waiting().take(at_most).cloned()).collect(),
            ..nothing
        }
    }

    /// All dates of the concerts of `queue`; none for the default queue, and if no concert names the queue.
    fn offers_of(&self, queue: QueueId) -> Option<Vec<Offer>> {
        let concerts: BTreeSet<ConcertId> =
            self.concerts.values().filter(|concert| concert.queue == queue).map(|concert| concert.id).collect();
        if queue == Queue::DEFAULT || concerts.is_empty() {
            return None;
        }
        let is_left = |seat: &Seat| match seat.state() {
            SeatState::Available | SeatState::Held { .. } => true,
            SeatState::Reserved { .. } | SeatState::Blocked => false,
        };
        let with_seats: BTreeSet<ScheduleId> = self.seats.values().filter(|seat| is_left(&seat.row)).map(|seat| seat.schedule).collect();
        let dates = self.schedules.values().filter(|date| concerts.contains(&date.concert));
        Some(dates.map(|date| Offer { schedule: date.row.clone(), has_seats: with_seats.contains(&date.id) }).collect())
    }

    fn load_concert(&self, concert: ConcertId, queue: Option<QueueId>, named: &[ScheduleId], nothing: Context) -> Context {
        let others = named.iter().filter_map(|id| self.schedules.get(id)).filter(|date| date.concert != concert);
        let mut others: Vec<_> = others.cloned().collect();
        others.sort_by_key(|date| date.id);
        let found = self.concerts.get(&concert);
        Context {
            concert: found.cloned(),
            queue: queue.and_then(|queue| self.queues.get(&queue)).cloned(),
            schedules: self.dates_of(concert).into_iter().chain(others).collect(),
            held: self.is_held(concert, nothing.now),
            awaited: found.is_some_and(|found| queue.is_some() && self.is_awaited(found.queue, concert, nothing.now)),
            ..nothing
        }
    }

    fn load_seats(&self, date: ScheduleId, asked: &[SeatNumber], nothing: Context) -> Context {
        let schedule = self.schedules.get(&date);
        let asked = || asked.iter().filter_map(move |number| self.seats.get(&(date, *number)));
        let named: BTreeSet<_> = asked().filter_map(|seat| seat.reservation()).collect();
        let holds: Vec<_> = named.iter().filter_map(|id| self.reservations.get(id)).filter(|row| row.occupies()).collect();
        let of_holds = holds.iter().flat_map(|hold| self.seats_of(hold));
        let seats: BTreeMap<_, _> = asked().chain(of_holds).map(|seat| ((seat.schedule, seat.number), seat.clone())).collect();
        Context {
            schedule: schedule.cloned(),
            concert: schedule.and_then(|schedule| self.concerts.get(&schedule.concert)).cloned(),
            seats: seats.into_values().collect(),
            reservations: holds.into_iter().cloned().collect(),
            ..nothing
        }
    }

    fn load_lapsed_holds(&self, at_most: usize, longest: Duration, nothing: Context) -> Context {
        let now = nothing.now;
        let has_lapsed = |hold: &Reservation| hold.expires_at <= now;
        let is_cancelled = |date: ScheduleId| {
            let date = self.schedules.get(&date).and_then(|date| date.cancellation.as_ref());
            date.is_some_and(|cancellation| now - longest < cancellation.at)
        };
        let held = self.reservations.values().filter(|row| row.occupies());
        let mut holds: Vec<_> = held.filter(|hold| has_lapsed(hold) || is_cancelled(hold.schedule)).cloned().collect();
        holds.sort_by_key(|hold| (!has_lapsed(hold), hold.expires_at));
        holds.truncate(at_most);
        let seats = holds.iter().flat_map(|hold| self.seats_of(hold)).cloned().collect();
        Context { seats, schedules: self.dates_named_by(holds.iter().map(|hold| &hold.row)), reservations: holds, ..nothing }
    }

    /// The dates of `reservations`, each once, by id.
    fn dates_named_by<'a>(&self, reservations: impl Iterator<Item = &'a Reservation>) -> Vec<Versioned<Schedule>> {
        let ids: BTreeSet<ScheduleId> = reservations.map(|row| row.schedule).collect();
        ids.iter().filter_map(|id| self.schedules.get(id)).cloned().collect()
    }

    /// `context` with the token and its queue.
    fn with_token(&self, token: Option<TokenId>, context: Context) -> Context {
        let token = token.and_then(|id| self.tokens.get(&id));
        Context {
            queue: token.and_then(|token| self.queues.get(&token.queue)).cloned(),
            tokens: token.cloned().into_iter().collect(),
            ..context
        }
    }

    /// `context` with the reservation, its date, and the seats whose rows name it.
    fn with_reservation(&self, reservation: ReservationId, context: Context) -> Context {
        let Some(row) = self.reservations.get(&reservation) else { return context };
        let (schedule, seats) = (self.schedules.get(&row.schedule).cloned(), self.seats_of(row).cloned().collect());
        Context { schedule, seats, reservations: vec![row.clone()], ..context }
    }
}

fn is_waiting(token: &QueueToken) -> bool {
    token.state() == TokenState::Waiting
}

fn count<T>(rows: impl Iterator<Item = T>) -> u32 {
    u32::try_from(rows.count()).unwrap_or(u32::MAX)
}

pub(crate) fn limit(at_most: u32) -> usize {
    usize::try_from(at_most).unwrap_or(usize::MAX)
}
