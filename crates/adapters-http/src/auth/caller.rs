//! Who is asking, and what they may do.

use domain::UserId;

/// What the bearer of an access token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// What every user may.
    User,
    /// What operators may, too.
    Operator,
    /// Putting money into users' wallets, too.
    Cashier,
}

impl Role {
    /// As a roles claim says it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Operator => "operator",
            Self::Cashier => "cashier",
        }
    }
}

/// Who is asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Caller {
    /// The user.
    pub(crate) user: UserId,
    /// Whether they are an operator.
    pub(crate) operator: bool,
    /// Whether they are a cashier.
    pub(crate) cashier: bool,
    /// Until when their access token says so, in seconds since 1970.
    pub(crate) until: i64,
}

/// The access token says nothing that can be believed. Why is for nobody but the caller's own tests to find out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct InvalidToken;
