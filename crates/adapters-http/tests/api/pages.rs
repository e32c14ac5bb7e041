//! Pages that another crate adds: they pass the edge like the API.

use actix_web::{HttpResponse, error, web};
use adapters_http::Pages;
use serde_json::json;

use crate::plan::Plan;
use crate::shop::Shop;

/// Opens a shop with a page at `/hall` and files below it.
async fn shop_with_pages() -> Shop {
    let pages = Pages::new(["/hall", "/hall/{file}"], |config| {
        config.route("/hall", web::get().to(|| async { HttpResponse::Ok().body("the hall") }));
        config.route("/hall/{file}", web::get().to(|| async { Err::<HttpResponse, _>(error::ErrorNotFound("no such file")) }));
    });
    Plan { pages, ..Plan::default() }.open().await
}

#[actix_web::test]
async fn an_added_page_is_served_with_the_headers_of_every_response() {
    let shop = shop_with_pages().await;
    let answer = shop.get("/hall").send().await.with_status(200);
    assert_eq!(&answer.bytes[..], b"the hall");
    assert!(answer.header("request-id").is_some());
}

#[actix_web::test]
async fn a_missing_file_of_a_page_and_another_method_are_problems() {
    let shop = shop_with_pages().await;
    let _ = shop.get("/hall/missing").send().await.with_problem(404, "NOT_FOUND");
    let other = shop.post("/hall").json(&json!({})).send().await.with_problem(405, "METHOD_NOT_ALLOWED");
    assert_eq!(other.header("allow"), Some("GET, HEAD"));
    let _ = shop.get("/halls").send().await.with_problem(404, "NOT_FOUND");
}
