//! The statuses of queue tokens on the wire.

use domain::{Availability, ExpiryReason, TokenStatus};
use serde::Serialize;
use utoipa::ToSchema;

/// The status of a queue token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = QueueTokenStatus)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum TokenStatusBody {
    /// The user is waiting.
    Waiting,
    /// The user was admitted.
    Active,
    /// The token has ended.
    Expired,
}

/// Why a queue token has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ExpiredReason)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum ExpiredReasonBody {
    /// The user has paid.
    Paid,
    /// The time of the active user was over.
    TimedOut,
    /// The admitted user sent no guarded request in time.
    Unclaimed,
    /// The user has left the queue.
    Left,
}

/// The availability of seats of a concert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ConcertAvailability)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum AvailabilityBody {
    /// Many seats are available.
    Good,
    /// Few seats are available.
    Low,
    /// No seat is available.
    SoldOut,
    /// None of the schedules is on sale.
    SaleNotOpen,
    /// All future schedules are cancelled.
    Cancelled,
}

impl From<TokenStatus> for TokenStatusBody {
    fn from(status: TokenStatus) -> Self {
        match status {
            TokenStatus::Waiting => Self::Waiting,
            TokenStatus::Active => Self::Active,
            TokenStatus::Expired(_) => Self::Expired,
        }
    }
}

impl From<ExpiryReason> for ExpiredReasonBody {
    fn from(reason: ExpiryReason) -> Self {
        match reason {
            ExpiryReason::Paid => Self::Paid,
            ExpiryReason::TimedOut => Self::TimedOut,
            ExpiryReason::Unclaimed => Self::Unclaimed,
            ExpiryReason::Left => Self::Left,
        }
    }
}

impl From<Availability> for AvailabilityBody {
    fn from(availability: Availability) -> Self {
        match availability {
            Availability::Good => Self::Good,
            Availability::Low => Self::Low,
            Availability::SoldOut => Self::SoldOut,
            Availability::SaleNotOpen => Self::SaleNotOpen,
            Availability::Cancelled => Self::Cancelled,
        }
    }
}

/// Returns the name of a status on the wire.
pub(crate) const fn name(status: TokenStatus) -> &'static str {
    match status {
        TokenStatus::Waiting => "WAITING",
        TokenStatus::Active => "ACTIVE",
        TokenStatus::Expired(_) => "EXPIRED",
    }
}

/// Returns the name of a reason on the wire.
pub(crate) const fn reason(reason: ExpiryReason) -> &'static str {
    match reason {
        ExpiryReason::Paid => "PAID",
        ExpiryReason::TimedOut => "TIMED_OUT",
        ExpiryReason::Unclaimed => "UNCLAIMED",
        ExpiryReason::Left => "LEFT",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_in_tags_and_in_bodies_are_equal() {
        for status in [TokenStatus::Waiting, TokenStatus::Active, TokenStatus::Expired(ExpiryReason::Paid)] {
            assert_eq!(json!(TokenStatusBody::from(status)), name(status));
        }
        for cause in [ExpiryReason::Paid, ExpiryReason::TimedOut, ExpiryReason::Unclaimed, ExpiryReason::Left] {
            assert_eq!(json!(ExpiredReasonBody::from(cause)), reason(cause));
        }
    }
}
