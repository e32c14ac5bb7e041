//! The caller of a request and their roles.

use domain::UserId;

/// A role in an access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// The permissions of every user.
    User,
    /// The permissions of operators.
    Operator,
    /// The permission to charge the wallets of users.
    Cashier,
    /// The permission to check in tickets.
    Scanner,
}

impl Role {
    /// Returns the name in the roles claim.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Operator => "operator",
            Self::Cashier => "cashier",
            Self::Scanner => "scanner",
        }
    }
}

/// The caller of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Caller {
    /// The user.
    pub(crate) user: UserId,
    /// Whether the caller is an operator.
    pub(crate) operator: bool,
    /// Whether the caller is a cashier.
    pub(crate) cashier: bool,
    /// Whether the caller is a scanner.
    pub(crate) scanner: bool,
    /// When the access token expires, leeway included, in seconds since 1970.
    pub(crate) until: i64,
}

/// The access token is invalid. The reason is not disclosed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct InvalidToken;
