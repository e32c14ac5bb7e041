//! A panic in a handler becomes a problem: without this the server closes the connection without an answer.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

use actix_web::Error;

use crate::problem::Problem;

/// The answer, or a problem if `answer` panics. The panic's own words are not repeated here: they may tell secrets, and the
/// panic hook has them.
pub(super) async fn answer<T>(answer: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let mut answer = pin!(answer);
    std::future::poll_fn(|context| {
        // Whatever the panic left half done belonged to this request, and is dropped with it.
        catch_unwind(AssertUnwindSafe(|| answer.as_mut().poll(context))).unwrap_or_else(|_| {
            tracing::error!("a handler panicked");
            Poll::Ready(Err(Problem::internal().into()))
        })
    })
    .await
}
