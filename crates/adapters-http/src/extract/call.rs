//! Calls: a request, taken apart.

use std::future::{Ready, ready};
use std::marker::PhantomData;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use super::accept::{self, Json, Media};
use super::query;
use crate::api::Api;
use crate::problem::Problem;

/// A part of a request, read without waiting.
pub(crate) trait RequestPart: Sized {
    /// Whether it reads the query. Where no part does, there are no parameters.
    const READS_QUERY: bool = false;

    /// The part of `request`.
    fn of(request: &HttpRequest, api: &Api) -> Result<Self, Problem>;
}

impl RequestPart for () {
    fn of(_: &HttpRequest, _: &Api) -> Result<Self, Problem> {
        Ok(())
    }
}

impl<A: RequestPart, B: RequestPart> RequestPart for (A, B) {
    const READS_QUERY: bool = A::READS_QUERY || B::READS_QUERY;

    fn of(request: &HttpRequest, api: &Api) -> Result<Self, Problem> {
        Ok((A::of(request, api)?, B::of(request, api)?))
    }
}

impl<A: RequestPart, B: RequestPart, C: RequestPart> RequestPart for (A, B, C) {
    const READS_QUERY: bool = A::READS_QUERY || B::READS_QUERY || C::READS_QUERY;

    fn of(request: &HttpRequest, api: &Api) -> Result<Self, Problem> {
        Ok((A::of(request, api)?, B::of(request, api)?, C::of(request, api)?))
    }
}

impl<A: RequestPart, B: RequestPart, C: RequestPart, D: RequestPart> RequestPart for (A, B, C, D) {
    const READS_QUERY: bool = A::READS_QUERY || B::READS_QUERY || C::READS_QUERY || D::READS_QUERY;

    fn of(request: &HttpRequest, api: &Api) -> Result<Self, Problem> {
        Ok((A::of(request, api)?, B::of(request, api)?, C::of(request, api)?, D::of(request, api)?))
    }
}

/// A request for `M`, taken apart.
pub(crate) struct ApiRequest<P, M = Json> {
    /// Who answers.
    pub(crate) api: Api,
    /// What the request says.
    pub(crate) parts: P,
    /// What is asked for.
    pub(crate) media: PhantomData<M>,
}

impl<P: RequestPart, M: Media> FromRequest for ApiRequest<P, M> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let read = || {
            let api = api(request)?;
            accept::check::<M>(request.headers())?;
            let parts = all_of(request, &api)?;
            Ok(Self { api, parts, media: PhantomData })
        };
        ready(read())
    }
}

/// The parts of `request`, and that there is nothing else in its query.
pub(super) fn all_of<P: RequestPart>(request: &HttpRequest, api: &Api) -> Result<P, Problem> {
    let parts = P::of(request, api)?;
    if !P::READS_QUERY {
        query::must_be_empty(request)?;
    }
    Ok(parts)
}

/// The API that the request is for.
pub(crate) fn api(request: &HttpRequest) -> Result<Api, Problem> {
    request.app_data::<Api>().cloned().ok_or_else(Problem::internal)
}
