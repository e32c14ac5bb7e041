//! The middleware that applies the limits to each request.

use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error as ActixError, HttpMessage as _};
use tokio::time::Instant;

use crate::api::Api;
use crate::edge::ReceivedBody;
use crate::problem::{Code, Problem};

/// Passes `request` on, or refuses it.
pub(crate) async fn pass(request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Result<ServiceResponse<BoxBody>, ActixError> {
    let Some(api) = request.app_data::<Api>().cloned() else { return Err(Problem::internal().into()) };
    let response = match api.limits().enter(&request, &api.settings) {
        Ok(_permit) => next.call(request).await?.map_into_boxed_body(),
        Err(problem) => request.error_response(problem),
    };
    if is_overloaded(&response) {
        let start = Instant::now();
        // The body is no longer needed.
        response.request().extensions_mut().remove::<ReceivedBody>();
        // Boxed, since few requests need space for the future.
        Box::pin(api.limits().pause(&api.closing)).await;
        response.request().extensions_mut().insert(DelayedRefusal(start.elapsed()));
    }
    Ok(response)
}

/// How long a refusal was delayed; the time is not part of the request's duration.
pub(crate) struct DelayedRefusal(pub(crate) Duration);

fn is_overloaded(response: &ServiceResponse<BoxBody>) -> bool {
    let problem = response.response().error().and_then(ActixError::as_error::<Problem>);
    problem.is_some_and(|problem| problem.code() == Code::Overloaded)
}
