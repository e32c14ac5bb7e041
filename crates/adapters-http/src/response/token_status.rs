//! The statuses of queue tokens on the wire.

use domain::{ExpiryReason, TokenStatus};

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
