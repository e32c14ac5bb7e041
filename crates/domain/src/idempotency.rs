//! Idempotency keys: a repeated request has one effect and gets the first response again.

use thiserror::Error;
use time::OffsetDateTime;

use crate::{Money, Payment, Reservation, User, UserId, WalletEntry};

/// The value of an `Idempotency-Key` header: 1 to 255 visible ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdempotencyKey(String);

/// The error for a text that is not a valid idempotency key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("an idempotency key must have 1 to 255 visible ASCII characters")]
pub struct InvalidIdempotencyKey;

impl IdempotencyKey {
    /// Creates the key from `text`.
    ///
    /// # Errors
    /// [`InvalidIdempotencyKey`] unless it has 1 to 255 visible ASCII characters.
    pub fn new(text: &str) -> Result<Self, InvalidIdempotencyKey> {
        let fits = (1..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        if fits { Ok(Self(text.to_owned())) } else { Err(InvalidIdempotencyKey) }
    }

    /// The minimum length of a key that can be secret: 128 random bits in Base64.
    pub const MIN_SECRET_CHARS: usize = 22;

    /// Returns whether the key is long enough to be unguessable. The key of an anonymous request must be: nothing else identifies the
    /// sender, and everyone who knows the key gets the first response again.
    #[must_use]
    pub fn can_be_secret(&self) -> bool {
        self.0.len() >= Self::MIN_SECRET_CHARS
    }

    /// Returns the key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Declares the operations with their names.
macro_rules! operations {
    ($($(#[$doc:meta])* $operation:ident = $name:literal,)*) => {
        /// The operation of an idempotent request.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Operation {
            $($(#[$doc])* $operation,)*
        }

        impl Operation {
            /// Returns the name that stores use: it never changes and is never reused.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$operation => $name,)*
                }
            }

            /// Returns the operation called `name`.
            #[must_use]
            pub fn named(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$operation),)*
                    _ => None,
                }
            }
        }
    };
}

operations! {
    /// Hold seats.
    Hold = "RESERVATIONS",
    /// Charge a wallet.
    Charge = "CHARGES",
    /// Pay for a reservation.
    Pay = "PAYMENTS",
    /// Refund a payment.
    Refund = "REFUNDS",
    /// Register a user.
    Register = "USERS",
    /// Admit users by an operator's order.
    Admit = "ADMISSIONS",
    /// Exchange held seats.
    Exchange = "EXCHANGES",
}

/// An idempotency key with the scope in which it is unique.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdempotencyScope {
    /// The user who sent the key.
    pub user: UserId,
    /// The operation that the key was sent for.
    pub operation: Operation,
    /// The key.
    pub key: IdempotencyKey,
}

/// A digest of the concrete path and the canonical body: requests with equal digests are the same request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub [u8; 32]);

/// The idempotency key of a request, with the fingerprint of its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotentRequest {
    /// The key and its scope.
    pub scope: IdempotencyScope,
    /// The fingerprint of the request.
    pub fingerprint: Fingerprint,
}

/// The outcome of the first request with a key, stored in the same commit as its effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyRecord {
    /// The key and its scope.
    pub scope: IdempotencyScope,
    /// The fingerprint of the first request.
    pub fingerprint: Fingerprint,
    /// The outcome of the first request.
    pub outcome: Outcome,
    /// The instant of the decision: countdowns in the response start from here.
    pub recorded_at: OffsetDateTime,
    /// The first instant at which the record no longer counts.
    pub expires_at: OffsetDateTime,
}

/// The outcome of an idempotent request as data, from which the first response can be rendered again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The outcome of a hold.
    Held {
        /// The reservation at that time.
        reservation: Reservation,
        /// Whether the request created the reservation; otherwise it existed.
        created: bool,
    },
    /// The outcome of a charge.
    Charged(WalletEntry),
    /// The outcome of a payment or a refund.
    Paid {
        /// The payment at that time.
        payment: Payment,
        /// The payer's balance afterwards.
        balance: Money,
    },
    /// The outcome of a registration.
    Registered(User),
    /// The outcome of an admission by an operator.
    Admitted {
        /// The number of users admitted.
        admitted: u32,
    },
}

impl IdempotencyScope {
    /// Returns the scope of the key of an anonymous request for `operation`: without a user, all anonymous requests share it.
    #[must_use]
    pub const fn anonymous(operation: Operation, key: IdempotencyKey) -> Self {
        Self { user: UserId(uuid::Uuid::nil()), operation, key }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_key_is_1_to_255_visible_ascii_characters() {
        for text in ["!", "~", "2f1e-order-7", &"k".repeat(255)] {
            assert_eq!(IdempotencyKey::new(text).map(|key| key.as_str().to_owned()), Ok(text.to_owned()));
        }
        for text in ["", " ", "a b", "a\n", "\u{7f}", "ä", &"k".repeat(256)] {
            assert_eq!(IdempotencyKey::new(text), Err(InvalidIdempotencyKey), "{text:?}");
        }
    }

    #[test]
    fn a_key_shorter_than_128_random_bits_cannot_be_secret() {
        let can_be_secret = |text: &str| IdempotencyKey::new(text).map(|key| key.can_be_secret());
        assert_eq!(can_be_secret(&"k".repeat(21)), Ok(false));
        assert_eq!(can_be_secret(&"k".repeat(22)), Ok(true));
        assert_eq!(can_be_secret("018f1f5e-0000-4abc-9def-1234567890ab"), Ok(true), "a UUID");
    }

    proptest! {
        #[test]
        fn a_key_is_stored_unchanged(text in "[ -~]{0,260}|.{0,20}") {
            if let Ok(key) = IdempotencyKey::new(&text) {
                prop_assert_eq!(key.as_str(), text);
            }
        }
    }
}
