//! The words for the domain's states and reasons in a row.

use domain::audit_entry::Action;
use domain::session::EndReason;
use domain::{CancelReason, ExpiryReason, QueueState};

/// An enumeration whose values are words in the database; the check constraints list the same words.
pub trait Word: Copy + 'static {
    /// All values with their words.
    const WORDS: &'static [(Self, &'static str)];

    /// Returns the word for this value.
    fn word(self) -> &'static str;

    /// Returns the value that `word` stands for.
    fn of(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(_, known)| *known == word).map(|(value, _)| *value)
    }
}

macro_rules! words {
    ($($type:ident { $($value:ident = $word:literal),* })*) => {$(
        impl Word for $type {
            const WORDS: &'static [(Self, &'static str)] = &[$((Self::$value, $word)),*];

            fn word(self) -> &'static str {
                match self {
                    $(Self::$value => $word),*
                }
            }
        }
    )*};
}

words! {
    QueueState { Open = "OPEN", Paused = "PAUSED", Closed = "CLOSED" }
    ExpiryReason { Paid = "PAID", TimedOut = "TIMED_OUT", Unclaimed = "UNCLAIMED", Left = "LEFT" }
    EndReason { SignedOut = "SIGNED_OUT", TokenReused = "TOKEN_REUSED" }
    CancelReason { Expired = "EXPIRED", Released = "RELEASED", Refunded = "REFUNDED" }
    Action {
        Create = "CREATE", Change = "CHANGE", Pause = "PAUSE", Resume = "RESUME", Close = "CLOSE", Open = "OPEN", Admit = "ADMIT",
        Cancel = "CANCEL", LayOut = "LAY_OUT", Block = "BLOCK", Unblock = "UNBLOCK", Release = "RELEASE", Refund = "REFUND",
        Charge = "CHARGE", SignIn = "SIGN_IN"
    }
}
