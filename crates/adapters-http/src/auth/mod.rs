//! Authentication by JSON web tokens of the built-in issuer or of external ones.

mod algorithm;
mod caller;
mod claims;
mod issuer;
mod issuers;
mod key_store;
mod keys;
mod session_credentials;
mod signatures;
mod stream_tickets;
mod trusted;

pub use algorithm::{SigningAlgorithm, UnknownAlgorithm};
pub(crate) use caller::Caller;
pub use caller::Role;
pub use issuer::{CannotSign, Issuer};
pub use issuers::Issuers;
pub use key_store::KeyStore;
pub use keys::{Keys, KeysError};
pub(crate) use session_credentials::{read_credential, write_credential};
pub(crate) use stream_tickets::StreamTicket;
pub use trusted::{Trust, TrustedIssuer};
