//! The keys of the rows that found rows lead to.

use std::collections::HashSet;

use adapters_sql::load::Found;
use application::ports::Load;
use domain::{ConcertId, Queue, QueueId, Reservation, ReservationId, ScheduleId, SeatNumber, TokenId, UserId};

/// The keys of the rows to which the rows found for a batch of loads lead, each once, table by table.
#[derive(Default)]
pub(super) struct Led {
    pub(super) concerts: HashSet<ConcertId>,
    pub(super) queues: HashSet<QueueId>,
    /// Queues of which it is asked how many wait.
    pub(super) waiting: HashSet<QueueId>,
    /// Queues of which it is asked how many wait and how many are ACTIVE.
    pub(super) standings: HashSet<QueueId>,
    /// Users' places in queues.
    pub(super) places: HashSet<(QueueId, UserId)>,
    pub(super) schedules: HashSet<ScheduleId>,
    pub(super) wallets: HashSet<UserId>,
    pub(super) seats: HashSet<(ScheduleId, SeatNumber)>,
    /// Concerts of which it is asked whether something is held.
    pub(super) programmes: HashSet<ConcertId>,
    /// Concerts of which it is asked whether a live token of their queue names them.
    pub(super) moving: HashSet<(QueueId, ConcertId)>,
}

impl Led {
    /// Where what was found for `loads` leads. A row that makes no sense leads nowhere: its load fails anyway.
    pub(super) fn by(loads: &[Load], found: &Found) -> Self {
        let mut led = Self::default();
        for load in loads {
            led.add(load, found);
        }
        led
    }

    fn add(&mut self, load: &Load, found: &Found) {
        match load {
            Load::Clock | Load::Charge { .. } | Load::Queue { .. } => {}
            Load::Concert { concert, queue, .. } => {
                self.programmes.insert(*concert);
                self.moving.extend(queue.and(found.queue_of(*concert)).map(|queue| (queue, *concert)));
            }
            Load::Seats { schedule, seats } => {
                self.concerts.extend(found.schedule(*schedule).map(|schedule| schedule.concert));
                self.seats.extend(seats.iter().map(|number| (*schedule, *number)));
                self.seats_of(found.holds().of_seats(*schedule, seats).into_iter(), found);
            }
            Load::Join { user, concert } => {
                let queue = concert.map_or(Some(Queue::DEFAULT), |concert| found.queue_of(concert));
                self.queues.extend(queue);
                self.waiting.extend(queue);
                self.places.extend(queue.map(|queue| (queue, *user)));
            }
            Load::Token { token } => self.queue_of(Some(*token), found),
            Load::Leave { token } => self.dates_and_seats_of(found.holds().of_token(*token), found),
            Load::Hold { key, token, schedule, seats } => {
                self.queue_of(*token, found);
                let concert = found.schedule(*schedule).map(|schedule| schedule.concert);
                self.concerts.extend(concert);
                self.seats.extend(seats.iter().map(|number| (*schedule, *number)));
                let holds = found.holds().in_question(key.user, *token, concert, *schedule, seats);
                self.dates_and_seats_of(holds.into_iter(), found);
            }
            Load::Release { reservation } => self.dates_and_seats_of([*reservation].into_iter(), found),
            Load::Pay { token, reservation, .. } => {
                self.queue_of(*token, found);
                self.concerts.extend(found.reservation(*reservation).map(|reservation| reservation.concert));
                self.dates_and_seats_of([*reservation].into_iter(), found);
            }
            Load::Refund { payment, .. } => {
                if let Some(payment) = found.payment(*payment) {
                    self.wallets.insert(payment.user);
                    self.dates_and_seats_of([payment.reservation].into_iter(), found);
                }
            }
            Load::Tick { queue, .. } => {
                self.queues.insert(*queue);
                self.standings.insert(*queue);
                self.schedules.extend(found.offered(*queue));
            }
            // Which these are is no load's secret: all that lapsed is among the reservations.
            Load::LapsedHolds { .. } => self.dates_and_seats_of(found.holds().ids(), found),
        }
    }

    fn queue_of(&mut self, token: Option<TokenId>, found: &Found) {
        if let Some(token) = token.and_then(|token| found.token(token)) {
            self.queues.insert(token.queue);
        }
    }

    fn dates_and_seats_of(&mut self, reservations: impl Iterator<Item = ReservationId> + Clone, found: &Found) {
        self.schedules.extend(reservations.clone().filter_map(|id| found.reservation(id)).map(|row| row.schedule));
        self.seats_of(reservations, found);
    }

    fn seats_of(&mut self, reservations: impl Iterator<Item = ReservationId>, found: &Found) {
        let seats = |reservation: &Reservation| reservation.numbers().map(|number| (reservation.schedule, number)).collect::<Vec<_>>();
        self.seats.extend(reservations.filter_map(|id| found.reservation(id)).flat_map(seats));
    }
}
