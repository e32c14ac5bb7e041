//! The codes of tickets, which are scanned at the entrance: `base32(reservation ‖ seat ‖ MAC)`.
//!
//! A code proves the right to a seat, so it is a secret of the buyer. It is derived from the ticket's id with a key that only the store
//! has, and verified without a row of its own. 56 characters of Base32 are the alphanumeric mode of QR codes, in which they fit into the
//! small version 3; people can type them, too.

use std::fmt;

use data_encoding::BASE32_NOPAD;
use domain::{ReservationId, SeatNumber, TicketId};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use uuid::Uuid;

use crate::Error;
use crate::ports::{Ids, SecretName, Secrets};

/// The length of a ticket's id in a code: a UUID and a number of 24 bits.
const ID_BYTES: usize = 19;
/// The length of the message authentication code, half of an HMAC-SHA-256 (RFC 2104, section 5): 128 bits.
const MAC_BYTES: usize = 16;
/// What the key authenticates, so that no other use of it could produce a code.
const CONTEXT: &[u8] = b"frontrow ticket code 1";

/// The code of a ticket. Its debug output hides it from logs.
#[derive(Clone, PartialEq, Eq)]
pub struct TicketCode(String);

impl TicketCode {
    /// The number of characters of a code.
    pub const CHARS: usize = (ID_BYTES + MAC_BYTES) * 8 / 5;

    /// Returns the code as text: letters and digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for TicketCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TicketCode(…)")
    }
}

/// Derives and verifies the codes of tickets.
pub struct TicketCodes {
    mac: Hmac<Sha256>,
}

impl TicketCodes {
    /// Creates the codes that are derived with `key`: 32 random bytes.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        // HMAC pads a key to the block size of the hash with zeros.
        let mut block = [0; 64];
        block[..key.len()].copy_from_slice(key);
        Self { mac: Hmac::new(&block.into()) }
    }

    /// Creates the codes of a store; the first call stores their key.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn of(secrets: &dyn Secrets, ids: &dyn Ids) -> Result<Self, Error> {
        let mut candidate = [0; 32];
        for half in candidate.chunks_exact_mut(16) {
            half.copy_from_slice(ids.secret().as_bytes());
        }
        Ok(Self::new(&secrets.secret(SecretName::TicketCodes, candidate).await?))
    }

    /// Returns the code of the ticket `id`.
    #[must_use]
    pub fn code(&self, id: TicketId) -> TicketCode {
        let [_, seat @ ..] = id.seat.get().to_be_bytes();
        let message: Vec<u8> = id.reservation.0.as_bytes().iter().copied().chain(seat).collect();
        let mac = self.mac_of(&message).finalize().into_bytes();
        TicketCode(BASE32_NOPAD.encode(&[message.as_slice(), &mac[..MAC_BYTES]].concat()))
    }

    /// Returns the ticket that `code` belongs to, if it is a code of this store. Letters may be small. A wrong code takes as long as a right
    /// one, wherever it is wrong.
    #[must_use]
    pub fn verify(&self, code: &str) -> Option<TicketId> {
        let bytes = BASE32_NOPAD.decode(code.to_ascii_uppercase().as_bytes()).ok()?;
        let (message, mac) = bytes.split_at_checked(ID_BYTES).filter(|(_, mac)| mac.len() == MAC_BYTES)?;
        self.mac_of(message).verify_truncated_left(mac).ok()?;
        let (reservation, seat) = message.split_at_checked(16)?;
        let [high, middle, low] = seat.try_into().ok()?;
        let seat = SeatNumber::new(u32::from_be_bytes([0, high, middle, low])).ok()?;
        Some(TicketId { reservation: ReservationId(Uuid::from_slice(reservation).ok()?), seat })
    }

    fn mac_of(&self, message: &[u8]) -> Hmac<Sha256> {
        self.mac.clone().chain_update(CONTEXT).chain_update(message)
    }
}

impl fmt::Debug for TicketCodes {
    /// Formats the codes without their key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TicketCodes").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use domain::testing::{ADA, BEN, reservation_of, seat_number};

    use super::*;

    fn codes() -> TicketCodes {
        TicketCodes::new(&[7; 32])
    }

    fn ticket(seat: u32) -> TicketId {
        TicketId { reservation: reservation_of(ADA), seat: seat_number(seat) }
    }

    #[test]
    fn a_code_belongs_to_its_ticket() {
        for seat in [1, 255, 256, 65_536, 1_000_000] {
            let code = codes().code(ticket(seat));
            assert_eq!(code.as_str().len(), TicketCode::CHARS);
            assert!(code.as_str().bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()), "{}", code.as_str());
            assert_eq!(codes().verify(code.as_str()), Some(ticket(seat)));
            assert_eq!(codes().verify(&code.as_str().to_ascii_lowercase()), Some(ticket(seat)));
        }
    }

    #[test]
    fn codes_are_stable() {
        let code = codes().code(ticket(7));
        assert_eq!(code.as_str(), "AAAAAAAAAAAAMAAAAAAAAAAAAEAAAB24E4NCDNYYKHXBX2BJBKU7BORH", "printed tickets have this code");
    }

    #[test]
    fn a_code_with_any_character_changed_is_refused() {
        let code = codes().code(ticket(7)).as_str().to_owned();
        for index in 0..code.len() {
            for other in ["A", "B", "7"].into_iter().filter(|other| code[index..=index] != **other) {
                let mut forged = code.clone();
                forged.replace_range(index..=index, other);
                assert_eq!(codes().verify(&forged), None, "{forged}");
            }
        }
    }

    #[test]
    fn texts_that_are_no_codes_are_refused() {
        let code = codes().code(ticket(7)).as_str().to_owned();
        let longer = format!("{code}AAAAAAAA");
        for text in ["", "A", &code[..48], &code[8..], &longer, &code.replace(|_| true, "A"), "é", &"=".repeat(56), &"A".repeat(10_000)] {
            assert_eq!(codes().verify(text), None, "{text}");
        }
    }

    #[test]
    fn the_codes_of_another_store_are_refused() {
        let foreign = TicketCodes::new(&[8; 32]).code(ticket(7));
        assert_eq!(codes().verify(foreign.as_str()), None);
    }

    #[test]
    fn each_ticket_has_a_code_of_its_own() {
        let of_ben = TicketId { reservation: reservation_of(BEN), seat: seat_number(7) };
        let all = [ticket(7), ticket(8), of_ben].map(|id| codes().code(id).as_str().to_owned());
        assert_ne!(all[0], all[1]);
        assert_ne!(all[0], all[2]);
        // Not even the authenticated parts are similar.
        assert_ne!(all[0][32..], all[1][32..]);
    }

    #[test]
    fn debug_output_hides_codes_and_their_key() {
        assert_eq!(format!("{:?} {:?}", codes(), codes().code(ticket(7))), "TicketCodes { .. } TicketCode(…)");
    }
}
