//! The documentation: the OpenAPI document, and Swagger UI pages that load nothing from other origins.

use std::sync::Arc;

use actix_web::http::header;
use actix_web::web::{Bytes, ServiceConfig};
use actix_web::{HttpResponse, web};
use utoipa_swagger_ui::Config;

use crate::extract::NoQuery;
use crate::openapi::openapi;
use crate::problem::Problem;

const DOCUMENT: &str = "/openapi.json";

/// The paths of the documentation.
pub(crate) const PATTERNS: &[&str] = &[DOCUMENT, "/docs", "/docs/{file:.*}"];

/// Adds the routes of the documentation.
pub(crate) fn configure(config: &mut ServiceConfig) {
    let json = Bytes::from_static(openapi().as_bytes());
    let pages = Arc::new(Config::from(DOCUMENT));
    let start = pages.clone();
    config
        .route(
            DOCUMENT,
            web::get().to(move |_: NoQuery| std::future::ready(HttpResponse::Ok().content_type("application/json").body(json.clone()))),
        )
        .route("/docs", web::get().to(move |_: NoQuery| std::future::ready(page("", start.clone()))))
        .route("/docs/{file:.*}", web::get().to(move |file: web::Path<String>, _: NoQuery| std::future::ready(page(&file, pages.clone()))));
}

/// Returns the Swagger UI file of that name, if it exists.
fn page(file: &str, pages: Arc<Config<'static>>) -> Result<HttpResponse, Problem> {
    let found = utoipa_swagger_ui::serve(file, pages).map_err(|_| Problem::internal())?.ok_or_else(Problem::not_found)?;
    let mut response = HttpResponse::Ok();
    response.content_type(found.content_type);
    if found.gzpipped {
        response.insert_header((header::CONTENT_ENCODING, "gzip"));
    }
    if file.is_empty() {
        return Ok(response.body(with_base(&found.bytes)));
    }
    Ok(response.body(found.bytes.into_owned()))
}

/// Adds a base to the start page: its links are relative, and must also resolve from `/docs`.
fn with_base(page: &[u8]) -> String {
    String::from_utf8_lossy(page).replacen("<head>", "<head>\n    <base href=\"/docs/\">", 1)
}
