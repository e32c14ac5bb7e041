//! All rows, in memory.

use std::collections::BTreeMap;

use domain::{
    Concert, ConcertId, Payment, PaymentId, Queue, QueueId, QueueToken, Reservation, ReservationId, Schedule, ScheduleId, Seat, SeatNumber,
    TokenId, User, UserId, Versioned, Wallet, WalletEntry,
};

use crate::engine::Order::Ascending;
use crate::fault::Fault;
use crate::key::{Key, Kind};
use crate::queue_counters::QueueCounters;
use crate::stored::Stored;
use crate::view::View;

type Rows<K, T> = BTreeMap<K, Versioned<T>>;

pub(super) struct Everything {
    pub(super) queues: Rows<QueueId, Queue>,
    pub(super) numberings: BTreeMap<QueueId, Numbering>,
    pub(super) concerts: Rows<ConcertId, Concert>,
    pub(super) schedules: Rows<ScheduleId, Schedule>,
    pub(super) seats: Rows<(ScheduleId, SeatNumber), Seat>,
    pub(super) tokens: Rows<TokenId, QueueToken>,
    pub(super) reservations: Rows<ReservationId, Reservation>,
    pub(super) payments: Rows<PaymentId, Payment>,
    pub(super) users: BTreeMap<UserId, User>,
    pub(super) wallets: Rows<UserId, Wallet>,
    pub(super) entries: BTreeMap<(UserId, u64), WalletEntry>,
}

/// A queue's counters, with its tokens by number.
pub(super) struct Numbering {
    pub(super) counters: QueueCounters,
    pub(super) tokens: BTreeMap<u64, TokenId>,
}

impl Everything {
    pub(super) fn read(view: View<'_>) -> Result<Self, Fault> {
        let queues: Rows<QueueId, Queue> = all::<Queue, _>(view, Kind::Queue, |queue| queue.id())?;
        let tokens: Rows<TokenId, QueueToken> = all::<QueueToken, _>(view, Kind::Token, |token| token.id())?;
        let mut numberings = BTreeMap::new();
        for id in queues.keys() {
            numberings.extend(view.queue_counters(*id)?.map(|counters| (*id, Numbering { counters, tokens: BTreeMap::new() })));
        }
        for token in tokens.values() {
            if let Some(numbering) = numberings.get_mut(&token.queue()) {
                numbering.tokens.insert(token.number(), token.id());
            }
        }
        Ok(Self {
            queues,
            numberings,
            concerts: all::<Concert, _>(view, Kind::Concert, |concert| concert.id())?,
            schedules: all::<Schedule, _>(view, Kind::Schedule, |schedule| schedule.id())?,
            seats: all::<Seat, _>(view, Kind::Seat, |seat| (seat.schedule(), seat.number()))?,
            tokens,
            reservations: all::<Reservation, _>(view, Kind::Reservation, |reservation| reservation.id())?,
            payments: all::<Payment, _>(view, Kind::Payment, |payment| payment.id())?,
            users: all::<User, _>(view, Kind::User, |user| user.id)?,
            wallets: all::<Wallet, _>(view, Kind::Wallet, |wallet| wallet.user())?,
            entries: all::<WalletEntry, _>(view, Kind::WalletEntry, |entry| (entry.user(), entry.sequence()))?,
        })
    }

    /// Returns all tokens of a queue, by number.
    pub(super) fn tokens_of(&self, queue: QueueId) -> impl Iterator<Item = &Versioned<QueueToken>> {
        self.numberings.get(&queue).into_iter().flat_map(|numbering| numbering.tokens.values()).filter_map(|id| self.tokens.get(id))
    }
}

fn all<T: Stored, K: Ord>(view: View<'_>, kind: Kind, key: impl Fn(&T::Found) -> K) -> Result<BTreeMap<K, T::Found>, Fault> {
    let rows = view.rows::<T>(Key::of(kind).all(), Ascending)?;
    rows.map(|row| row.map(|row| (key(&row), row))).collect()
}
