//! Refresh tokens and login codes as text: `base64url( user ‖ session ‖ secret )`. The first two only tell where the digest of the secret is
//! stored.

use application::use_cases::SessionCredential;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use domain::session::Secret;
use domain::{SessionId, UserId};
use uuid::Uuid;

const ID_BYTES: usize = size_of::<Uuid>();

/// Returns the text of a refresh token or login code.
pub(crate) fn write_credential(credential: &SessionCredential) -> String {
    let SessionCredential { user, session, secret } = credential;
    BASE64_URL_SAFE_NO_PAD.encode([user.0.as_bytes().as_slice(), session.0.as_bytes(), &secret.0].concat())
}

/// Reads a refresh token or login code; none if the text has another format.
pub(crate) fn read_credential(text: &str) -> Option<SessionCredential> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
    let (user, rest) = bytes.split_first_chunk::<ID_BYTES>()?;
    let (session, secret) = rest.split_first_chunk::<ID_BYTES>()?;
    let (user, session) = (UserId(Uuid::from_bytes(*user)), SessionId(Uuid::from_bytes(*session)));
    Some(SessionCredential { user, session, secret: Secret(secret.try_into().ok()?) })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_credential_is_read_as_it_was_written(user: u128, session: u128, secret: [u8; 32]) {
            let (user, session) = (UserId(Uuid::from_u128(user)), SessionId(Uuid::from_u128(session)));
            let credential = SessionCredential { user, session, secret: Secret(secret) };
            let text = write_credential(&credential);
            prop_assert_eq!(text.len(), 86);
            prop_assert_eq!(read_credential(&text), Some(credential));
            prop_assert_eq!(read_credential(&text[1..]), None);
            prop_assert_eq!(read_credential(&format!("{text}A")), None);
        }

        #[test]
        fn arbitrary_text_is_no_credential(text in ".{0,90}") {
            prop_assert!(read_credential(&text).is_none_or(|credential| write_credential(&credential) == text));
        }
    }
}
