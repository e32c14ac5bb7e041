//! Panics in handlers become problems: otherwise the server closes the connection without a response.

use std::panic::AssertUnwindSafe;

use actix_web::Error;
use futures_util::FutureExt as _;

use crate::problem::Problem;

/// Runs a handler, and returns a problem if it panics. The panic's message is not logged here: it may contain secrets, and the panic hook
/// reports it.
pub(super) async fn catch_panic<T>(handler: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    // State that the panic left inconsistent belongs to this request, and is dropped with it.
    AssertUnwindSafe(handler).catch_unwind().await.unwrap_or_else(|_| {
        tracing::error!("a handler panicked");
        Err(Problem::internal().into())
    })
}
