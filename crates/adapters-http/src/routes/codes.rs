//! The problems that sorts of requests have in common, for the documentation.

use crate::problem::Code;

/// Of whoever must say who they are.
pub(super) const SIGNED_IN: &[Code] = &[Code::Unauthenticated];
/// Of what only operators may do.
pub(super) const OPERATOR: &[Code] = &[Code::Unauthenticated, Code::Forbidden];
/// Of changes to what has a version.
pub(super) const CHANGE: &[Code] = &[Code::NotFound, Code::PreconditionFailed, Code::PreconditionRequired];
/// Of what only the admitted may do.
pub(super) const GUARDED: &[Code] =
    &[Code::Unauthenticated, Code::QueueTokenRequired, Code::QueueTokenNotActive, Code::QueueTokenMismatch, Code::QueueTokenExpired];
/// Of requests with a body.
pub(super) const BODY: &[Code] =
    &[Code::MalformedJson, Code::ValidationFailed, Code::RequestTimeout, Code::PayloadTooLarge, Code::UnsupportedMediaType];
/// Of requests with an idempotency key.
pub(super) const KEYED: &[Code] = &[Code::IdempotencyKeyRequired, Code::IdempotencyKeyReused];
/// Of lists.
pub(super) const LIST: &[Code] = &[Code::ValidationFailed, Code::InvalidCursor];
