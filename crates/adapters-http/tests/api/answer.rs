//! Responses and assertions on them.

use actix_web::body::{BoxBody, to_bytes};
use actix_web::dev::ServiceResponse;
use actix_web::http::header::HeaderMap;
use serde_json::Value;

use crate::document::assert_documented;

/// A response, with its body read and parsed.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) async fn of(answer: Result<ServiceResponse<BoxBody>, actix_web::Error>) -> Self {
        let response = match answer {
            Ok(answer) => answer.map_into_boxed_body().into_parts().1,
            Err(error) => error.error_response(),
        };
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        assert_eq!(headers.get("x-content-type-options").expect("the nosniff header"), "nosniff");
        let bytes = to_bytes(response.into_body()).await.expect("a body").to_vec();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Self { status, headers, bytes, body }
    }

    /// Asserts the response's status.
    #[track_caller]
    pub(crate) fn with_status(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.body);
        self
    }

    /// Asserts that the response is a complete problem with this status and code.
    #[track_caller]
    pub(crate) fn with_problem(self, status: u16, code: &str) -> Self {
        assert_eq!((self.status, self.body["code"].as_str()), (status, Some(code)), "{}", self.body);
        assert_eq!(self.header("content-type"), Some("application/problem+json"));
        assert_eq!(self.body["status"], status);
        assert_eq!(self.body["type"], format!("/problems/{}", code.to_lowercase().replace('_', "-")));
        assert_eq!(self.body["request_id"].as_str(), self.header("request-id"));
        for member in ["title", "detail", "instance"] {
            assert!(self.body[member].is_string(), "{member}: {}", self.body);
        }
        assert_documented(&self.body);
        let language = self.header("content-language");
        assert!(language.is_some_and(|language| ["en", "ko"].contains(&language)), "{language:?}");
        let varies = self.headers.get_all("vary").any(|value| value.as_bytes().eq_ignore_ascii_case(b"accept-language"));
        assert!(varies, "the response depends on Accept-Language");
        self
    }

    /// Asserts that the first validation error is at `pointer`.
    #[track_caller]
    pub(crate) fn at(self, pointer: &str) -> Self {
        assert_eq!(self.body["errors"][0]["pointer"], pointer, "{}", self.body);
        self
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    #[track_caller]
    pub(crate) fn text(&self, member: &str) -> String {
        self.body[member].as_str().unwrap_or_else(|| panic!("no {member} in {}", self.body)).to_owned()
    }

    #[track_caller]
    pub(crate) fn tag(&self) -> String {
        self.header("etag").expect("an ETag").to_owned()
    }
}
