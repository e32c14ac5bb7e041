//! The public keys of external issuers: where they come from, and how they change while the server runs.

mod rotation;
mod source;

pub(crate) use rotation::Rotation;
