//! The edge: what every request passes on its way in, and every answer on its way out. In: an id, a span, the whole body. Out:
//! problems are rendered, panics become problems, one line is logged.

mod body;
mod record;
mod requests;
mod rescue;
mod trace;

use std::rc::Rc;

use actix_cors::CorsError;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _};
use tracing::Instrument as _;

pub(crate) use body::ReceivedBody;
pub(crate) use record::{MatchedPattern, mark};
pub(crate) use requests::Requests;
pub use trace::{Answered, TraceContext, Tracer};

use crate::api::Api;
use crate::cors;
use crate::problem::{Code, FieldError, MEDIA_TYPE, Problem};
use record::Record;

/// Marks a request that wants an answer's head alone.
pub(crate) struct HeadOnly;

/// Carries a request in and its answer out.
pub(crate) async fn pass(mut request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(api) = request.app_data::<Api>().cloned() else { return Err(Problem::internal().into()) };
    let requests = request.app_data::<Rc<Requests>>().cloned();
    let record = Record::begin(&request, api.ids.ordered(), api.tracer.clone());
    let span = record.span();
    async move {
        // Where GET answers, HEAD does; the server leaves the body out.
        if request.method() == Method::HEAD {
            request.head_mut().method = Method::GET;
            request.extensions_mut().insert(HeadOnly);
        }
        if let Some(received) = body::receive(&mut request, &api).await {
            request.extensions_mut().insert(received);
        }
        let path = request.path().to_owned();
        let answer = rescue::answer(next.call(request)).await;
        let answer = answer.map(|answer| finish(answer.map_into_boxed_body(), &record)).map_err(|error| refuse(&error, &path, &record));
        record.end(&answer, requests.as_deref());
        answer
    }
    .instrument(span)
    .await
}

/// The answer with what every answer has, and as a problem if it is an error.
fn finish(answer: ServiceResponse<BoxBody>, record: &Record) -> ServiceResponse<BoxBody> {
    let mut answer = match problem(&answer) {
        Some(problem) => {
            let mut rendered = problem.render(answer.request().path(), record.id());
            // Who answered may have said more than what went wrong: which origin may read it.
            for (name, value) in answer.headers().iter().filter(|(name, _)| !rendered.headers().contains_key(*name)).collect::<Vec<_>>() {
                rendered.headers_mut().append(name.clone(), value.clone());
            }
            answer.into_response(rendered)
        }
        None => answer,
    };
    record.mark(answer.headers_mut());
    answer
}

/// The problem that the answer is, or that it should be.
fn problem(answer: &ServiceResponse<BoxBody>) -> Option<Problem> {
    if let Some(error) = answer.response().error() {
        return Some(known(error));
    }
    let status = answer.status();
    let told = answer.headers().get(actix_web::http::header::CONTENT_TYPE).is_some_and(|media_type| media_type == MEDIA_TYPE);
    let failed = status.is_client_error() || status.is_server_error();
    (failed && !told).then(|| of_status(status))
}

fn known(error: &Error) -> Problem {
    let known = error.as_error::<Problem>().cloned().or_else(|| error.as_error::<CorsError>().map(cors::refusal));
    known.unwrap_or_else(|| of_status(error.as_response_error().status_code()))
}

/// The problem of which only its status is known.
fn of_status(status: StatusCode) -> Problem {
    let reason = status.canonical_reason().unwrap_or_default();
    match Code::of_status(status) {
        // It always says what doesn't fit.
        Code::ValidationFailed => Problem::invalid([FieldError::at("", reason)]),
        code => Problem::new(code, reason),
    }
}

/// An error that has no request any more to be answered with: it brings its whole answer along.
fn refuse(error: &Error, path: &str, record: &Record) -> Error {
    let problem = known(error);
    let mut answer = problem.render(path, record.id());
    record.mark(answer.headers_mut());
    InternalError::from_response(problem, answer).into()
}
