//! Who is asking: JSON web tokens of the built-in issuer, or of anybody who shares its secret.

mod hmac;
mod issuer;

pub(crate) use issuer::Caller;
pub use issuer::{CannotSign, Issuer, Role};
