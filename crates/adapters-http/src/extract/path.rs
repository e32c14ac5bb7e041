//! Ids in paths.

use actix_web::HttpRequest;
use uuid::Uuid;

use super::part::RequestPart;
use super::uuid::uuid;
use crate::api::Api;
use crate::problem::Problem;

/// The id in the path; an invalid id is not found.
pub(crate) struct PathId<I>(pub(crate) I);

/// The id in a guarded path, none if it is invalid: the guard is checked before an invalid id is reported.
pub(crate) struct MaybePathId<I>(pub(crate) Option<I>);

impl<I: From<Uuid>> RequestPart for PathId<I> {
    fn of(request: &HttpRequest, api: &Api) -> Result<Self, Problem> {
        MaybePathId::of(request, api)?.0.map(Self).ok_or_else(Problem::not_found)
    }
}

impl<I: From<Uuid>> RequestPart for MaybePathId<I> {
    fn of(request: &HttpRequest, _: &Api) -> Result<Self, Problem> {
        let first = request.match_info().iter().next();
        Ok(Self(first.and_then(|(_, text)| uuid(text)).map(I::from)))
    }
}
