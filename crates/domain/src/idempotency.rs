//! Idempotency keys: the same request twice has one effect and one answer.

use thiserror::Error;
use time::OffsetDateTime;

use crate::{Decision, Money, Payment, Refusal, Reservation, Rules, User, UserId, Versioned, WalletEntry, Write};

/// What a client wrote into `Idempotency-Key`: 1 to 255 visible ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdempotencyKey(String);

/// The text can't be an idempotency key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("an idempotency key has 1 to 255 visible ASCII characters")]
pub struct InvalidIdempotencyKey;

impl IdempotencyKey {
    /// The key `text`.
    ///
    /// # Errors
    /// [`InvalidIdempotencyKey`] unless it has 1 to 255 visible ASCII characters.
    pub fn new(text: &str) -> Result<Self, InvalidIdempotencyKey> {
        let fits = (1..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        if fits { Ok(Self(text.to_owned())) } else { Err(InvalidIdempotencyKey) }
    }

    /// The shortest key that can be a secret: 128 random bits as Base64 text.
    pub const SECRET_CHARS: usize = 22;

    /// Whether the key is long enough to be unguessable. A key of an anonymous request has to be: it is all that tells its sender from
    /// others, and the first response is sent again to everyone who knows it.
    #[must_use]
    pub fn can_be_secret(&self) -> bool {
        self.0.len() >= Self::SECRET_CHARS
    }

    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Declares the operations with their names.
macro_rules! operations {
    ($($(#[$doc:meta])* $operation:ident = $name:literal,)*) => {
        /// What a request with a key asks for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Operation {
            $($(#[$doc])* $operation,)*
        }

        impl Operation {
            /// Its name, by which stores know it: never changed, never used for another.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$operation => $name,)*
                }
            }

            /// The operation that `name` stands for.
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
    /// To hold seats.
    Hold = "RESERVATIONS",
    /// To put money into a wallet.
    Charge = "CHARGES",
    /// To pay.
    Pay = "PAYMENTS",
    /// To get a payment back.
    Refund = "REFUNDS",
    /// To register.
    Register = "USERS",
    /// To let users in, by an operator's order.
    Admit = "ADMISSIONS",
    /// To exchange held seats.
    Exchange = "EXCHANGES",
}

/// Within what a key is unique.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdempotencyScope {
    /// Whose key it is.
    pub user: UserId,
    /// What it was sent for.
    pub operation: Operation,
    /// The key.
    pub key: IdempotencyKey,
}

/// A digest of the concrete path and the canonical body: tells whether a request is the same one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub [u8; 32]);

/// A request's key together with what the request says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotentRequest {
    /// The key and within what it is unique.
    pub scope: IdempotencyScope,
    /// What the request says.
    pub fingerprint: Fingerprint,
}

/// The answer to a key's first request, kept in the same commit as its effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyRecord {
    /// Whose key.
    pub scope: IdempotencyScope,
    /// What the first request said.
    pub fingerprint: Fingerprint,
    /// What came of it.
    pub outcome: Outcome,
    /// The decision's instant: countdowns in the answer are told from here.
    pub recorded_at: OffsetDateTime,
    /// The first instant at which it is forgotten.
    pub expires_at: OffsetDateTime,
}

/// What came of a request, as data: HTTP renders the first answer from it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Of a hold.
    Held {
        /// The reservation as it was then.
        reservation: Reservation,
        /// Whether the request made it, or found it made.
        created: bool,
    },
    /// Of a charge.
    Charged(WalletEntry),
    /// Of a payment, or a refund.
    Paid {
        /// The payment as it was then.
        payment: Payment,
        /// The payer's balance after it.
        balance: Money,
    },
    /// Of a registration.
    Registered(User),
    /// Of an admission by an operator.
    Admitted {
        /// How many users were admitted.
        admitted: u32,
    },
}

impl IdempotencyScope {
    /// The scope of a key that came with an anonymous request for `operation`: no user has it, so it is shared by all who are anonymous.
    #[must_use]
    pub const fn anonymous(operation: Operation, key: IdempotencyKey) -> Self {
        Self { user: UserId(uuid::Uuid::nil()), operation, key }
    }
}

impl IdempotentRequest {
    /// The first answer, if this request has been answered before: by the record that was `found` of its key.
    ///
    /// # Errors
    /// [`Refusal::KeyReused`] if the key was used for another request.
    pub fn replay(&self, found: Option<&Versioned<IdempotencyRecord>>, now: OffsetDateTime) -> Result<Option<Decision<Outcome>>, Refusal> {
        match found {
            Some(record) if now < record.expires_at => {
                if record.fingerprint == self.fingerprint {
                    Ok(Some(Decision::replay(record.outcome.clone(), record.recorded_at)))
                } else {
                    Err(Refusal::KeyReused)
                }
            }
            Some(_) | None => Ok(None),
        }
    }

    /// The record of `outcome`; it takes the place of the one that was `found` and is past its retention.
    #[must_use]
    pub fn record(
        &self,
        outcome: Outcome,
        found: Option<&Versioned<IdempotencyRecord>>,
        now: OffsetDateTime,
        rules: &Rules,
    ) -> Write<IdempotencyRecord> {
        let record = IdempotencyRecord {
            scope: self.scope.clone(),
            fingerprint: self.fingerprint,
            outcome,
            recorded_at: now,
            expires_at: now + rules.key_retention,
        };
        Write { expected: found.map(|old| old.version), row: record }
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
    fn a_key_shorter_than_128_random_bits_is_no_secret() {
        let can_be_secret = |text: &str| IdempotencyKey::new(text).map(|key| key.can_be_secret());
        assert_eq!(can_be_secret(&"k".repeat(21)), Ok(false));
        assert_eq!(can_be_secret(&"k".repeat(22)), Ok(true));
        assert_eq!(can_be_secret("018f1f5e-0000-4abc-9def-1234567890ab"), Ok(true), "a UUID");
    }

    proptest! {
        #[test]
        fn a_key_is_kept_as_it_is(text in "[ -~]{0,260}|.{0,20}") {
            if let Ok(key) = IdempotencyKey::new(&text) {
                prop_assert_eq!(key.as_str(), text);
            }
        }
    }
}
