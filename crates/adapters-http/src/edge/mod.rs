//! The edge, which every request and every response passes. On the way in, the request gets an id and a span, and its body is read. On the
//! way out, problems are rendered, panics become problems, and one line is logged.

mod body;
mod head_only;
mod record;
mod request_metrics;
mod rescue;
mod trace;

use std::rc::Rc;

use actix_cors::CorsError;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{HeaderName, VARY};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _};
use tracing::Instrument as _;

pub(crate) use body::ReceivedBody;
pub(crate) use head_only::HeadOnly;
pub(crate) use record::{MatchedPattern, mark};
pub(crate) use request_metrics::RequestMetrics;
pub use trace::{Answered, TraceContext, Tracer};

use crate::api::Api;
use crate::cors;
use crate::problem::{Code, FieldError, MEDIA_TYPE, Problem};
use record::Record;

/// Passes a request on, and completes its response.
pub(crate) async fn pass(mut request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(api) = request.app_data::<Api>().cloned() else { return Err(Problem::internal().into()) };
    let requests = request.app_data::<Rc<RequestMetrics>>().cloned();
    let record = Record::begin(&request, api.ids.ordered(), api.tracer.clone());
    let span = record.span();
    async move {
        // HEAD is handled as GET; the server omits the body.
        if request.method() == Method::HEAD {
            request.head_mut().method = Method::GET;
            request.extensions_mut().insert(HeadOnly);
        }
        if let Some(received) = body::receive(&mut request, &api).await {
            request.extensions_mut().insert(received);
        }
        let path = request.path().to_owned();
        let result = rescue::catch_panic(next.call(request)).await;
        let result = result.map(|response| finish(response.map_into_boxed_body(), &record)).map_err(|error| refuse(&error, &path, &record));
        let status = record.end(&result, requests.as_deref());
        if status == StatusCode::SERVICE_UNAVAILABLE {
            api.use_cases.history.count_unavailable();
        }
        result
    }
    .instrument(span)
    .await
}

/// Adds the headers of every response, and renders an error as a problem.
fn finish(response: ServiceResponse<BoxBody>, record: &Record) -> ServiceResponse<BoxBody> {
    let mut response = match problem(&response) {
        Some(problem) => {
            let mut rendered = record.render(&problem, response.request().path());
            // Other middleware may have added headers, such as the origin that may read the response.
            let is_new = |name: &HeaderName| *name == VARY || !rendered.headers().contains_key(name);
            for (name, value) in response.headers().iter().filter(|(name, _)| is_new(name)).collect::<Vec<_>>() {
                rendered.headers_mut().append(name.clone(), value.clone());
            }
            response.into_response(rendered)
        }
        None => response,
    };
    record.mark(response.headers_mut());
    response
}

/// Returns the problem of an error response, unless it is already rendered.
fn problem(response: &ServiceResponse<BoxBody>) -> Option<Problem> {
    if let Some(error) = response.response().error() {
        return Some(of_error(error));
    }
    let status = response.status();
    let is_rendered = response.headers().get(actix_web::http::header::CONTENT_TYPE).is_some_and(|media_type| media_type == MEDIA_TYPE);
    let failed = status.is_client_error() || status.is_server_error();
    (failed && !is_rendered).then(|| of_status(status))
}

fn of_error(error: &Error) -> Problem {
    let problem = error.as_error::<Problem>().cloned().or_else(|| error.as_error::<CorsError>().map(cors::refusal));
    problem.unwrap_or_else(|| of_status(error.as_response_error().status_code()))
}

/// Returns a problem for an error of which only the status is known.
fn of_status(status: StatusCode) -> Problem {
    let reason = status.canonical_reason().unwrap_or_default();
    match Code::of_status(status) {
        // This problem always has `errors`.
        Code::ValidationFailed => Problem::invalid([FieldError::at("", reason)]),
        code => Problem::new(code, reason),
    }
}

/// Returns an error that contains its complete response, for a failure without a `ServiceResponse`.
fn refuse(error: &Error, path: &str, record: &Record) -> Error {
    let problem = of_error(error);
    let mut response = record.render(&problem, path);
    record.mark(response.headers_mut());
    InternalError::from_response(problem, response).into()
}
