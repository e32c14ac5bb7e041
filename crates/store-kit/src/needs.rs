//! Load: the rows that the given needs refer to.

use std::collections::BTreeSet;
use std::ops::Range;

use domain::need::{JoinTarget, LabelledSeats, LapsedHolds, Lookup, OwnedBy, QueueHead, Seats};
use domain::{
    ConcertId, IdempotencyRecord, Layout, Need, Queue, QueueId, QueueToken, Reservation, ReservationId, Rows, Schedule, ScheduleId, Seat,
    SeatNumber, Session, TokenId, User, UserId, Wallet,
};
use time::OffsetDateTime;

use crate::engine::Order::Ascending;
use crate::fault::Fault;
use crate::key::{self, Key, Kind};
use crate::queue_counters::QueueCounters;
use crate::rows::queue::Offered;
use crate::rows::reservation::Row as ReservationRow;
use crate::rows::{Row, add};
use crate::stored::Stored;
use crate::view::View;

/// Loads all rows that `needs` refer to, at `now`.
pub(crate) fn load(view: View<'_>, needs: &[Need], now: OffsetDateTime) -> Result<Rows, Fault> {
    let mut loading = Loading { view, rows: Rows::at(now) };
    for need in needs {
        loading.answer(need)?;
    }
    Ok(loading.rows)
}

/// Collects the rows that are loaded. An invalid row is added as unreadable, and its references are not followed: the needs that it belongs
/// to fail anyway.
struct Loading<'a> {
    view: View<'a>,
    rows: Rows,
}

type Done = Result<(), Fault>;

