//! The caller of a request and their roles.

use domain::session::Roles;
use domain::{SessionId, UserId};

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
    /// Returns the roles of a user with additional permissions.
    pub(super) fn of(roles: Roles) -> impl Iterator<Item = Self> {
        let Roles { operator, cashier, scanner } = roles;
        let all = [(true, Self::User), (operator, Self::Operator), (cashier, Self::Cashier), (scanner, Self::Scanner)];
        all.into_iter().filter(|(has, _)| *has).map(|(_, role)| role)
    }

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
    /// The session that issued the access token, if one did.
    pub(crate) session: Option<SessionId>,
    /// When the access token expires, leeway included, in seconds since 1970.
    pub(crate) until: i64,
}

impl Caller {
    /// Returns the roles of the access token.
    pub(crate) const fn roles(&self) -> Roles {
        let Self { operator, cashier, scanner, .. } = *self;
        Roles { operator, cashier, scanner }
    }
}

/// The access token is invalid. The reason is not disclosed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct InvalidToken;
