//! Load: the rows that needs are about.

use std::collections::BTreeSet;

use domain::need::{LabelledSeats, LapsedHolds, Line, Loadable, OwnedBy, Place, Seats, Standing};
use domain::{
    ConcertId, Need, Queue, QueueId, QueueToken, Reservation, ReservationId, ReservationState, Rows, ScheduleId, Seat, SeatState, TokenId,
    TokenState, UserId,
};
use time::OffsetDateTime;

use crate::state::State;

impl State {
    /// All rows that `needs` are about, at `now`.
    pub(crate) fn load(&self, needs: &[Need], now: OffsetDateTime) -> Rows {
        let mut rows = Rows::at(now);
        for need in needs {
            self.answer(need, &mut rows);
        }
        rows
    }

    fn answer(&self, need: &Need, rows: &mut Rows) {
        match need {
            Need::Key(need) => add(rows, self.keys.get(&need.0)),
            Need::Account(need) => {
                add(rows, self.users.get(&need.0));
                add(rows, self.wallets.get(&need.0));
            }
            Need::Token(need) => self.add_token(need.0, rows),
            Need::Place(need) => self.add_place(need, rows),
            Need::Line(need) => self.add_line(need, rows),
            Need::Queue(need) => add(rows, self.queues.get(&need.0)),
            Need::Concert(need) => self.add_concert(need.0, rows),
            Need::ConcertInUse(need) => self.add_use(need.0, rows),
            Need::Schedule(need) => self.add_date(need.0, rows),
            Need::Seats(need) => self.add_seats(need, rows),
            Need::LabelledSeats(need) => self.add_labelled(need, rows),
            Need::Reservation(need) => self.add_reservation(need.0, rows),
            Need::HoldsOfToken(need) => self.add_reservations(|row| row.occupies() && row.token == need.0, rows),
            Need::OwnedBy(need) => self.add_owned(need, rows),
            Need::Payment(need) => {
                if let Some(payment) = self.payments.get(&need.0) {
                    rows.add(payment.clone());
                    add(rows, self.wallets.get(&payment.user));
                    self.add_reservation(payment.reservation, rows);
                }
            }
            Need::LapsedHolds(need) => self.add_lapsed_holds(need, rows),
        }
    }

    fn add_token(&self, id: TokenId, rows: &mut Rows) {
        if let Some(token) = self.tokens.get(&id) {
            rows.add(token.clone());
            add(rows, self.queues.get(&token.queue));
        }
    }

    fn add_place(&self, need: &Place, rows: &mut Rows) {
        let queue = match need.concert {
            None => Some(Queue::DEFAULT),
            Some(concert) => {
                self.add_concert(concert, rows);
                self.concerts.get(&concert).map(|concert| concert.queue)
            }
        };
        if let Some(queue) = queue {
            add(rows, self.queues.get(&queue));
            self.add_standing(queue, rows);
            add(rows, self.live_token(queue, need.user));
        }
    }

    fn live_token(&self, queue: QueueId, user: UserId) -> Option<&domain::Versioned<QueueToken>> {
        self.tokens_of(queue).find(|token| token.user == user && token.is_live())
    }

    fn add_line(&self, need: &Line, rows: &mut Rows) {
        let at_most = limit(need.at_most);
        add(rows, self.queues.get(&need.queue));
        self.add_standing(need.queue, rows);
        let mut lapsed: Vec<_> = self.tokens_of(need.queue).filter(|token| token.has_lapsed(rows.now)).collect();
        lapsed.sort_by_key(|token| token.expires_at());
        rows.add_all(lapsed.into_iter().take(at_most).cloned());
        rows.add_all(self.waiting_in(need.queue).take(at_most).cloned());
        if need.queue != Queue::DEFAULT && self.waiting_in(need.queue).next().is_some() {
            self.add_offers(need.queue, rows);
        }
    }

    fn waiting_in(&self, queue: QueueId) -> impl Iterator<Item = &domain::Versioned<QueueToken>> {
        self.tokens_of(queue).filter(|token| token.state() == TokenState::Waiting)
    }

    fn add_standing(&self, queue: QueueId, rows: &mut Rows) {
        let Some(line) = self.lines.get(&queue) else { return };
        let waiting = count(self.waiting_in(queue));
        let active = self.tokens_of(queue).filter(|token| matches!(token.state(), TokenState::Active { .. }));
        rows.add_standing(queue, Standing { admission: line.admission, waiting, active: Some(count(active)) });
    }

