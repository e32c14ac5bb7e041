//! Hostile requests: each of a large table, over every route of the OpenAPI document, is refused with a problem and changes nothing.
//!
//! The table takes what each route would have answered well ([`stage`]) and breaks one thing in it: so nothing else can be what was
//! refused, and a route that is new in the document can't be forgotten. What only shows on the wire is in the acceptance tests.

mod bodies;
mod credentials;
mod headers;
mod paths;
mod queries;
mod request;
mod stage;

use std::collections::BTreeSet;

use actix_web::Error;
use actix_web::body::BoxBody;
use actix_web::dev::ServiceResponse;
use actix_web::http::Method;
use futures_util::future::join_all;

use crate::answer::Answer;
use request::Request;
use stage::Stage;

/// The least that the table has.
const REQUESTS: usize = 300;

/// What may be said of a sort of requests, and the requests.
type Sort = (&'static [(u16, &'static str)], Vec<Request>);

fn table(stage: &Stage) -> Vec<Sort> {
    [bodies::sorts(stage), headers::sorts(stage), credentials::sorts(stage), paths::sorts(stage), queries::sorts(stage)].concat()
}

/// The answer if it is a 4xx; else its status, without a look at a body that may be an open stream.
async fn refusal(answer: Result<ServiceResponse<BoxBody>, Error>) -> Result<Answer, u16> {
    let status = answer.as_ref().map_or_else(|error| error.as_response_error().status_code(), ServiceResponse::status);
    if status.is_client_error() { Ok(Answer::of(answer).await) } else { Err(status.as_u16()) }
}

#[actix_web::test]
async fn every_route_answers_well_what_the_table_breaks() {
    let mut stage = Stage::set().await;
    for index in 0..stage::routes().len() {
        let good = &stage.good[index];
        let answer = (stage.shop.send)(good.request.test()).await;
        let status = answer.expect("an answer").status().as_u16();
        assert!((200..300).contains(&status), "{status}: {good:?}");
        // Who only reads leaves the stage as it was.
        if good.request.method != Method::GET {
            stage = Stage::set().await;
        }
    }
}

#[actix_web::test]
async fn the_table_is_large_and_leaves_no_route_out() {
    let stage = Stage::set().await;
    let table = table(&stage);
    let distinct: BTreeSet<_> = table.iter().flat_map(|(_, requests)| requests).map(|request| format!("{request:?}")).collect();
    assert!(distinct.len() >= REQUESTS, "{}", distinct.len());
    println!("{} hostile requests", distinct.len());
    for good in &stage.good {
        let broken = table.iter().flat_map(|(_, requests)| requests).filter(|request| request.of == good.request.of).count();
        assert!(broken >= 3, "{}: {broken}", good.request.of);
    }
}

#[actix_web::test]
async fn every_hostile_request_is_refused_with_a_problem_and_changes_nothing() {
    let stage = Stage::set().await;
    let before = stage.shop.store.rows();
    let mut surprises = Vec::new();
    for (expected, requests) in table(&stage) {
        for request in requests {
            let answer = refusal((stage.shop.send)(request.test()).await).await;
            assert!(stage.shop.store.rows() == before, "something has changed: {request:?}");
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
async fn hostile_requests_all_at_once_change_nothing_either_and_the_next_guest_is_served() {
    let stage = Stage::set().await;
    let before = stage.shop.store.rows();
    let requests: Vec<_> = table(&stage).into_iter().flat_map(|(_, requests)| requests).collect();
    let answers = join_all(requests.iter().map(|request| (stage.shop.send)(request.test()))).await;
    for (request, answer) in requests.iter().zip(answers) {
        let answer = refusal(answer).await.unwrap_or_else(|status| panic!("{status}: {request:?}"));
        assert!(answer.body["code"].is_string(), "{}: {request:?}", answer.body);
    }
    assert!(stage.shop.store.rows() == before);
    stage.shop.user("Grace").await;
}
