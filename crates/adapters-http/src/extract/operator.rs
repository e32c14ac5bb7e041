//! `Authorization`, where only operators may ask.

use actix_web::HttpRequest;
use actix_web::http::header::HeaderMap;
use domain::UserId;

use super::{RequestPart, caller};
use crate::api::Api;
use crate::auth::Caller;
use crate::problem::{Code, Problem};

/// The operator who is asking.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Operator(pub(crate) UserId);

impl RequestPart for Operator {
    fn of(request: &HttpRequest, api: &Api) -> Result<Self, Problem> {
        let Caller { user, operator, .. } = Caller::of(request, api)?;
        if operator {
            Ok(Self(user))
        } else {
            Err(Problem::new(Code::Forbidden, "this is for operators: the access token has no such role"))
        }
    }
}

/// Whether an operator is asking; it isn't counted as a request.
pub(crate) fn is_operator(headers: &HeaderMap, api: &Api) -> bool {
    caller::known(headers, api).is_ok_and(|caller| caller.operator)
}
