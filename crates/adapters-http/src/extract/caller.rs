//! `Authorization`: the caller of a request.

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderMap};

use super::part::RequestPart;
use crate::api::Api;
use crate::auth::Caller;
use crate::problem::{Code, Detail, Explanation, Problem};

impl RequestPart for Caller {
    fn of(request: &HttpRequest, api: &Api) -> Result<Self, Problem> {
        let caller = authenticate(request.headers(), api)?;
        api.limits().count_user(caller.user)?;
        Ok(caller)
    }
}

/// Authenticates the caller by the one access token of the request.
pub(super) fn authenticate(headers: &HeaderMap, api: &Api) -> Result<Caller, Problem> {
    let mut values = headers.get_all(header::AUTHORIZATION);
    let (Some(credentials), None) = (values.next(), values.next()) else {
        return Err(unauthenticated(Explanation::NotSignedIn, "Bearer realm=\"frontrow\""));
    };
    let (scheme, token) = credentials.to_str().ok().and_then(|text| text.split_once(' ')).unwrap_or_default();
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(unauthenticated("the authentication scheme must be Bearer", "Bearer realm=\"frontrow\""));
    }
    api.issuers
        .verify(token.trim(), api.clock.now())
        .map_err(|_| unauthenticated(Explanation::SignInEnded, "Bearer realm=\"frontrow\", error=\"invalid_token\""))
}

fn unauthenticated(detail: impl Into<Detail>, challenge: &'static str) -> Problem {
    Problem::new(Code::Unauthenticated, detail).with_header(header::WWW_AUTHENTICATE, challenge)
}
