//! Rows: everything that a change can write. A new kind of row is one line in the table below, and compiles once every store handles it.

use crate::{
    AuditEntry, AuditEntryId, Concert, ConcertId, EntryId, IdempotencyRecord, IdempotencyScope, NewToken, Payment, PaymentId, Queue,
    QueueId, QueueToken, Reservation, ReservationId, Schedule, ScheduleId, Seat, SeatNumber, TokenId, User, UserId, Version, Versioned,
    Wallet, WalletEntry,
};

/// A row to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Write<T> {
    /// The version that the row must still have; none: there must be no such row yet.
    pub expected: Option<Version>,
    /// The row from now on.
    pub row: T,
}

impl<T> Write<T> {
    /// A row that must not exist yet.
    pub const fn insert(row: T) -> Self {
        Self { expected: None, row }
    }

    /// A row in the place of `old`.
    pub const fn update(old: &Versioned<T>, row: T) -> Self {
        Self { expected: Some(old.version), row }
    }

    /// The version of the row once it is written.
    #[must_use]
    pub fn version(&self) -> Version {
        self.expected.map_or(Version::FIRST, Version::next)
    }

    /// The row with that version.
    pub fn versioned(&self) -> Versioned<T>
    where
        T: Clone,
    {
        Versioned::new(self.version(), self.row.clone())
    }
}

/// A queue's admission version: nothing but a version, which every tick and every operator's admission counts up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Admission(pub QueueId);

/// A kind of row.
pub trait RowKind: Sized + 'static {
    /// The write, if it is one of this kind.
    fn of(write: &RowWrite) -> Option<&Write<Self>>;
    /// As [`Self::of`], to be changed.
    fn of_mut(write: &mut RowWrite) -> Option<&mut Write<Self>>;
}

/// From each kind of row: its variant, and how a row is told from others of its kind.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident($row:ty), $key:pat => $named:expr => $name:ident($($id:ty),+);)*) => {
        /// A row of any kind to be written.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum RowWrite {
            $($(#[$doc])* $kind(Write<$row>),)*
        }

        /// What tells a row from all others.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum RowKey {
            $($(#[$doc])* $name($($id),+),)*
        }

        impl RowWrite {
            /// The key of the row.
            #[must_use]
            pub fn key(&self) -> RowKey {
                match self {
                    $(Self::$kind(Write { row: $key, .. }) => $named,)*
                }
            }

            /// The version that the row must still have; none: there must be no such row yet.
            #[must_use]
            pub const fn expected(&self) -> Option<Version> {
                match self {
                    $(Self::$kind(write) => write.expected,)*
                }
            }
        }

        $(
            impl RowKind for $row {
                fn of(write: &RowWrite) -> Option<&Write<Self>> {
                    match write {
                        RowWrite::$kind(write) => Some(write),
                        _ => None,
                    }
                }

                fn of_mut(write: &mut RowWrite) -> Option<&mut Write<Self>> {
                    match write {
                        RowWrite::$kind(write) => Some(write),
                        _ => None,
                    }
                }
            }

            impl From<Write<$row>> for RowWrite {
                fn from(write: Write<$row>) -> Self {
                    Self::$kind(write)
                }
            }
        )*
    };
}

kinds! {
    /// A queue's policy and state.
    Queue(Queue), queue => RowKey::Queue(queue.id()) => Queue(QueueId);
    /// A queue's admission version.
    Admission(Admission), Admission(queue) => RowKey::Admission(*queue) => Admission(QueueId);
    /// A concert.
    Concert(Concert), concert => RowKey::Concert(concert.id()) => Concert(ConcertId);
    /// A date of a concert.
    Schedule(Schedule), schedule => RowKey::Schedule(schedule.id()) => Schedule(ScheduleId);
    /// A user; inserted only.
    User(User), user => RowKey::User(user.id) => User(UserId);
    /// A place in a queue, to which the store gives the next number: a user's only one there.
    Place(NewToken), place => RowKey::Place(place.queue, place.user) => Place(QueueId, UserId);
    /// A token that has its number.
    Token(QueueToken), token => RowKey::Token(token.id()) => Token(TokenId);
    /// A seat.
    Seat(Seat), seat => RowKey::Seat(seat.schedule(), seat.number()) => Seat(ScheduleId, SeatNumber);
    /// A reservation.
    Reservation(Reservation), reservation => RowKey::Reservation(reservation.id()) => Reservation(ReservationId);
    /// A payment.
    Payment(Payment), payment => RowKey::Payment(payment.id()) => Payment(PaymentId);
    /// A wallet.
    Wallet(Wallet), wallet => RowKey::Wallet(wallet.user()) => Wallet(UserId);
    /// A line in a wallet's book; inserted only.
    Entry(WalletEntry), entry => RowKey::Entry(entry.id()) => Entry(EntryId);
    /// An idempotency record.
    Key(IdempotencyRecord), key => RowKey::Key(key.scope.clone()) => Key(IdempotencyScope);
    /// What an operator did; inserted only.
    AuditEntry(AuditEntry), audit_entry => RowKey::AuditEntry(audit_entry.id) => AuditEntry(AuditEntryId);
}
