//! Needs: what a decision has to see, in families of rows that belong together.
//!
//! A command names its needs ([`Command::needs`](crate::Command::needs)); a store answers them with [`Rows`], and names no command; each need
//! then finds in those rows what its decision looks at. The types tie the two: a decision gets what its command's needs find, and nothing
//! else.
//!
//! A need says which rows it is about. A store returns **all** of them that exist, whether or not their deadlines have passed, and it may
//! return others: a need takes no row that isn't its own. A row that doesn't exist is left out.

mod find;
mod rows;

use time::Duration;

use crate::{ConcertId, IdempotencyScope, PaymentId, QueueId, ReservationId, ScheduleId, SeatNumber, TokenId, UserId};

pub use rows::{Loadable, Lookup, Rows, Standing, Unreadable};

/// What a decision has to see.
pub trait Needs {
    /// What is found.
    type Found;

    /// Adds the needs to those that a store is asked to answer.
    fn ask(&self, needs: &mut Vec<Need>);

    /// Finds them among `rows`.
    ///
    /// # Errors
    /// [`Unreadable`] if a row of theirs makes no sense.
    fn find(&self, rows: &Rows) -> Result<Self::Found, Unreadable>;
}

/// Declares the needs: a type for each, which a command names and which says what is found; and [`Need`], which stores answer.
macro_rules! needs {
    ($($(#[$doc:meta])* $name:ident $fields:tt => $found:ty;)*) => {
        $(needs!(@type $(#[$doc])* $name $fields);)*

        /// One need, whichever: what stores answer.
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

                fn ask(&self, needs: &mut Vec<Need>) {
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
    /// A user's place in the queue of a concert, or in the default queue: the concert and its dates, the queue and how many wait in it, and
    /// the user's token in it that isn't EXPIRED by its row. Nothing if the concert doesn't exist.
    Place { user: UserId, concert: Option<ConcertId> } => Option<crate::loaded::LoadedPlace>;
    /// A queue, its admission version and how many wait. Its tokens: of those that are ACTIVE and past their deadline, at most so many, the
    /// earliest first; of those that wait, at most so many, with the lowest numbers. If anybody waits, how many are ACTIVE by their rows;
    /// and unless it is [`Queue::DEFAULT`](crate::Queue::DEFAULT) or no concert names it, all dates of the concerts that do, with whether a
    /// seat of theirs is AVAILABLE or HELD by its row.
    Line { queue: QueueId, at_most: u32 } => Option<crate::loaded::LoadedLine>;
    /// A queue.
    Queue(QueueId) => Option<crate::Versioned<crate::Queue>>;
    /// A concert and all of its dates.
    Concert(ConcertId) => Option<crate::loaded::LoadedConcert>;
    /// Whether anybody counts on a concert's being admitted to by its queue: see [`ConcertUse`](crate::loaded::ConcertUse).
    ConcertInUse(ConcertId) => crate::loaded::ConcertUse;
    /// A date and its concert.
    Schedule(ScheduleId) => Option<crate::loaded::LoadedSchedule>;
    /// Seats of a date, and the reservations that are HELD by their rows and that these seats name, each with its date and all of its seats.
    Seats { schedule: ScheduleId, numbers: Vec<SeatNumber> } => crate::loaded::LoadedSeats;
    /// The seats of a date that have one of these labels, letter by letter.
    LabelledSeats { schedule: ScheduleId, labels: Vec<String> } => Vec<crate::Versioned<crate::Seat>>;
    /// A reservation with its date and its seats, and the date's concert.
    Reservation(ReservationId) => Option<(crate::loaded::LoadedReservation, crate::Versioned<crate::Concert>)>;
    /// The reservations that were made under a token and are HELD by their rows, each with its date and its seats.
    HoldsOfToken(TokenId) => Vec<crate::loaded::LoadedReservation>;
    /// What a user owns of the concert of a date: their reservations for it that are HELD or CONFIRMED by their rows, each with its date.
    OwnedBy { user: UserId, schedule: ScheduleId } => Vec<crate::loaded::OwnedReservation>;
    /// A payment, its reservation with its date and its seats, and the payer's wallet.
    Payment(PaymentId) => Option<crate::loaded::LoadedPayment>;
    /// Reservations that are HELD by their rows, and past their deadline, the earliest first, or for dates that were cancelled less than
    /// `longest` ago, after them and in any order; at most so many together, each with its date and its seats. Reservations that make no
    /// sense are told of, and keep no other from being found.
    LapsedHolds { at_most: u32, longest: Duration } => Vec<Result<crate::loaded::LoadedReservation, Unreadable>>;
}

/// Nothing but the store's clock.
impl Needs for () {
    type Found = ();

    fn ask(&self, _: &mut Vec<Need>) {}

    fn find(&self, _: &Rows) -> Result<(), Unreadable> {
        Ok(())
    }
}

impl<N: Needs> Needs for Option<N> {
    type Found = Option<N::Found>;

    fn ask(&self, needs: &mut Vec<Need>) {
        if let Some(need) = self {
            need.ask(needs);
        }
    }

    fn find(&self, rows: &Rows) -> Result<Self::Found, Unreadable> {
        self.as_ref().map(|need| need.find(rows)).transpose()
    }
}

impl<N: Needs> Needs for Vec<N> {
    type Found = Vec<N::Found>;

    fn ask(&self, needs: &mut Vec<Need>) {
        for need in self {
            need.ask(needs);
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

            fn ask(&self, needs: &mut Vec<Need>) {
                $(self.$index.ask(needs);)*
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
