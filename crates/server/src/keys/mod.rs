//! The public keys of external issuers: their sources, and their rotation while the server runs.

mod rotation;
mod source;

pub(crate) use rotation::Rotation;
