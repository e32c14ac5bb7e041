//! Parts of a request.

use actix_web::HttpRequest;

use crate::api::Api;
use crate::problem::Problem;

/// A part of a request that is read synchronously.
pub(crate) trait RequestPart: Sized {
    /// Whether the part reads the query. If no part does, query parameters are refused.
    const READS_QUERY: bool = false;

    /// Reads the part from `request`.
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
