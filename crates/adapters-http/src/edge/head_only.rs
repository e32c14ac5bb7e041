//! Requests for the head of a response.

/// Marks a HEAD request.
pub(crate) struct HeadOnly;
