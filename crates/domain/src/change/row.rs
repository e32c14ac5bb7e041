//! Rows: everything that a change can write. A new kind of row is one line in the table below; the code compiles once every store handles
//! it.

use crate::admission::Admission;
use crate::{
    AuditEntry, AuditEntryId, Concert, ConcertId, IdempotencyRecord, IdempotencyScope, Layout, LayoutHash, NewToken, Payment, PaymentId,
    Queue, QueueId, QueueToken, Reservation, ReservationId, Schedule, ScheduleId, Seat, SeatNumber, Session, TokenId, User, UserId,
    Version, Versioned, Wallet, WalletEntry, WalletEntryId,
};

/// A row to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Write<T> {
    /// The version that the row must still have; none: the row must not exist yet.
    pub expected: Option<Version>,
    /// The new row.
    pub row: T,
}

impl<T> Write<T> {
    /// Returns the write of a row that must not exist yet.
    pub const fn insert(row: T) -> Self {
        Self { expected: None, row }
    }

    /// Returns a write that replaces `old` by `row`.
    pub const fn update(old: &Versioned<T>, row: T) -> Self {
        Self { expected: Some(old.version), row }
    }

    /// Returns the version of the row after the write.
    #[must_use]
    pub fn version(&self) -> Version {
        self.expected.map_or(Version::FIRST, Version::next)
    }

    /// Returns the row with its version after the write.
    pub fn versioned(&self) -> Versioned<T>
    where
        T: Clone,
    {
        Versioned::new(self.version(), self.row.clone())
    }
}

/// A kind of row.
pub trait RowKind: Sized + 'static {
    /// Returns the write if it is of this kind.
    fn of(write: &RowWrite) -> Option<&Write<Self>>;
    /// Returns the write if it is of this kind, mutably.
    fn of_mut(write: &mut RowWrite) -> Option<&mut Write<Self>>;
}

/// Declares for each kind of row its variant of [`RowWrite`], and the key that identifies a row of the kind.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident($row:ty), $key:pat => $named:expr => $name:ident($($id:ty),+);)*) => {
        /// The write of a row of any kind.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum RowWrite {
            $($(#[$doc])* $kind(Write<$row>),)*
        }

        /// The key that identifies a row among all rows.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum RowKey {
            $($(#[$doc])* $name($($id),+),)*
        }

        impl RowWrite {
            /// Returns the key of the row.
            #[must_use]
            pub fn key(&self) -> RowKey {
                match self {
                    $(Self::$kind(Write { row: $key, .. }) => $named,)*
                }
            }

            /// Returns the version that the row must still have; none: the row must not exist yet.
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
    /// A queue's admissions so far; every tick and every admission by an operator increments its version.
    Admission(Admission), admission => RowKey::Admission(admission.queue()) => Admission(QueueId);
    /// A concert.
    Concert(Concert), concert => RowKey::Concert(concert.id()) => Concert(ConcertId);
    /// A schedule of a concert.
    Schedule(Schedule), schedule => RowKey::Schedule(schedule.id()) => Schedule(ScheduleId);
    /// A user; inserted only.
    User(User), user => RowKey::User(user.id) => User(UserId);
    /// A new queue token, to which the store assigns the queue's next number; a user has at most one live token in a queue.
    NewToken(NewToken), token => RowKey::LiveToken(token.queue, token.user) => LiveToken(QueueId, UserId);
    /// A queue token that has its number.
    Token(QueueToken), token => RowKey::Token(token.id()) => Token(TokenId);
    /// A seat.
    Seat(Seat), seat => RowKey::Seat(seat.schedule(), seat.number()) => Seat(ScheduleId, SeatNumber);
    /// A reservation.
    Reservation(Reservation), reservation => RowKey::Reservation(reservation.id()) => Reservation(ReservationId);
    /// A payment.
    Payment(Payment), payment => RowKey::Payment(payment.id()) => Payment(PaymentId);
    /// A wallet.
    Wallet(Wallet), wallet => RowKey::Wallet(wallet.user()) => Wallet(UserId);
    /// An entry of a wallet's ledger; inserted only.
    WalletEntry(WalletEntry), entry => RowKey::WalletEntry(entry.id()) => WalletEntry(WalletEntryId);
    /// An idempotency record.
    Key(IdempotencyRecord), key => RowKey::Key(key.scope.clone()) => Key(IdempotencyScope);
    /// An entry of the audit log; inserted only.
    AuditEntry(AuditEntry), audit_entry => RowKey::AuditEntry(audit_entry.id) => AuditEntry(AuditEntryId);
    /// A layout; inserted only. Unlike other rows it may exist already, since its key determines it: then nothing is written.
    Layout(Layout), layout => RowKey::Layout(layout.hash()) => Layout(LayoutHash);
    /// A session, in its slot.
    Session(Session), session => RowKey::Session(session.user(), session.slot()) => Session(UserId, u8);
}
