//! The stored form of each type of row: its model, its key, and the index entries that point to it.

use domain::{
    AuditEntry, Concert, IdempotencyRecord, Layout, Payment, Queue, QueueToken, Reservation, ReservationState, Schedule, ScheduleSales,
    Seat, SeatState, Session, TokenState, User, Versioned, Wallet, WalletEntry,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::corrupt::Corrupt;
use crate::key::{self, Key, Kind};
use crate::rows::{
    self, audit_entry, concert, entry, layout, payment, queue, reservation, sales, schedule, seat, session, token, user, wallet,
};

/// A type of row.
pub(crate) trait Stored {
    /// The model that is stored.
    type Model: Serialize + DeserializeOwned;
    /// The type that a read returns: with its version, if it has one.
    type Found: TryFrom<Self::Model, Error = Corrupt>;

    fn key(&self) -> Key;

    /// Returns the keys of the index entries that point to it.
    fn indexes(&self) -> Vec<Key> {
        Vec::new()
    }
}

impl Stored for Queue {
    type Model = queue::Model;
    type Found = Versioned<Self>;

    fn key(&self) -> Key {
        key::queue(self.id())
    }
}

impl Stored for Concert {
    type Model = concert::Model;
    type Found = Versioned<Self>;

    fn key(&self) -> Key {
        key::concert(self.id())
    }

    fn indexes(&self) -> Vec<Key> {
        vec![Key::of(Kind::ConcertOfQueue).id(self.queue().0).id(self.id().0)]
    }
}

impl Stored for Schedule {
    type Model = schedule::Model;
    type Found = Versioned<Self>;

    fn key(&self) -> Key {
        key::schedule(self.id())
    }

    fn indexes(&self) -> Vec<Key> {
        let mut indexes = vec![Key::of(Kind::ScheduleOfConcert).id(self.concert().0).at(self.starts_at()).id(self.id().0)];
        indexes.extend(self.cancellation().map(|cancellation| Key::of(Kind::CancelledSchedule).at(cancellation.at).id(self.id().0)));
        indexes
    }
}

impl Stored for Seat {
    type Model = seat::Model;
    type Found = Versioned<Self>;

    fn key(&self) -> Key {
        key::seat(self.schedule(), self.number())
    }

    fn indexes(&self) -> Vec<Key> {
        let mut indexes = vec![Key::of(Kind::SeatLabel).id(self.schedule().0).exact(self.label()).seat(self.number())];
        match self.state() {
            SeatState::Available | SeatState::Held { .. } => {
                indexes.push(Key::of(Kind::SeatLeft).id(self.schedule().0).seat(self.number()));
            }
            SeatState::Reserved { .. } | SeatState::Blocked => {}
        }
        indexes
    }
}

impl Stored for QueueToken {
    type Model = token::Model;
    type Found = Versioned<Self>;

    fn key(&self) -> Key {
        key::token(self.id())
    }

    fn indexes(&self) -> Vec<Key> {
        let of = |kind| Key::of(kind).id(self.queue().0);
        let mut indexes = vec![of(Kind::TokenOfQueue).number(self.number()), Key::of(Kind::TokenOfUser).id(self.user().0).id(self.id().0)];
        match self.state() {
            TokenState::Waiting => indexes.push(of(Kind::WaitingToken).number(self.number())),
            TokenState::Active { expires_at, .. } => indexes.push(of(Kind::ActiveToken).at(expires_at).id(self.id().0)),
            TokenState::Expired { .. } => return indexes,
        }
        indexes.extend([of(Kind::LiveToken).number(self.number()), of(Kind::LiveTokenOfUser).id(self.user().0)]);
        indexes.extend(self.concert().map(|concert| of(Kind::LiveTokenForConcert).id(concert.0).id(self.id().0)));
        indexes
    }
}

impl Stored for Reservation {
    type Model = reservation::Row;
    type Found = Versioned<Self>;

    fn key(&self) -> Key {
        key::reservation(self.id())
    }

    fn indexes(&self) -> Vec<Key> {
        let mut indexes = vec![
            Key::of(Kind::ReservationOfToken).id(self.token().0).id(self.id().0),
            Key::of(Kind::ReservationOfUser).id(self.user().0).id(self.id().0),
        ];
        match self.state() {
            ReservationState::Held | ReservationState::Confirmed { .. } => indexes.extend([
                Key::of(Kind::OwnedByUser).id(self.user().0).id(self.concert().0).id(self.id().0),
                Key::of(Kind::LiveReservation).id(self.schedule().0).id(self.id().0),
            ]),
            ReservationState::Cancelled { payment: None, .. } => {
                indexes.push(Key::of(Kind::UnpaidReservation).at(self.expires_at()).id(self.id().0));
            }
            ReservationState::Cancelled { payment: Some(_), .. } => {
                indexes.push(Key::of(Kind::RefundedReservation).id(self.schedule().0).id(self.id().0));
            }
        }
        if self.occupies() {
            let by_deadline = |of: Key| of.at(self.expires_at()).id(self.id().0);
            indexes.extend([
                Key::of(Kind::HoldOfToken).id(self.token().0).id(self.id().0),
                by_deadline(Key::of(Kind::Hold)),
                by_deadline(Key::of(Kind::HoldOfConcert).id(self.concert().0)),
                by_deadline(Key::of(Kind::HoldOfSchedule).id(self.schedule().0)),
            ]);
        }
        indexes
    }
}

impl Stored for Payment {
    type Model = payment::Model;
    type Found = Versioned<Self>;

    fn key(&self) -> Key {
        key::payment(self.id())
    }

    fn indexes(&self) -> Vec<Key> {
        vec![Key::of(Kind::PaymentOfUser).id(self.user().0).id(self.id().0)]
    }
}

impl Stored for Wallet {
    type Model = wallet::Model;
    type Found = Versioned<Self>;

    fn key(&self) -> Key {
        key::wallet(self.user())
    }
}

impl Stored for IdempotencyRecord {
    type Model = rows::key::Model;
    type Found = Versioned<Self>;

    fn key(&self) -> Key {
        key::idempotency_key(&self.scope)
    }

    fn indexes(&self) -> Vec<Key> {
        vec![Key::of(Kind::ExpiringKey).at(self.expires_at).follow(&self.key())]
    }
}

impl Stored for User {
    type Model = user::Model;
    type Found = Self;

    fn key(&self) -> Key {
        key::user(self.id)
    }

    fn indexes(&self) -> Vec<Key> {
        let names = self.name.as_ref().map(domain::UserName::search_keys).unwrap_or_default();
        names.iter().map(|name| Key::of(Kind::UserSearchKey).text(name).id(self.id.0)).collect()
    }
}

impl Stored for WalletEntry {
    type Model = entry::Model;
    type Found = Self;

    fn key(&self) -> Key {
        key::wallet_entry(self.user(), self.sequence())
    }

    fn indexes(&self) -> Vec<Key> {
        vec![key::wallet_entry_id(self.id())]
    }
}

impl Stored for Layout {
    type Model = layout::Model;
    type Found = Self;

    fn key(&self) -> Key {
        key::layout(self.hash())
    }
}

impl Stored for ScheduleSales {
    type Model = sales::Model;
    type Found = Self;

    fn key(&self) -> Key {
        key::sales(self.schedule())
    }

    fn indexes(&self) -> Vec<Key> {
        vec![Key::of(Kind::RecentSales).at(self.last_paid_at()).id(self.schedule().0)]
    }
}

impl Stored for Session {
    type Model = session::Model;
    type Found = Versioned<Self>;

    fn key(&self) -> Key {
        key::session(self.user(), self.slot())
    }

    fn indexes(&self) -> Vec<Key> {
        vec![Key::of(Kind::EndingSession).at(self.ends_at()).follow(&self.key())]
    }
}

impl Stored for AuditEntry {
    type Model = audit_entry::Row;
    type Found = Self;

    fn key(&self) -> Key {
        key::audit_entry(self.id)
    }

    fn indexes(&self) -> Vec<Key> {
        vec![
            Key::of(Kind::AuditEntryOfSubject).id(self.subject.id()).id(self.id.0),
            Key::of(Kind::AuditEntryOfOperator).id(self.operator.0).id(self.id.0),
        ]
    }
}
