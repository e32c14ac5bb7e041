//! The session cookie, which contains the refresh token.

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderValue};
use application::use_cases::SessionCredential;

use crate::api::Api;
use crate::auth::{read_credential, write_credential};
use crate::extract::RequestPart;
use crate::problem::{Code, Explanation, Problem};
use crate::settings::SessionSettings;

/// The only path that the browser sends it to.
pub(super) const PATH: &str = "/v1/sessions:refresh";
const NAME: &str = "frontrow-session";
/// Browsers accept a cookie with this prefix only from encrypted connections.
const SECURE_NAME: &str = "__Secure-frontrow-session";

/// The refresh token in the request's session cookie.
pub(super) struct SessionCookie(pub(super) SessionCredential);

impl RequestPart for SessionCookie {
    fn of(request: &HttpRequest, api: &Api) -> Result<Self, Problem> {
        let wanted = name(api.settings.sessions);
        let headers = request.headers().get_all(header::COOKIE).filter_map(|cookies| cookies.to_str().ok());
        let cookies = headers.flat_map(|cookies| cookies.split(';')).filter_map(|cookie| cookie.trim().split_once('='));
        let mut found = cookies.filter(|(name, _)| *name == wanted).map(|(_, value)| value);
        // A second one is from another site of the same domain.
        let (Some(value), None) = (found.next(), found.next()) else { return Err(not_signed_in()) };
        read_credential(value).map(Self).ok_or_else(not_signed_in)
    }
}

fn not_signed_in() -> Problem {
    let problem = Problem::new(Code::Unauthenticated, Explanation::NotSignedIn);
    problem.with_header(header::WWW_AUTHENTICATE, "Bearer realm=\"frontrow\"")
}

const fn name(settings: SessionSettings) -> &'static str {
    if settings.secure_cookies { SECURE_NAME } else { NAME }
}

/// Returns the value of `Set-Cookie` that stores a refresh token for `seconds`.
pub(super) fn store(token: &SessionCredential, seconds: i64, settings: SessionSettings) -> Option<HeaderValue> {
    HeaderValue::from_str(&cookie(&write_credential(token), seconds, settings)).ok()
}

/// Returns the value of `Set-Cookie` that removes the cookie.
pub(super) fn remove(settings: SessionSettings) -> String {
    cookie("", 0, settings)
}

fn cookie(value: &str, seconds: i64, settings: SessionSettings) -> String {
    let secure = if settings.secure_cookies { "; Secure" } else { "" };
    format!("{}={value}; Path={PATH}; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}", name(settings))
}
