//! Guarded calls: for the admitted only. Whatever the answer is, the first one claims the token.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use application::Error;
use domain::decide::admission::Pass;
use domain::{Refusal, TokenId};
use uuid::Uuid;

use super::accept::{self, Json};
use super::call::{self, RequestPart};
use super::path;
use crate::api::{Api, UseCaseHandle};
use crate::auth::Caller;
use crate::problem::Problem;

const QUEUE_TOKEN: &str = "Queue-Token";

/// A guarded request for JSON, taken apart.
pub(crate) struct GuardedRequest<P> {
    /// Who stands at the door.
    pub(crate) guard: Guard,
    /// What else the request says.
    pub(crate) parts: P,
}

/// Asks the application for whoever wants to pass. Whether the pass holds is for the application to say.
pub(crate) struct Guard {
    /// Who answers.
    pub(crate) api: Api,
    /// Who is asking, by which admission.
    pub(crate) pass: Pass,
}

impl<P: RequestPart + 'static> FromRequest for GuardedRequest<P> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let api = call::api(&request)?;
            let caller = Caller::of(&request, &api)?;
            let pass = Pass { user: caller.user, token: token(&request) };
            match accept::check::<Json>(request.headers()).and_then(|()| call::all_of(&request, &api)) {
                Ok(parts) => Ok(Self { guard: Guard { api, pass }, parts }),
                Err(problem) => {
                    // The call counts as the token's first one all the same; what the guard says of it doesn't.
                    api.try_ask(|ask| async move { ask.enter.execute(pass, None).await }).await.ok();
                    Err(problem)
                }
            }
        })
    }
}

/// The token that came with the call. What isn't a UUID is nobody's token: the nil one, which nobody has.
fn token(request: &HttpRequest) -> Option<TokenId> {
    let mut given = request.headers().get_all(QUEUE_TOKEN);
    let first = given.next()?;
    let id = first.to_str().ok().and_then(path::uuid).filter(|_| given.next().is_none());
    Some(TokenId(id.unwrap_or(Uuid::nil())))
}

impl Guard {
    /// Asks the application; who must wait is told how long.
    pub(crate) async fn ask<T, F>(&self, question: impl FnOnce(UseCaseHandle) -> F) -> Result<T, Problem>
    where
        F: Future<Output = Result<T, Error>> + Send + 'static,
        T: Send + 'static,
    {
        match self.api.try_ask(question).await? {
            Ok(answer) => Ok(answer),
            Err(error) => {
                let waiting = match &error {
                    Error::Refused(Refusal::TokenWaiting { token }) => Some(*token),
                    Error::Refused(_) | Error::Overloaded | Error::Unavailable | Error::Internal => None,
                };
                let problem = Problem::of(error, self.api.settings.currency);
                Err(match waiting {
                    Some(token) => self.placed(problem, token).await,
                    None => problem,
                })
            }
        }
    }

    /// Adds to `problem` where the token stands in line.
    async fn placed(&self, problem: Problem, token: TokenId) -> Problem {
        let user = self.pass.user;
        let place = self.api.try_ask(|ask| async move { ask.poll.token(user, token).await }).await;
        match place {
            Ok(Ok(place)) => problem.with("position", place.position).retry_after(place.poll_after.whole_seconds()),
            Ok(Err(_)) | Err(_) => problem,
        }
    }
}
