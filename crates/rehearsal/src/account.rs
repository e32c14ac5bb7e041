//! The state of a user at the end of a rehearsal, as the API returns it.

use uuid::Uuid;

/// A user's wallet, payments and reservations.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) user: u32,
    pub(crate) balance: i64,
    pub(crate) entries: Vec<Entry>,
    pub(crate) payments: Vec<Payment>,
    pub(crate) reservations: Vec<Reservation>,
}

/// An entry of the wallet; payments are negative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) kind: String,
    pub(crate) amount: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Payment {
    pub(crate) id: Uuid,
    pub(crate) reservation: Uuid,
    pub(crate) amount: i64,
    pub(crate) is_completed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reservation {
    pub(crate) id: Uuid,
    pub(crate) seats: Vec<u32>,
    pub(crate) is_confirmed: bool,
}
