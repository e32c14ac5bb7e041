//! Ids: one UUID type per kind of thing, so that they can't be confused.

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub Uuid);

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

ids! {
    /// The id of a user: the `sub` of an access token, of the service itself or of an external issuer.
    UserId;
    /// The id of a queue.
    QueueId;
    /// The id of a concert.
    ConcertId;
    /// The id of a schedule of a concert.
    ScheduleId;
    /// The id of a reservation.
    ReservationId;
    /// The id of a payment.
    PaymentId;
    /// The id of a wallet entry.
    WalletEntryId;
    /// The id of an entry of the audit log.
    AuditEntryId;
    /// The id of an event.
    EventId;
    /// The id of a session.
    SessionId;
    /// A digest that identifies a queue token where its id must not appear: the id can't be derived from it.
    TokenDigest;
}

/// The id of a queue token. It is the secret that grants admission, so its debug output hides it from logs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenId(pub Uuid);

impl From<Uuid> for TokenId {
    fn from(id: Uuid) -> Self {
        Self(id)
    }
}

impl From<TokenId> for Uuid {
    fn from(id: TokenId) -> Self {
        id.0
    }
}

impl std::fmt::Debug for TokenId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TokenId(…)")
    }
}

impl TokenId {
    /// Returns the digest that identifies the token in the event log and in read models.
    #[must_use]
    pub fn digest(self) -> TokenDigest {
        // Half of the hash: ids are 128 random bits, so more bits distinguish them no better.
        let digest: [u8; 32] = Sha256::digest(self.0.as_bytes()).into();
        TokenDigest(Uuid::from_bytes(std::array::from_fn(|byte| digest[byte])))
    }
}

impl UserId {
    /// Returns whether both are the same user, in constant time: the sender of a foreign token learns nothing about its owner from the
    /// response time.
    #[must_use]
    pub fn is(self, other: Self) -> bool {
        // All bits are compared; `black_box` keeps the compiler from returning early.
        std::hint::black_box(self.0.as_u128() ^ other.0.as_u128()) == 0
    }
}

#[cfg(test)]
mod tests {
    use uuid::uuid;

    use super::*;

    #[test]
    fn debug_output_of_a_token_id_hides_the_id() {
        assert_eq!(format!("{:?}", TokenId(Uuid::from_u128(7))), "TokenId(…)");
    }

    #[test]
    fn token_digests_are_stable_and_distinct() {
        assert_eq!(TokenId(Uuid::from_u128(7)).digest(), TokenDigest(uuid!("6bae4268-22df-52ca-f9dc-36c8319247d6")));
        assert_ne!(TokenId(Uuid::from_u128(8)).digest(), TokenId(Uuid::from_u128(7)).digest());
    }

    #[test]
    fn a_user_is_only_equal_to_the_same_id() {
        let ada = UserId(Uuid::from_u128(7));
        assert!(ada.is(UserId(Uuid::from_u128(7))));
        for bit in 0..128 {
            assert!(!ada.is(UserId(Uuid::from_u128(7 ^ (1 << bit)))), "{bit}");
        }
    }
}
