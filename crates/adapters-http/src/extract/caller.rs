//! `Authorization`: who is asking.

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderMap};

use super::RequestPart;
use crate::api::Api;
use crate::auth::Caller;
use crate::problem::{Code, Problem};

impl RequestPart for Caller {
    fn of(request: &HttpRequest, api: &Api) -> Result<Self, Problem> {
        let caller = known(request.headers(), api)?;
        api.limits().count_user(caller.user)?;
        Ok(caller)
    }
}

/// Who is asking, as their one access token says.
pub(super) fn known(headers: &HeaderMap, api: &Api) -> Result<Caller, Problem> {
    let mut given = headers.get_all(header::AUTHORIZATION);
    let (Some(credentials), None) = (given.next(), given.next()) else {
        return Err(unknown("send one Authorization header with an access token", "Bearer realm=\"frontrow\""));
    };
    let (scheme, token) = credentials.to_str().ok().and_then(|text| text.split_once(' ')).unwrap_or_default();
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(unknown("the scheme is Bearer", "Bearer realm=\"frontrow\""));
    }
    api.issuers
        .verify(token.trim(), api.clock.now())
        .map_err(|_| unknown("the access token is not valid, or not any more", "Bearer realm=\"frontrow\", error=\"invalid_token\""))
}

fn unknown(detail: &'static str, challenge: &'static str) -> Problem {
    Problem::new(Code::Unauthenticated, detail).with_header(header::WWW_AUTHENTICATE, challenge)
}
