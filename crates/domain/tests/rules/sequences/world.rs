//! A store of plain maps, in which nothing happens but what changes say.

use std::collections::BTreeMap;

use domain::queue::PolicyOverrides;
use domain::{
    Cancellation, Concert, ConcertId, Deed, DeedId, EntryId, KeyRecord, KeyScope, Payment, PaymentId, Queue, QueueId, QueuePolicy,
    QueueState, QueueToken, Reservation, ReservationId, Rules, Schedule, ScheduleId, Seat, SeatNumber, TokenId, TokenState, User, UserId,
    Version, Versioned, Wallet, WalletEntry,
};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::fixtures::{
    CONCERT, DATE, NOW, OTHER_CONCERT, OTHER_DATE, OTHER_QUEUE, QUEUE, a_concert, a_date, a_queue, a_seat, but, rules, won,
};
use crate::fixtures::{QueueWords, SeatWords};

pub(crate) type Table<K, T> = BTreeMap<K, Versioned<T>>;

/// The only date of [`OTHER_CONCERT`].
pub(crate) const THIRD_DATE: ScheduleId = ScheduleId(Uuid::from_u128(4_003));
pub(crate) const DATES: [ScheduleId; 3] = [DATE, OTHER_DATE, THIRD_DATE];
pub(crate) const CONCERTS: [ConcertId; 2] = [CONCERT, OTHER_CONCERT];
pub(crate) const QUEUES: [QueueId; 2] = [QUEUE, OTHER_QUEUE];
pub(crate) const SEATS_A_DATE: u32 = 5;

/// A queue with what is kept apart from its row.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) queue: Versioned<Queue>,
    pub(crate) admission: Version,
    pub(crate) last_number: u64,
}

#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) now: OffsetDateTime,
    pub(crate) rules: Rules,
    pub(crate) lines: BTreeMap<QueueId, Line>,
    pub(crate) concerts: Table<ConcertId, Concert>,
    pub(crate) dates: Table<ScheduleId, Schedule>,
    pub(crate) users: BTreeMap<UserId, User>,
    pub(crate) tokens: Table<TokenId, QueueToken>,
    pub(crate) seats: Table<(ScheduleId, SeatNumber), Seat>,
    pub(crate) reservations: Table<ReservationId, Reservation>,
    pub(crate) payments: Table<PaymentId, Payment>,
    pub(crate) wallets: Table<UserId, Wallet>,
    pub(crate) entries: BTreeMap<EntryId, WalletEntry>,
    pub(crate) keys: Table<KeyScope, KeyRecord>,
    pub(crate) deeds: BTreeMap<DeedId, Deed>,
}

/// Few of everything, so that people get in each other's way.
fn tight_rules() -> Rules {
    let queue = QueuePolicy { capacity: 3, batch: 2, max_waiting: Some(4), ..rules().queue };
    Rules { max_seats_per_user: 2, max_charge: won(1_000), max_balance: won(3_000), queue, ..rules() }
}

impl Default for World {
    fn default() -> Self {
        let line = |id, capacity| {
            let mut queue = a_queue().with(PolicyOverrides { capacity, ..PolicyOverrides::default() });
            queue.row.id = id;
            (id, Line { queue, admission: Version(1), last_number: 0 })
        };
        let concert = |id, queue| (id, but(a_concert(), |concert| (concert.row.id, concert.row.queue) = (id, queue)));
        let date = |id, concert, hours| {
            let (sale_closes_at, starts_at) = (NOW + Duration::hours(hours), NOW + Duration::hours(2 * hours));
            (id, Versioned::new(Version(1), Schedule::new(id, concert, starts_at, a_date().row.zone, NOW..sale_closes_at)))
        };
        let seat = |date, number: u32| {
            let seat = a_seat(number).of_date(date).priced(won(i64::from(number) * 100));
            ((date, seat.number), seat)
        };
        Self {
            now: NOW,
            rules: tight_rules(),
            lines: [line(QUEUE, None), line(OTHER_QUEUE, Some(1))].into(),
            concerts: [concert(CONCERT, QUEUE), concert(OTHER_CONCERT, OTHER_QUEUE)].into(),
            dates: [date(DATE, CONCERT, 100), date(OTHER_DATE, CONCERT, 10), date(THIRD_DATE, OTHER_CONCERT, 1)].into(),
            users: BTreeMap::new(),
            tokens: BTreeMap::new(),
            seats: DATES.into_iter().flat_map(|date| (1..=SEATS_A_DATE).map(move |number| seat(date, number))).collect(),
            reservations: BTreeMap::new(),
            payments: BTreeMap::new(),
            wallets: BTreeMap::new(),
            entries: BTreeMap::new(),
            keys: BTreeMap::new(),
            deeds: BTreeMap::new(),
        }
    }
}

impl World {
    /// The tokens of `queue` whose rows say ACTIVE.
    pub(crate) fn active(&self, queue: QueueId) -> impl Iterator<Item = &Versioned<QueueToken>> {
        self.tokens.values().filter(move |token| token.queue == queue && matches!(token.state(), TokenState::Active { .. }))
    }

    pub(crate) fn waiting(&self, queue: QueueId) -> impl Iterator<Item = &Versioned<QueueToken>> {
        self.tokens.values().filter(move |token| token.queue == queue && token.state() == TokenState::Waiting)
    }

    /// The queue that admits to `date`.
    pub(crate) fn queue_of(&self, date: ScheduleId) -> Option<QueueId> {
        let concert = self.dates.get(&date)?.concert;
        Some(self.concerts.get(&concert)?.queue)
    }

    /// An operator's hand on a queue.
    pub(crate) fn set_queue(&mut self, queue: QueueId, state: QueueState, capacity: u32) {
        if let Some(line) = self.lines.get_mut(&queue) {
            line.queue.row = line.queue.row.clone().restore(state);
            line.queue.row.overrides.capacity = Some(capacity);
            line.queue.version = line.queue.version.next();
            line.admission = line.admission.next();
        }
    }

    /// An operator cancels a date.
    pub(crate) fn cancel(&mut self, date: ScheduleId) {
        let at = self.now;
        if let Some(date) = self.dates.get_mut(&date).filter(|date| !date.is_cancelled()) {
            date.row = date.row.clone().cancel(Cancellation { at, reason: None });
            date.version = date.version.next();
        }
    }

    /// An operator's hand on a seat: a free one is taken out of the sale, a blocked one comes back.
    pub(crate) fn block_or_unblock(&mut self, date: ScheduleId, number: SeatNumber) {
        use domain::SeatState::{Available, Blocked, Held, Reserved};
        if let Some(seat) = self.seats.get_mut(&(date, number)) {
            let state = match seat.state() {
                Available => Blocked,
                Blocked => Available,
                Held { .. } | Reserved { .. } => return,
            };
            *seat = Versioned { version: seat.version.next(), ..seat.clone().in_state(state) };
        }
    }
}
