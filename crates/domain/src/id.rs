//! The identities of things: UUIDs that can't be mistaken for each other.

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
    /// Who buys. An external issuer's `sub` is as good as one of ours.
    UserId;
    /// A waiting line.
    QueueId;
    /// A concert.
    ConcertId;
    /// One date of a concert.
    ScheduleId;
    /// A user's claim to seats.
    ReservationId;
    /// The payment of a reservation.
    PaymentId;
    /// A line in a wallet's book.
    EntryId;
    /// What an operator did.
    AuditEntryId;
    /// Something that has happened.
    EventId;
    /// What a token is known by where its id must not be: a digest of it, from which the id can't be told.
    TokenDigest;
}

/// A user's place in a queue. The id is the secret that admits, so it shows itself to no log.
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
    /// What the token is known by to the event log and to the read models.
    #[must_use]
    pub fn digest(self) -> TokenDigest {
        // Half of it: ids are random, so that 128 bits are as many as can tell them apart.
        let digest: [u8; 32] = Sha256::digest(self.0.as_bytes()).into();
        TokenDigest(Uuid::from_bytes(std::array::from_fn(|byte| digest[byte])))
    }
}

impl UserId {
    /// Whether both are the same user, in a time that doesn't tell how much of the two is alike: whoever brings a token learns nothing
    /// of its owner.
    #[must_use]
    pub fn is(self, other: Self) -> bool {
        // All bits are looked at, and the compiler can't know when to stop.
        std::hint::black_box(self.0.as_u128() ^ other.0.as_u128()) == 0
    }
}

#[cfg(test)]
mod tests {
    use uuid::uuid;

    use super::*;

    #[test]
    fn a_token_shows_itself_to_no_log() {
        assert_eq!(format!("{:?}", TokenId(Uuid::from_u128(7))), "TokenId(…)");
    }

    #[test]
    fn a_digest_is_the_same_for_ever() {
        assert_eq!(TokenId(Uuid::from_u128(7)).digest(), TokenDigest(uuid!("6bae4268-22df-52ca-f9dc-36c8319247d6")));
        assert_ne!(TokenId(Uuid::from_u128(8)).digest(), TokenId(Uuid::from_u128(7)).digest());
    }

    #[test]
    fn a_user_is_nobody_else() {
        let ada = UserId(Uuid::from_u128(7));
        assert!(ada.is(UserId(Uuid::from_u128(7))));
        for bit in 0..128 {
            assert!(!ada.is(UserId(Uuid::from_u128(7 ^ (1 << bit)))), "{bit}");
        }
    }
}
