//! The common problems of kinds of requests, for the documentation.

use crate::problem::Code;

/// Problems of requests that require an access token.
pub(super) const AUTHENTICATED: &[Code] = &[Code::Unauthenticated];
/// Problems of requests that require the role `operator`.
pub(super) const OPERATOR: &[Code] = &[Code::Unauthenticated, Code::Forbidden];
/// Problems of changes to versioned resources.
pub(super) const CHANGE: &[Code] = &[Code::NotFound, Code::PreconditionFailed, Code::PreconditionRequired];
/// Problems of requests that require an active queue token.
pub(super) const GUARDED: &[Code] =
    &[Code::Unauthenticated, Code::QueueTokenRequired, Code::QueueTokenNotActive, Code::QueueTokenMismatch, Code::QueueTokenExpired];
/// Problems of requests with a body.
pub(super) const BODY: &[Code] =
    &[Code::MalformedJson, Code::ValidationFailed, Code::RequestTimeout, Code::PayloadTooLarge, Code::UnsupportedMediaType];
/// Problems of requests with an idempotency key.
pub(super) const IDEMPOTENT: &[Code] = &[Code::IdempotencyKeyRequired, Code::IdempotencyKeyReused];
/// Problems of lists.
pub(super) const LIST: &[Code] = &[Code::ValidationFailed, Code::InvalidCursor];
