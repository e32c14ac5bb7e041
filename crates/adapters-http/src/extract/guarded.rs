//! Guarded requests: they require an active queue token. The first one claims the token, whatever its response is.

use std::future::Future;
use std::pin::Pin;

use ::uuid::Uuid;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use application::Error;
use domain::decide::admission::Pass;
use domain::{Refusal, TokenId};

use super::accept::{self, Events, Json, Media};
use super::call;
use super::part::RequestPart;
use super::uuid;
use crate::api::{Api, UseCaseHandle};
use crate::auth::Caller;
use crate::problem::Problem;

const QUEUE_TOKEN: &str = "Queue-Token";

/// A guarded request for JSON, split into its parts.
pub(crate) struct GuardedRequest<P> {
    /// The guard of the request.
    pub(crate) guard: Guard,
    /// The other parts of the request.
    pub(crate) parts: P,
}

/// Calls the application for a guarded request. The application decides whether the pass is valid.
pub(crate) struct Guard {
    /// The API that handles the request.
    pub(crate) api: Api,
    /// The caller and their queue token.
    pub(crate) pass: Pass,
    /// When the access token expires, in seconds since 1970.
    pub(crate) until: i64,
}

/// A guarded request for an event stream, split into its parts.
pub(crate) struct GuardedStream<P> {
    /// The guard of the request.
    pub(crate) guard: Guard,
    /// The other parts of the request.
    pub(crate) parts: P,
}

impl<P: RequestPart + 'static> FromRequest for GuardedRequest<P> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { read::<P, Json>(&request).await.map(|(guard, parts)| Self { guard, parts }) })
    }
}

impl<P: RequestPart + 'static> FromRequest for GuardedStream<P> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { read::<P, Events>(&request).await.map(|(guard, parts)| Self { guard, parts }) })
    }
}

/// Splits a guarded request for a response of the media type `M`.
async fn read<P: RequestPart, M: Media>(request: &HttpRequest) -> Result<(Guard, P), Problem> {
    let api = call::api(request)?;
    let Caller { user, until, .. } = Caller::of(request, &api)?;
    let pass = Pass { user, token: token(request) };
    match accept::check::<M>(request.headers()).and_then(|()| call::read_parts(request, &api)) {
        Ok(parts) => Ok((Guard { api, pass, until }, parts)),
        Err(problem) => {
            // The request still claims the token; the result of the guard is ignored.
            api.try_run(|use_cases| async move { use_cases.enter.execute(pass, None).await }).await.ok();
            Err(problem)
        }
    }
}

/// Returns the queue token of the request. An invalid value is read as the nil UUID, which is no user's token.
fn token(request: &HttpRequest) -> Option<TokenId> {
    let mut values = request.headers().get_all(QUEUE_TOKEN);
    let first = values.next()?;
    let id = first.to_str().ok().and_then(uuid::uuid).filter(|_| values.next().is_none());
    Some(TokenId(id.unwrap_or(Uuid::nil())))
}

impl Guard {
    /// Calls the application; the problem of a waiting token has its position and `Retry-After`.
    pub(crate) async fn run<T, F>(&self, call: impl FnOnce(UseCaseHandle) -> F) -> Result<T, Problem>
    where
        F: Future<Output = Result<T, Error>> + Send + 'static,
        T: Send + 'static,
    {
        match self.api.try_run(call).await? {
            Ok(value) => Ok(value),
            Err(error) => {
                let waiting = match &error {
                    Error::Refused(Refusal::TokenWaiting { token }) => Some(*token),
                    Error::Refused(_) | Error::Overloaded | Error::Unavailable | Error::Internal => None,
                };
                let problem = Problem::of(error, self.api.settings.currency);
                Err(match waiting {
                    Some(token) => self.with_position(problem, token).await,
                    None => problem,
                })
            }
        }
    }

    /// Returns `problem` with the token's position in the queue.
    async fn with_position(&self, problem: Problem, token: TokenId) -> Problem {
        let user = self.pass.user;
        let place = self.api.try_run(|use_cases| async move { use_cases.poll.token(user, token).await }).await;
        match place {
            Ok(Ok(place)) => Problem::waiting(place.position).retry_after(place.poll_after.whole_seconds()),
            Ok(Err(_)) | Err(_) => problem,
        }
    }
}
