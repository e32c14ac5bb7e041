//! All rows.

use std::collections::{BTreeMap, BTreeSet};

use crate::log::EventLog;
use domain::queue::PolicyOverrides;
use domain::{
    Concert, ConcertId, Deed, DeedId, EntryId, KeyRecord, KeyScope, Payment, PaymentId, Queue, QueueId, QueueToken, Reservation,
    ReservationId, Schedule, ScheduleId, Seat, SeatNumber, TokenId, User, UserId, Version, Versioned, Wallet, WalletEntry,
};

/// Rows of a sort, by their id.
pub(crate) type Rows<K, T> = BTreeMap<K, Versioned<T>>;

/// All rows.
pub(crate) struct State {
    pub(crate) queues: Rows<QueueId, Queue>,
    pub(crate) lines: BTreeMap<QueueId, Line>,
    pub(crate) concerts: Rows<ConcertId, Concert>,
    pub(crate) schedules: Rows<ScheduleId, Schedule>,
    pub(crate) seats: Rows<(ScheduleId, SeatNumber), Seat>,
    pub(crate) tokens: Rows<TokenId, QueueToken>,
    pub(crate) reservations: Rows<ReservationId, Reservation>,
    pub(crate) payments: Rows<PaymentId, Payment>,
    pub(crate) users: BTreeMap<UserId, User>,
    pub(crate) wallets: Rows<UserId, Wallet>,
    pub(crate) entries: BTreeMap<(UserId, u64), WalletEntry>,
    /// The ids of those entries.
    pub(crate) entry_ids: BTreeSet<EntryId>,
    pub(crate) keys: Rows<KeyScope, KeyRecord>,
    /// What has happened.
    pub(crate) log: EventLog,
    /// What operators did.
    pub(crate) deeds: BTreeMap<DeedId, Deed>,
    pub(crate) issuer_secret: Option<[u8; 32]>,
}

/// Who stands in a queue, and under which version it admits.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) admission: Version,
    /// The last number handed out.
    pub(crate) last_number: u64,
    /// How many tokens have been forgotten.
    pub(crate) pruned: u64,
    /// All tokens that aren't forgotten, by number.
    pub(crate) tokens: BTreeMap<u64, TokenId>,
}

impl Line {
    pub(crate) const fn new() -> Self {
        Self { admission: Version::FIRST, last_number: 0, pruned: 0, tokens: BTreeMap::new() }
    }
}

impl State {
    /// An empty store: it has the default queue.
    pub(crate) fn new() -> Self {
        let default = Queue::new(Queue::DEFAULT, "Default".to_owned(), PolicyOverrides::default(), None);
        Self {
            queues: BTreeMap::from([(default.id, Versioned::new(Version::FIRST, default))]),
            lines: BTreeMap::from([(Queue::DEFAULT, Line::new())]),
            concerts: BTreeMap::new(),
            schedules: BTreeMap::new(),
            seats: BTreeMap::new(),
            tokens: BTreeMap::new(),
            reservations: BTreeMap::new(),
            payments: BTreeMap::new(),
            users: BTreeMap::new(),
            wallets: BTreeMap::new(),
            entries: BTreeMap::new(),
            entry_ids: BTreeSet::new(),
            keys: BTreeMap::new(),
            log: EventLog::default(),
            deeds: BTreeMap::new(),
            issuer_secret: None,
        }
    }

    /// All tokens of a queue, by number.
    pub(crate) fn tokens_of(&self, queue: QueueId) -> impl Iterator<Item = &Versioned<QueueToken>> {
        self.lines.get(&queue).into_iter().flat_map(|line| line.tokens.values()).filter_map(|id| self.tokens.get(id))
    }

    /// All dates of a concert, by start, then id.
    pub(crate) fn dates_of(&self, concert: ConcertId) -> Vec<Versioned<Schedule>> {
        let mut dates: Vec<_> = self.schedules.values().filter(|date| date.concert == concert).cloned().collect();
        dates.sort_by_key(|date| (date.starts_at, date.id));
        dates
    }
}
