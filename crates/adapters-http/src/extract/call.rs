//! Requests, split into their parts.

use std::future::{Ready, ready};
use std::marker::PhantomData;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use super::accept::{self, Json, Media};
use super::part::RequestPart;
use super::query;
use crate::api::Api;
use crate::problem::Problem;

/// A request for a response of the media type `M`, split into its parts.
pub(crate) struct ApiRequest<P, M = Json> {
    /// The API that handles the request.
    pub(crate) api: Api,
    /// The parts of the request.
    pub(crate) parts: P,
    /// The media type of the response.
    pub(crate) media: PhantomData<M>,
}

impl<P: RequestPart, M: Media> FromRequest for ApiRequest<P, M> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let read = || {
            let api = api(request)?;
            accept::check::<M>(request.headers())?;
            let parts = read_parts(request, &api)?;
            Ok(Self { api, parts, media: PhantomData })
        };
        ready(read())
    }
}

/// Reads the parts of `request`, and refuses query parameters unless a part reads the query.
pub(super) fn read_parts<P: RequestPart>(request: &HttpRequest, api: &Api) -> Result<P, Problem> {
    let parts = P::of(request, api)?;
    if !P::READS_QUERY {
        query::must_be_empty(request)?;
    }
    Ok(parts)
}

/// Returns the API that handles the request.
pub(crate) fn api(request: &HttpRequest) -> Result<Api, Problem> {
    request.app_data::<Api>().cloned().ok_or_else(Problem::internal)
}