    /// The dates of the concerts of `queue`.
    fn add_offers(&self, queue: QueueId, rows: &mut Rows) {
        let is_left = |seat: &Seat| match seat.state() {
            SeatState::Available | SeatState::Held { .. } => true,
            SeatState::Reserved { .. } | SeatState::Blocked => false,
        };
        let with_seats: BTreeSet<ScheduleId> = self.seats.values().filter(|seat| is_left(&seat.row)).map(|seat| seat.schedule).collect();
        for concert in self.concerts.values().filter(|concert| concert.queue == queue) {
            rows.add_offer(queue, None);
            for date in self.dates_of(concert.id) {
                rows.add_offer(queue, Some((date.id, with_seats.contains(&date.id))));
                rows.add(date);
            }
        }
    }

    fn add_concert(&self, id: ConcertId, rows: &mut Rows) {
        if let Some(concert) = self.concerts.get(&id) {
            rows.add(concert.clone());
            rows.add_all(self.dates_of(id));
        }
    }

    fn add_use(&self, concert: ConcertId, rows: &mut Rows) {
        if self.is_held(concert, rows.now) {
            rows.add_held(concert);
        }
        if self.concerts.get(&concert).is_some_and(|found| self.is_awaited(found.queue, concert, rows.now)) {
            rows.add_awaited(concert);
        }
    }

    fn add_date(&self, id: ScheduleId, rows: &mut Rows) {
        if let Some(date) = self.schedules.get(&id) {
            rows.add(date.clone());
            add(rows, self.concerts.get(&date.concert));
        }
    }

    fn add_seats(&self, need: &Seats, rows: &mut Rows) {
        let seats: Vec<_> = need.numbers.iter().filter_map(|number| self.seats.get(&(need.schedule, *number))).collect();
        let named: BTreeSet<ReservationId> = seats.iter().filter_map(|seat| seat.reservation()).collect();
        rows.add_all(seats.into_iter().cloned());
        for id in named {
            if self.reservations.get(&id).is_some_and(|row| row.occupies()) {
                self.add_reservation(id, rows);
            }
        }
    }

    fn add_labelled(&self, need: &LabelledSeats, rows: &mut Rows) {
        let labels: BTreeSet<&String> = need.labels.iter().collect();
        let seats = self.seats.values().filter(|seat| seat.schedule == need.schedule && labels.contains(&seat.label));
        rows.add_all(seats.cloned());
    }

    /// The reservation, its date, that date's concert, and its seats.
    fn add_reservation(&self, id: ReservationId, rows: &mut Rows) {
        if let Some(reservation) = self.reservations.get(&id) {
            self.add_date(reservation.schedule, rows);
            rows.add_all(reservation.numbers().filter_map(|number| self.seats.get(&(reservation.schedule, number))).cloned());
            rows.add(reservation.clone());
        }
    }

    fn add_reservations(&self, is_wanted: impl Fn(&Reservation) -> bool, rows: &mut Rows) {
        for reservation in self.reservations.values().filter(|row| is_wanted(&row.row)) {
            self.add_reservation(reservation.id, rows);
        }
    }

    fn add_owned(&self, need: &OwnedBy, rows: &mut Rows) {
        self.add_date(need.schedule, rows);
        let Some(concert) = self.schedules.get(&need.schedule).map(|date| date.concert) else { return };
        let counts = |row: &Reservation| match row.state() {
            ReservationState::Held | ReservationState::Confirmed { .. } => row.user == need.user && row.concert == concert,
            ReservationState::Cancelled { .. } => false,
        };
        self.add_reservations(counts, rows);
    }

    fn add_lapsed_holds(&self, need: &LapsedHolds, rows: &mut Rows) {
        let now = rows.now;
        let has_lapsed = |hold: &Reservation| hold.expires_at <= now;
        let is_cancelled = |date: ScheduleId| {
            let date = self.schedules.get(&date).and_then(|date| date.cancellation());
            date.is_some_and(|cancellation| now - need.longest < cancellation.at)
        };
        let held = self.reservations.values().filter(|row| row.occupies());
        let mut holds: Vec<_> = held.filter(|hold| has_lapsed(hold) || is_cancelled(hold.schedule)).collect();
        holds.sort_by_key(|hold| (!has_lapsed(hold), hold.expires_at));
        for hold in holds.into_iter().take(limit(need.at_most)) {
            self.add_reservation(hold.id, rows);
        }
    }
}

fn add<R: Loadable + Clone>(rows: &mut Rows, row: Option<&R>) {
    rows.add_all(row.cloned());
}

fn count<T>(rows: impl Iterator<Item = T>) -> u32 {
    u32::try_from(rows.count()).unwrap_or(u32::MAX)
}

pub(crate) fn limit(at_most: u32) -> usize {
    usize::try_from(at_most).unwrap_or(usize::MAX)
}
