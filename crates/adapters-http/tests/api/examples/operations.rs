//! The examples of operations: the valid request to each route, and what else a route may return.

use std::collections::BTreeMap;
use std::pin::Pin;

use actix_web::body::{BoxBody, MessageBody as _, to_bytes};
use actix_web::dev::ServiceResponse;
use actix_web::http::Method;
use serde_json::{Value, json};

use super::stable::stable;
use crate::document::operations;
use crate::hostile::fixture::Fixture;
use crate::plan::{CONCERT, SCHEDULE};
use crate::shop::Shop;

/// The place of CSV in a documented operation.
const CSV: &str = "/responses/200/content/text~1csv";

/// A recorded request and its response.
struct Recorded {
    operation: String,
    request: Option<Value>,
    status: u16,
    /// The media type and the body.
    response: Option<(String, Value)>,
}

/// Records all operations, by operation id.
pub(super) async fn record() -> BTreeMap<String, Value> {
    let documented: BTreeMap<_, _> =
        operations().into_iter().map(|(method, path, operation)| (format!("{} {path}", method.to_uppercase()), operation)).collect();
    let mut examples: BTreeMap<String, Value> = BTreeMap::new();
    let mut add = |recorded: Recorded| {
        let id = documented.get(&recorded.operation).and_then(|operation| operation["operationId"].as_str());
        let Some(id) = id else { return };
        let example = examples.entry(id.to_owned()).or_insert_with(|| json!({}));
        // Both at once, so that ids that occur in both are the same.
        let (media_type, body) = recorded.response.unzip();
        let both = stable(&json!([recorded.request, body]));
        if recorded.request.is_some() && example["request"].is_null() {
            example["request"] = both[0].clone();
        }
        if let Some(media_type) = media_type {
            example["responses"][recorded.status.to_string()][media_type] = both[1].clone();
        }
    };
    for recorded in others().await {
        add(recorded);
    }
    let mut fixture = Fixture::create().await;
    for index in 0..fixture.valid.len() {
        let mut valid = fixture.valid[index].clone();
        let has_csv = documented.get(&valid.request.operation).is_some_and(|operation| operation.pointer(CSV).is_some());
        if has_csv {
            let answer = (fixture.shop.send)(valid.request.test().insert_header(("Accept", "text/csv"))).await.expect("a response");
            let (status, response) = (answer.status().as_u16(), body(answer).await);
            add(Recorded { operation: valid.request.operation.clone(), request: None, status, response });
        }
        if valid.query.iter().any(|name| name == "page_size") {
            valid.request.target.push_str("?page_size=2");
        }
        let answer = (fixture.shop.send)(valid.request.test()).await.expect("a response");
        let request = valid.body.map(|(body, _)| body);
        let (status, response) = (answer.status().as_u16(), body(answer).await);
        add(Recorded { operation: valid.request.operation.clone(), request, status, response });
        // A read leaves the fixture as it was.
        if valid.request.method != Method::GET {
            fixture = Fixture::create().await;
        }
    }
    examples
}

/// Returns the media type and the body, if there is one: of a stream, the first event.
async fn body(response: ServiceResponse<BoxBody>) -> Option<(String, Value)> {
    let content_type = response.headers().get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().to_owned();
    let body = response.into_body();
    if media_type == "text/event-stream" {
        let mut body: Pin<Box<BoxBody>> = Box::pin(body);
        let event = std::future::poll_fn(|context| body.as_mut().poll_next(context)).await.expect("an event").expect("an event");
        return Some((media_type, String::from_utf8(event.to_vec()).expect("text").into()));
    }
    let bytes = to_bytes(body).await.expect("a body");
    let body = match media_type.as_str() {
        "application/json" => serde_json::from_slice(&bytes).expect("JSON"),
        "text/csv" => String::from_utf8(bytes.to_vec()).expect("text").into(),
        _ => return None,
    };
    Some((media_type, body))
}

/// Records the responses that the valid requests don't get.
async fn others() -> Vec<Recorded> {
    let shop = Shop::open().await;
    let ada = shop.user("Ada").await;
    let join = json!({"concert_id": CONCERT.0});
    let joined = shop.post("/v1/queue-tokens").by(&ada).json(&join).send().await;
    let bob = shop.admitted("Bob").await;
    let seats = json!({"schedule_id": SCHEDULE.0, "seat_numbers": [7, 8]});
    let held = shop.post("/v1/reservations").by(&bob).key("hold").json(&seats).send().await;
    let exchange = format!("/v1/reservations/{}:exchange", held.text("id"));
    let unchanged = shop.post(&exchange).by(&bob).key("exchange").json(&seats).send().await;
    [
        ("POST /v1/queue-tokens", join, joined),
        ("POST /v1/reservations", seats.clone(), held),
        ("POST /v1/reservations/{id}:exchange", seats, unchanged),
    ]
    .map(|(operation, request, answer)| Recorded {
        operation: operation.to_owned(),
        request: Some(request),
        status: answer.status,
        response: Some(("application/json".to_owned(), answer.body)),
    })
    .into()
}