impl Loading<'_> {
    fn answer(&mut self, need: &Need) -> Done {
        match need {
            Need::Key(need) => self.add::<IdempotencyRecord>(&key::idempotency_key(&need.0), Row::Key),
            Need::Account(need) => {
                self.add::<User>(&key::user(need.0), Row::User)?;
                self.add_wallet(need.0)
            }
            Need::Token(need) => self.add_token(need.0),
            Need::JoinTarget(need) => self.add_join_target(need),
            Need::QueueHead(need) => self.add_queue_head(need),
            Need::Queue(need) => self.add_queue(need.0),
            Need::Concert(need) => self.add_concert_and_schedules(need.0),
            Need::ConcertInUse(need) => self.add_use(need.0),
            Need::Schedule(need) => self.add_schedule_and_concert(need.0),
            Need::Seats(need) => self.add_seats(need),
            Need::LabelledSeats(need) => self.add_labelled(need),
            Need::LayoutOf(need) => self.add_layout(need.0),
            Need::Reservation(need) => self.add_reservation(need.0),
            Need::HoldsOfToken(need) => self.add_reservations(Key::of(Kind::HoldOfToken).id(need.0.0)),
            Need::OwnedBy(need) => self.add_owned(need),
            Need::Payment(need) => {
                self.add::<domain::Payment>(&key::payment(need.0), Row::Payment)?;
                let Some((user, reservation)) = self.rows.payment(need.0).map(|payment| (payment.user(), payment.reservation())) else {
                    return Ok(());
                };
                self.add_wallet(user)?;
                self.add_reservation(reservation)
            }
            Need::LapsedHolds(need) => self.add_lapsed_holds(need),
            Need::Sessions(need) => self.add_sessions(need.0),
        }
    }

    fn add<T: Stored>(&mut self, key: &Key, row: fn(T::Model) -> Row) -> Done {
        if let Some(model) = self.view.value(key)? {
            add(&mut self.rows, row(model));
        }
        Ok(())
    }

    fn add_wallet(&mut self, user: UserId) -> Done {
        self.add::<Wallet>(&key::wallet(user), Row::Wallet)
    }

    fn add_sessions(&mut self, user: UserId) -> Done {
        for session in self.view.values::<<Session as Stored>::Model>(Key::of(Kind::Session).id(user.0).all(), Ascending)? {
            add(&mut self.rows, Row::Session(session?));
        }
        Ok(())
    }

    fn add_queue(&mut self, id: QueueId) -> Done {
        self.add::<Queue>(&key::queue(id), Row::Queue)
    }

    fn add_concert(&mut self, id: ConcertId) -> Done {
        self.add::<domain::Concert>(&key::concert(id), Row::Concert)
    }

    fn add_schedule(&mut self, id: ScheduleId) -> Done {
        self.add::<Schedule>(&key::schedule(id), Row::Schedule)
    }

    fn add_seat(&mut self, schedule: ScheduleId, number: SeatNumber) -> Done {
        self.add::<Seat>(&key::seat(schedule, number), Row::Seat)
    }

    fn add_token(&mut self, id: TokenId) -> Done {
        self.add::<QueueToken>(&key::token(id), Row::Token)?;
        match self.rows.token(id).map(QueueToken::queue) {
            Some(queue) => self.add_queue(queue),
            None => Ok(()),
        }
    }

    fn add_join_target(&mut self, need: &JoinTarget) -> Done {
        let queue = match need.concert {
            None => Some(Queue::DEFAULT),
            Some(concert) => {
                self.add_concert_and_schedules(concert)?;
                self.rows.queue_of(concert)
            }
        };
        let Some(queue) = queue else { return Ok(()) };
        self.add_queue(queue)?;
        self.add_queue_counts(queue)?;
        let own = Key::of(Kind::LiveTokenOfUser).id(queue.0).id(need.user.0);
        self.add_tokens(own.all(), 1)
    }

    fn add_tokens(&mut self, by: Range<Key>, at_most: u32) -> Done {
        for token in self.view.led_models::<QueueToken>(by, Ascending)?.take(limit(at_most)) {
            add(&mut self.rows, Row::Token(token?));
        }
        Ok(())
    }

    fn add_queue_head(&mut self, need: &QueueHead) -> Done {
        let QueueHead { queue, at_most } = *need;
        self.add_queue(queue)?;
        let Some(counters) = self.add_queue_counts(queue)? else { return Ok(()) };
        let active = Key::of(Kind::ActiveToken).id(queue.0);
        let lapsed = active.clone()..active.at(self.rows.now).after_all();
        for token in self.view.led_models::<QueueToken>(lapsed, Ascending)?.take(limit(at_most)) {
            add(&mut self.rows, Row::Token(token?));
        }
        // All waiting tokens have higher numbers, so entries of admitted tokens that the engine hasn't removed yet aren't read.
        let waiting = Key::of(Kind::WaitingToken).id(queue.0);
        let first = waiting.clone().number(counters.last_admitted.unsigned_abs().saturating_add(1));
        self.add_tokens(first..waiting.after_all(), at_most)?;
        if queue != Queue::DEFAULT && counters.waiting > 0 { self.add_offers(queue) } else { Ok(()) }
    }

    fn add_queue_counts(&mut self, queue: QueueId) -> Result<Option<QueueCounters>, Fault> {
        let counters = self.view.queue_counters(queue)?;
        if let Some(counters) = counters {
            add(&mut self.rows, Row::QueueCounts(counters.counts(queue)));
        }
        Ok(counters)
    }

    /// Adds the schedules of the concerts of `queue`.
    fn add_offers(&mut self, queue: QueueId) -> Done {
        let concerts = Key::of(Kind::ConcertOfQueue).id(queue.0).all();
        let concerts: Vec<_> = self.view.led_models::<domain::Concert>(concerts, Ascending)?.collect::<Result<_, _>>()?;
        for concert in concerts {
            add(&mut self.rows, Row::Offered(Offered { queue_id: queue.0, schedule_id: None, has_seats: false }));
            for schedule in self.add_schedules(ConcertId(concert.id))? {
                let has_seats = self.view.has_seats_left(schedule)?;
                add(&mut self.rows, Row::Offered(Offered { queue_id: queue.0, schedule_id: Some(schedule.0), has_seats }));
            }
        }
        Ok(())
    }

    fn add_concert_and_schedules(&mut self, id: ConcertId) -> Done {
        self.add_concert(id)?;
        self.add_schedules(id).map(|_| ())
    }

    fn add_schedules(&mut self, concert: ConcertId) -> Result<Vec<ScheduleId>, Fault> {
        let mut ids = Vec::new();
        for schedule in self.view.led_models::<Schedule>(Key::of(Kind::ScheduleOfConcert).id(concert.0).all(), Ascending)? {
            let schedule = schedule?;
            ids.push(ScheduleId(schedule.id));
            add(&mut self.rows, Row::Schedule(schedule));
        }
        Ok(ids)
    }

    fn add_use(&mut self, concert: ConcertId) -> Done {
        self.add_concert(concert)?;
        if self.is_in_use(concert, |view, now| view.is_held(concert, now))? {
            self.rows.add_held(concert);
        }
        if let Some(queue) = self.rows.queue_of(concert)
            && self.is_in_use(concert, |view, now| view.is_awaited(queue, concert, now))?
        {
            self.rows.add_awaited(concert);
        }
        Ok(())
    }

    /// Returns the result of `look`. If `look` meets an invalid row, it is unknown whether the concert is in use.
    fn is_in_use(&mut self, concert: ConcertId, look: impl FnOnce(View<'_>, OffsetDateTime) -> Result<bool, Fault>) -> Result<bool, Fault> {
        match look(self.view, self.rows.now) {
            Err(Fault::Corrupt(corrupt)) => {
                self.rows.add_unreadable(Lookup::Concert(concert), corrupt);
                Ok(false)
            }
            looked => looked,
        }
    }

    fn add_schedule_and_concert(&mut self, id: ScheduleId) -> Done {
        self.add_schedule(id)?;
        match self.rows.schedule(id).map(Schedule::concert) {
            Some(concert) => self.add_concert(concert),
            None => Ok(()),
        }
    }

    fn add_seats(&mut self, need: &Seats) -> Done {
        let mut named = BTreeSet::new();
        for number in &need.numbers {
            let Some(seat) = self.view.value::<<Seat as Stored>::Model>(&key::seat(need.schedule, *number))? else { continue };
            named.extend(seat.reservation_id);
            add(&mut self.rows, Row::Seat(seat));
        }
        for id in named.into_iter().map(ReservationId) {
            let Some(row) = self.view.value::<ReservationRow>(&key::reservation(id))? else { continue };
            // An invalid reservation may be HELD.
            if Reservation::try_from(row.clone()).map_or(true, |reservation| reservation.occupies()) {
                self.add_found(row)?;
            }
        }
        Ok(())
    }

    fn add_labelled(&mut self, need: &LabelledSeats) -> Done {
        for label in &need.labels {
            let labelled = Key::of(Kind::SeatLabel).id(need.schedule.0).exact(label).all();
            for seat in self.view.led_models::<Seat>(labelled, Ascending)? {
                add(&mut self.rows, Row::Seat(seat?));
            }
        }
        Ok(())
    }

    fn add_layout(&mut self, id: ScheduleId) -> Done {
        self.add_schedule(id)?;
        match self.rows.schedule(id).and_then(Schedule::layout) {
            Some(layout) => self.add::<Layout>(&key::layout(layout), Row::Layout),
            None => Ok(()),
        }
    }

    fn add_reservation(&mut self, id: ReservationId) -> Done {
        match self.view.value(&key::reservation(id))? {
            Some(row) => self.add_found(row),
            None => Ok(()),
        }
    }

    /// Adds a reservation, its schedule, the concert of that schedule, and its seats.
    fn add_found(&mut self, row: ReservationRow) -> Done {
        let (schedule, seats) = (ScheduleId(row.schedule_id), row.seats.numbers());
        add(&mut self.rows, Row::Reservation(row));
        self.add_schedule_and_concert(schedule)?;
        seats.into_iter().try_for_each(|number| self.add_seat(schedule, number))
    }

    fn add_reservations(&mut self, by: Key) -> Done {
        let found: Vec<_> = self.view.led_models::<Reservation>(by.all(), Ascending)?.collect::<Result<_, _>>()?;
        found.into_iter().try_for_each(|row| self.add_found(row))
    }

    fn add_owned(&mut self, need: &OwnedBy) -> Done {
        self.add_schedule_and_concert(need.schedule)?;
        match self.rows.schedule(need.schedule).map(Schedule::concert) {
            Some(concert) => self.add_reservations(Key::of(Kind::OwnedByUser).id(need.user.0).id(concert.0)),
            None => Ok(()),
        }
    }

    /// Adds lapsed holds, earliest deadline first; then the holds of schedules that were cancelled recently enough for holds to remain.
    fn add_lapsed_holds(&mut self, need: &LapsedHolds) -> Done {
        let LapsedHolds { at_most, longest } = *need;
        let (now, mut left) = (self.rows.now, limit(at_most));
        let lapsed = Key::of(Kind::Hold)..Key::of(Kind::Hold).at(now).after_all();
        left -= self.add_holds(lapsed, left)?;
        let cancelled = Key::of(Kind::CancelledSchedule).at(now - longest).after_all()..Key::of(Kind::CancelledSchedule).after_all();
        let schedules: Vec<_> = self.view.led_models::<Schedule>(cancelled, Ascending)?.collect::<Result<_, _>>()?;
        for schedule in schedules {
            let of_schedule = Key::of(Kind::HoldOfSchedule).id(schedule.id);
            left -= self.add_holds(of_schedule.clone().at(now).after_all()..of_schedule.after_all(), left)?;
        }
        Ok(())
    }

    /// Adds up to `at_most` holds and returns how many it added.
    fn add_holds(&mut self, keys: std::ops::Range<Key>, at_most: usize) -> Result<usize, Fault> {
        let found: Vec<_> = self.view.led_models::<Reservation>(keys, Ascending)?.take(at_most).collect::<Result<_, _>>()?;
        let count = found.len();
        found.into_iter().try_for_each(|row| self.add_found(row))?;
        Ok(count)
    }
}

pub(crate) fn limit(at_most: u32) -> usize {
    usize::try_from(at_most).unwrap_or(usize::MAX)
}
