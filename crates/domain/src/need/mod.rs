//! Needs: the rows that a decision reads, in groups of related rows.
//!
//! A command names its needs ([`Command::needs`](crate::Command::needs)). A store, which knows no commands, answers them with [`Rows`].
//! Each need then finds its rows among them for the decision. The types ensure that a decision gets only what its command's needs find.
//!
//! A need specifies its rows. A store returns **all** of them that exist, whether or not their deadlines have passed. It may return others:
//! a need ignores rows that it doesn't specify. A row that doesn't exist is left out.

mod find;
mod rows;

use time::Duration;

use crate::{ConcertId, IdempotencyScope, PaymentId, QueueId, ReservationId, ScheduleId, SeatNumber, TokenId, UserId};

pub use rows::{Loadable, Lookup, QueueCounts, Rows, Unreadable};

/// The rows that a decision reads.
pub trait Needs {
    /// The rows found.
    type Found;

    /// Adds the needs to the list for the store.
    fn add_to(&self, needs: &mut Vec<Need>);

    /// Finds the needed rows among `rows`.
    ///
    /// # Errors
    /// [`Unreadable`] if one of the needed rows is invalid.
    fn find(&self, rows: &Rows) -> Result<Self::Found, Unreadable>;
}

/// Declares the needs: for each a type, which commands name and which determines the type of the rows found; and [`Need`], which stores
/// answer.
macro_rules! needs {
    ($($(#[$doc:meta])* $name:ident $fields:tt => $found:ty;)*) => {
        $(needs!(@type $(#[$doc])* $name $fields);)*

        /// A need of any type, to be answered by a store.
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub enum Need {
            $($(#[$doc])* $name($name),)*
        }

        $(
            impl From<$name> for Need {
                fn from(need: $name) -> Self {
                    Self::$name(need)
                }
            }

            impl Needs for $name {
                type Found = $found;

                fn add_to(&self, needs: &mut Vec<Need>) {
                    needs.push(self.clone().into());
                }

                fn find(&self, rows: &Rows) -> Result<$found, Unreadable> {
                    self.find_in(rows)
                }
            }
        )*
    };
    (@type $(#[$doc:meta])* $name:ident ($id:ty)) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub struct $name(pub $id);
    };
    (@type $(#[$doc:meta])* $name:ident { $($field:ident: $type:ty),* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[expect(missing_docs, reason = "each is what its name says")]
        pub struct $name { $(pub $field: $type),* }
    };
}

needs! {
    /// The record of an idempotency key.
    Key(IdempotencyScope) => Option<crate::Versioned<crate::IdempotencyRecord>>;
    /// A user and their wallet.
    Account(UserId) => crate::loaded::LoadedAccount;
    /// A token and its queue.
    Token(TokenId) => Option<crate::loaded::LoadedToken>;
    /// A user's token in the queue of a concert, or in the default queue: the concert and its schedules, the queue and its number of
    /// waiting users, and the user's token in it whose row is not EXPIRED. Nothing if the concert doesn't exist.
    JoinTarget { user: UserId, concert: Option<ConcertId> } => Option<crate::loaded::LoadedJoinTarget>;
    /// A queue, its admission row and its number of waiting users. Its tokens: at most `at_most` lapsed tokens, the earliest deadline
    /// first; and at most `at_most` waiting tokens, those with the lowest numbers: all are above the last admitted number, so the search
    /// SHOULD start there. If any user waits: the number of tokens whose row is
    /// ACTIVE; and unless it is [`Queue::DEFAULT`](crate::Queue::DEFAULT) or no concert names it, all schedules of the concerts that do,
    /// each with whether the row of one of its seats is AVAILABLE or HELD.
    QueueHead { queue: QueueId, at_most: u32 } => Option<crate::loaded::LoadedQueueHead>;
    /// A queue.
    Queue(QueueId) => Option<crate::Versioned<crate::Queue>>;
    /// A concert and all of its schedules.
    Concert(ConcertId) => Option<crate::loaded::LoadedConcert>;
    /// Whether holds or tokens depend on the queue of a concert: see [`ConcertUse`](crate::loaded::ConcertUse).
    ConcertInUse(ConcertId) => crate::loaded::ConcertUse;
    /// A schedule and its concert.
    Schedule(ScheduleId) => Option<crate::loaded::LoadedSchedule>;
    /// Seats of a schedule, and the reservations that these seats name and whose rows are HELD, each with its schedule and all of its
    /// seats.
    Seats { schedule: ScheduleId, numbers: Vec<SeatNumber> } => crate::loaded::LoadedSeats;
    /// The seats of a schedule whose label equals one of these labels.
    LabelledSeats { schedule: ScheduleId, labels: Vec<String> } => Vec<crate::Versioned<crate::Seat>>;
    /// The layout of a schedule.
    LayoutOf(ScheduleId) => Option<crate::Layout>;
    /// A reservation with its schedule and its seats, and the schedule's concert.
    Reservation(ReservationId) => Option<(crate::loaded::LoadedReservation, crate::Versioned<crate::Concert>)>;
    /// The reservations that were made under a token and whose rows are HELD, each with its schedule and its seats.
    HoldsOfToken(TokenId) => Vec<crate::loaded::LoadedReservation>;
    /// A user's reservations for the concert of a schedule whose rows are HELD or CONFIRMED, each with its schedule.
    OwnedBy { user: UserId, schedule: ScheduleId } => Vec<crate::loaded::OwnedReservation>;
    /// A payment, its reservation with its schedule and its seats, and the payer's wallet.
    Payment(PaymentId) => Option<crate::loaded::LoadedPayment>;
    /// The sessions of a user.
    Sessions(UserId) => Vec<crate::Versioned<crate::Session>>;
    /// At most `at_most` reservations whose rows are HELD, each with its schedule and its seats: first those past their deadline, the
    /// earliest first; then, in any order, those for schedules that were cancelled less than `longest` ago. Unreadable reservations are
    /// reported and don't prevent others from being found.
    LapsedHolds { at_most: u32, longest: Duration } => Vec<Result<crate::loaded::LoadedReservation, Unreadable>>;
}

/// No rows: only the store's clock.
impl Needs for () {
    type Found = ();

    fn add_to(&self, _: &mut Vec<Need>) {}

    fn find(&self, _: &Rows) -> Result<(), Unreadable> {
        Ok(())
    }
}

impl<N: Needs> Needs for Option<N> {
    type Found = Option<N::Found>;

    fn add_to(&self, needs: &mut Vec<Need>) {
        if let Some(need) = self {
            need.add_to(needs);
        }
    }

    fn find(&self, rows: &Rows) -> Result<Self::Found, Unreadable> {
        self.as_ref().map(|need| need.find(rows)).transpose()
    }
}

impl<N: Needs> Needs for Vec<N> {
    type Found = Vec<N::Found>;

    fn add_to(&self, needs: &mut Vec<Need>) {
        for need in self {
            need.add_to(needs);
        }
    }

    fn find(&self, rows: &Rows) -> Result<Self::Found, Unreadable> {
        self.iter().map(|need| need.find(rows)).collect()
    }
}

macro_rules! several {
    ($($part:ident $index:tt),*) => {
        impl<$($part: Needs),*> Needs for ($($part,)*) {
            type Found = ($($part::Found,)*);

            fn add_to(&self, needs: &mut Vec<Need>) {
                $(self.$index.add_to(needs);)*
            }

            fn find(&self, rows: &Rows) -> Result<Self::Found, Unreadable> {
                Ok(($(self.$index.find(rows)?,)*))
            }
        }
    };
}

several!(A 0, B 1);
several!(A 0, B 1, C 2);
several!(A 0, B 1, C 2, D 3);
several!(A 0, B 1, C 2, D 3, E 4);
several!(A 0, B 1, C 2, D 3, E 4, F 5);
