//! `Authorization` on routes for operators.

use actix_web::HttpRequest;
use actix_web::http::header::HeaderMap;
use domain::UserId;

use super::caller;
use super::part::RequestPart;
use crate::api::Api;
use crate::auth::Caller;
use crate::problem::{Code, Problem};

/// The operator who sent the request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Operator(pub(crate) UserId);

/// The operator who sent the request, with everything that the access token says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OperatorCaller(pub(crate) Caller);

impl RequestPart for Operator {
    fn of(request: &HttpRequest, api: &Api) -> Result<Self, Problem> {
        OperatorCaller::of(request, api).map(|OperatorCaller(caller)| Self(caller.user))
    }
}

impl RequestPart for OperatorCaller {
    fn of(request: &HttpRequest, api: &Api) -> Result<Self, Problem> {
        let caller = Caller::of(request, api)?;
        if caller.operator {
            Ok(Self(caller))
        } else {
            Err(Problem::new(Code::Forbidden, "only operators may do this: the access token does not have the role operator"))
        }
    }
}

/// The operator or scanner who sent the request: they check in tickets.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scanner(pub(crate) UserId);

impl RequestPart for Scanner {
    fn of(request: &HttpRequest, api: &Api) -> Result<Self, Problem> {
        let Caller { user, operator, scanner, .. } = Caller::of(request, api)?;
        if operator || scanner {
            Ok(Self(user))
        } else {
            let detail = "only operators and scanners may do this: the access token has neither the role operator nor the role scanner";
            Err(Problem::new(Code::Forbidden, detail))
        }
    }
}

/// Returns whether the request is from an operator, without counting it against the user's rate limit.
pub(crate) fn is_operator(headers: &HeaderMap, api: &Api) -> bool {
    caller::authenticate(headers, api).is_ok_and(|caller| caller.operator)
}
