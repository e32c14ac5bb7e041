//! Query parameters: on every route, each may occur once, and unknown ones are refused.

use std::future::{Ready, ready};

use ::uuid::Uuid;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};

use super::uuid;
use crate::problem::{FieldError, Problem};

/// The parameters of a query that have not been taken yet.
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    /// Parses the query of `request`.
    pub(crate) fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let pairs = web::Query::<Vec<(String, String)>>::from_query(request.query_string());
        pairs.map(|pairs| Self(pairs.into_inner())).map_err(|_| Problem::invalid([FieldError::at("", "the query can't be parsed")]))
    }

    /// Takes the parameter `name`, if it is present.
    pub(crate) fn take(&mut self, name: &str) -> Result<Option<String>, Problem> {
        let Some(index) = self.0.iter().position(|(parameter, _)| parameter == name) else { return Ok(None) };
        let (_, value) = self.0.remove(index);
        if self.0.iter().any(|(parameter, _)| parameter == name) {
            return Err(invalid_parameter(name, "must occur only once"));
        }
        Ok(Some(value))
    }

    /// Takes the parameter `name`, an id, if it is present.
    pub(crate) fn take_id<I: From<Uuid>>(&mut self, name: &str) -> Result<Option<I>, Problem> {
        let text = self.take(name)?;
        text.map(|text| uuid::uuid(&text).map(I::from).ok_or_else(|| invalid_parameter(name, "must be a UUID"))).transpose()
    }

    /// Refuses the remaining parameters.
    pub(crate) fn end(self) -> Result<(), Problem> {
        self.0.first().map_or(Ok(()), |(name, _)| Err(invalid_parameter(name, "is not a parameter of this resource")))
    }
}

/// Refuses a query with parameters.
pub(super) fn must_be_empty(request: &HttpRequest) -> Result<(), Problem> {
    // Most requests have none: nothing is parsed for them.
    if request.query_string().is_empty() { Ok(()) } else { Query::of(request)?.end() }
}

/// A request without query parameters, for handlers that read no other part.
pub(crate) struct NoQuery;

impl FromRequest for NoQuery {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(must_be_empty(request).map(|()| Self))
    }
}

/// Creates the problem of the invalid parameter `name`.
pub(crate) fn invalid_parameter(name: &str, message: &str) -> Problem {
    Problem::invalid([FieldError::at(format!("/{name}"), message)])
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn arbitrary_queries_are_read_or_refused(query in "[a-c=&%+0-9A-F\\[\\]]{0,40}") {
            let request = TestRequest::with_uri(&format!("/?{query}")).to_http_request();
            if let Ok(mut query) = Query::of(&request) {
                for name in ["a", "b", ""] {
                    let _ = query.take(name);
                }
                let _ = query.end();
            }
        }

        #[test]
        fn each_parameter_is_taken_once(value in "[a-z0-9]{0,20}") {
            let request = TestRequest::with_uri(&format!("/?a={value}&b=1")).to_http_request();
            let mut query = Query::of(&request).expect("a query");
            prop_assert_eq!(query.take("a").ok(), Some(Some(value)));
            prop_assert_eq!(query.take("a").ok(), Some(None));
            prop_assert!(query.end().is_err(), "b is left");
        }
    }
}
