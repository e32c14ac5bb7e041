//! Stream tickets: credentials in the URL of one event stream, for clients that can't send headers, such as `EventSource` in browsers.
//!
//! ```text
//!   base64url( nonce ‖ AES-256-GCM( queue token ‖ user ‖ end ) )       authenticated with it: the name of the stream
//! ```
//!
//! A ticket is sealed with a key that is derived from the issuer's secret, so each instance accepts the tickets of all others and nothing is
//! stored. It discloses neither the queue token nor the user, and it opens no stream but the one whose name it was sealed for; the name of a
//! schedule's availability includes the schedule. Another kind of stream needs another name, a request part in `extract/stream_ticket.rs`, a
//! route that calls `routes/stream_tickets.rs`, and one that opens the stream for the part.

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use domain::{TokenId, UserId};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Salt};
use ring::rand::{SecureRandom as _, SystemRandom};
use thiserror::Error;
use time::OffsetDateTime;
use uuid::Uuid;

/// Separates this use of the secret from all others.
const INFO: &[u8] = b"frontrow stream tickets v1";
const ID_BYTES: usize = size_of::<Uuid>();
const END_BYTES: usize = size_of::<i64>();

/// The credentials in a stream ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StreamTicket {
    /// The queue token of the stream.
    pub(crate) token: TokenId,
    /// The user of the token.
    pub(crate) user: UserId,
    /// When the ticket expires, in seconds since 1970.
    pub(crate) until: i64,
}

/// The ticket can't be sealed.
#[derive(Debug, Error)]
#[error("the stream ticket can't be sealed")]
pub(crate) struct CannotSeal;

/// Seals and opens stream tickets.
pub(super) struct StreamTickets {
    key: LessSafeKey,
    random: SystemRandom,
}

impl StreamTickets {
    /// Derives the key of the tickets from the issuer's secret.
    #[expect(clippy::expect_used, reason = "the length is a constant")]
    pub(super) fn new(secret: &[u8]) -> Self {
        let pseudorandom = Salt::new(HKDF_SHA256, &[]).extract(secret);
        let key = UnboundKey::from(pseudorandom.expand(&[INFO], &AES_256_GCM).expect("HKDF derives keys of 32 bytes"));
        Self { key: LessSafeKey::new(key), random: SystemRandom::new() }
    }

    /// Seals a ticket for the stream with this name.
    pub(super) fn seal(&self, stream: &str, ticket: &StreamTicket) -> Result<String, CannotSeal> {
        let mut nonce = [0; NONCE_LEN];
        self.random.fill(&mut nonce).map_err(|_| CannotSeal)?;
        let StreamTicket { token, user, until } = ticket;
        let mut sealed = [token.0.as_bytes().as_slice(), user.0.as_bytes(), &until.to_be_bytes()].concat();
        let name = Aad::from(stream.as_bytes());
        self.key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), name, &mut sealed).map_err(|_| CannotSeal)?;
        Ok(BASE64_URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
    }

    /// Opens a ticket for the stream with this name; none if the text isn't such a ticket, or if it has expired.
    pub(super) fn open(&self, stream: &str, text: &str, now: OffsetDateTime) -> Option<StreamTicket> {
        let mut bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk_mut::<NONCE_LEN>()?;
        let plain = self.key.open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(stream.as_bytes()), sealed).ok()?;
        let (token, rest) = plain.split_first_chunk::<ID_BYTES>()?;
        let (user, rest) = rest.split_first_chunk::<ID_BYTES>()?;
        let until = i64::from_be_bytes(*rest.first_chunk::<END_BYTES>()?);
        let ticket = StreamTicket { token: TokenId(Uuid::from_bytes(*token)), user: UserId(Uuid::from_bytes(*user)), until };
        (now.unix_timestamp() < until).then_some(ticket)
    }
}

impl fmt::Debug for StreamTickets {
    /// Formats the value without the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamTickets").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;
    use time::Duration;
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-21 20:00 UTC);
    const STREAM: &str = "queue-tokens";

    fn ticket() -> StreamTicket {
        let (token, user) = (TokenId(Uuid::from_u128(0xfeed_beef)), UserId(Uuid::from_u128(7)));
        StreamTicket { token, user, until: NOW.unix_timestamp() + 60 }
    }

    fn tickets() -> StreamTickets {
        StreamTickets::new(&[7; 32])
    }

    #[test]
    fn a_ticket_is_accepted_by_every_instance_until_its_end() {
        let text = tickets().seal(STREAM, &ticket()).expect("a ticket");
        let open = |seconds| tickets().open(STREAM, &text, NOW + Duration::seconds(seconds));
        assert_eq!([open(0), open(59), open(60)], [Some(ticket()), Some(ticket()), None]);
    }

    #[test]
    fn a_ticket_is_valid_for_its_stream_and_secret_only() {
        let text = tickets().seal(STREAM, &ticket()).expect("a ticket");
        assert_eq!(tickets().open("availability", &text, NOW), None);
        assert_eq!(StreamTickets::new(&[8; 32]).open(STREAM, &text, NOW), None);
    }

    #[test]
    fn a_ticket_discloses_neither_token_nor_user() {
        let texts: Vec<String> = (0..100).map(|_| tickets().seal(STREAM, &ticket()).expect("a ticket")).collect();
        assert_eq!(texts.iter().collect::<HashSet<_>>().len(), 100, "each is different");
        for text in texts {
            assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{text} needs no escapes");
            let bytes = BASE64_URL_SAFE_NO_PAD.decode(&text).expect("base64");
            for secret in [ticket().token.0, ticket().user.0] {
                assert!(!bytes.windows(4).any(|part| part == &secret.as_bytes()[12..]), "{text}");
            }
        }
    }

    proptest! {
        #[test]
        fn a_changed_ticket_is_invalid(index in 0..68_usize, bit in 0..8_u8) {
            let text = tickets().seal(STREAM, &ticket()).expect("a ticket");
            let mut bytes = BASE64_URL_SAFE_NO_PAD.decode(text).expect("base64");
            bytes[index] ^= 1 << bit;
            prop_assert_eq!(tickets().open(STREAM, &BASE64_URL_SAFE_NO_PAD.encode(&bytes), NOW), None);
            bytes.truncate(index);
            prop_assert_eq!(tickets().open(STREAM, &BASE64_URL_SAFE_NO_PAD.encode(&bytes), NOW), None);
        }

        #[test]
        fn arbitrary_text_is_no_ticket(text in ".{0,100}|[A-Za-z0-9_-]{0,200}") {
            prop_assert_eq!(tickets().open(STREAM, &text, NOW), None);
        }
    }
}
