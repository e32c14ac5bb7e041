//! All rows, in memory.

use std::collections::BTreeMap;

use domain::{
    Concert, ConcertId, Payment, PaymentId, Queue, QueueId, QueueToken, Reservation, ReservationId, Schedule, ScheduleId, Seat, SeatNumber,
    TokenId, User, UserId, Versioned, Wallet, WalletEntry,
};

use crate::engine::Order::Ascending;
use crate::fault::Fault;
use crate::key::{Key, Kind};
use crate::line;
use crate::stored::Stored;
use crate::view::View;

type Rows<K, T> = BTreeMap<K, Versioned<T>>;

pub(super) struct Everything {
    pub(super) queues: Rows<QueueId, Queue>,
    pub(super) lines: BTreeMap<QueueId, Line>,
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

/// A queue's line, with its tokens by number.
pub(super) struct Line {
    pub(super) counted: line::Line,
    pub(super) tokens: BTreeMap<u64, TokenId>,
}

impl Everything {
    pub(super) fn read(view: View<'_>) -> Result<Self, Fault> {
        let queues: Rows<QueueId, Queue> = all::<Queue, _>(view, Kind::Queue, |queue| queue.id())?;
        let tokens: Rows<TokenId, QueueToken> = all::<QueueToken, _>(view, Kind::Token, |token| token.id())?;
        let mut lines = BTreeMap::new();
        for id in queues.keys() {
            lines.extend(view.line(*id)?.map(|counted| (*id, Line { counted, tokens: BTreeMap::new() })));
        }
        for token in tokens.values() {
            if let Some(line) = lines.get_mut(&token.queue()) {
                line.tokens.insert(token.number(), token.id());
            }
        }
        Ok(Self {
            queues,
            lines,
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

    /// All tokens of a queue, by number.
    pub(super) fn tokens_of(&self, queue: QueueId) -> impl Iterator<Item = &Versioned<QueueToken>> {
        self.lines.get(&queue).into_iter().flat_map(|line| line.tokens.values()).filter_map(|id| self.tokens.get(id))
    }
}

fn all<T: Stored, K: Ord>(view: View<'_>, kind: Kind, key: impl Fn(&T::Found) -> K) -> Result<BTreeMap<K, T::Found>, Fault> {
    let rows = view.rows::<T>(Key::of(kind).all(), Ascending)?;
    rows.map(|row| row.map(|row| (key(&row), row))).collect()
}
