//! Hostile requests: each of a large table, over every route of the OpenAPI document, is refused with a problem and changes nothing.
//!
//! The table takes a valid request to each route ([`fixture`]) and breaks one thing in it, so that nothing else can be the cause of the
//! refusal. A new route of the document can't be omitted. Requests that only differ on the wire are in the acceptance tests.

mod bodies;
mod credentials;
pub(crate) mod fixture;
mod headers;
mod paths;
mod queries;
pub(crate) mod request;

use std::collections::BTreeSet;

use actix_web::Error;
use actix_web::body::BoxBody;
use actix_web::dev::ServiceResponse;
use actix_web::http::Method;
use futures_util::future::join_all;

use crate::answer::Answer;
use fixture::Fixture;
use request::Request;

/// The minimum number of requests in the table.
const MIN_REQUESTS: usize = 300;

/// A group of requests, and the problems that may refuse them.
type Group = (&'static [(u16, &'static str)], Vec<Request>);

fn table(fixture: &Fixture) -> Vec<Group> {
    [bodies::groups(fixture), headers::groups(fixture), credentials::groups(fixture), paths::groups(fixture), queries::groups(fixture)]
        .concat()
}

/// Returns the response if it is a 4xx; otherwise its status, without reading the body, which may be an open stream.
async fn refusal(answer: Result<ServiceResponse<BoxBody>, Error>) -> Result<Answer, u16> {
    let status = answer.as_ref().map_or_else(|error| error.as_response_error().status_code(), ServiceResponse::status);
    if status.is_client_error() { Ok(Answer::of(answer).await) } else { Err(status.as_u16()) }
}

#[actix_web::test]
async fn every_route_accepts_the_requests_that_the_table_breaks() {
    let mut fixture = Fixture::create().await;
    for index in 0..fixture::routes().len() {
        let valid = &fixture.valid[index];
        let answer = (fixture.shop.send)(valid.request.test()).await;
        let status = answer.expect("an answer").status().as_u16();
        assert!((200..300).contains(&status), "{status}: {valid:?}");
        // A read leaves the fixture as it was.
        if valid.request.method != Method::GET {
            fixture = Fixture::create().await;
        }
    }
}

#[actix_web::test]
async fn the_table_is_large_and_covers_every_route() {
    let fixture = Fixture::create().await;
    let table = table(&fixture);
    let distinct: BTreeSet<_> = table.iter().flat_map(|(_, requests)| requests).map(|request| format!("{request:?}")).collect();
    assert!(distinct.len() >= MIN_REQUESTS, "{}", distinct.len());
    println!("{} hostile requests", distinct.len());
    for valid in &fixture.valid {
        let broken = table.iter().flat_map(|(_, requests)| requests).filter(|request| request.operation == valid.request.operation).count();
        assert!(broken >= 3, "{}: {broken}", valid.request.operation);
    }
}

#[actix_web::test]
async fn every_hostile_request_is_refused_with_a_problem_and_changes_nothing() {
    let fixture = Fixture::create().await;
    let before = fixture.shop.store.rows();
    let mut surprises = Vec::new();
    for (expected, requests) in table(&fixture) {
        for request in requests {
            let answer = refusal((fixture.shop.send)(request.test()).await).await;
            assert!(fixture.shop.store.rows() == before, "the rows have changed: {request:?}");
            match answer {
                Ok(answer) if answer.header("allow").is_some_and(|allowed| allowed.split(", ").any(|it| it == request.method)) => {
                    surprises.push(format!("{} is refused and allowed: {request:?}", request.method));
                }
                Ok(answer) if expected.contains(&(answer.status, answer.text("code").as_str())) => {
                    let (status, code) = (answer.status, answer.text("code"));
                    answer.with_problem(status, &code);
                }
                Ok(answer) => surprises.push(format!("{} {}: {request:?}", answer.status, answer.body)),
                Err(status) => surprises.push(format!("{status}: {request:?}")),
            }
        }
    }
    assert!(surprises.is_empty(), "{} surprises:\n{}", surprises.len(), surprises.join("\n\n"));
}

#[actix_web::test]
async fn concurrent_hostile_requests_change_nothing_and_the_next_user_is_served() {
    let fixture = Fixture::create().await;
    let before = fixture.shop.store.rows();
    let requests: Vec<_> = table(&fixture).into_iter().flat_map(|(_, requests)| requests).collect();
    let answers = join_all(requests.iter().map(|request| (fixture.shop.send)(request.test()))).await;
    for (request, answer) in requests.iter().zip(answers) {
        let answer = refusal(answer).await.unwrap_or_else(|status| panic!("{status}: {request:?}"));
        assert!(answer.body["code"].is_string(), "{}: {request:?}", answer.body);
    }
    assert!(fixture.shop.store.rows() == before);
    fixture.shop.user("Grace").await;
}
