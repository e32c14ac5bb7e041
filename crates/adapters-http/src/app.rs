//! The actix application: the resources behind the edge.

use std::rc::Rc;
use std::sync::LazyLock;

use actix_web::body::BoxBody;
use actix_web::dev::{ResourceDef, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::{Condition, from_fn};
use actix_web::{App, Error, HttpMessage as _, HttpRequest, HttpResponse, web};
use utoipa::openapi::OpenApi;
use utoipa_actix_web::AppExt as _;

use crate::api::Api;
use crate::edge::{self, MatchedPattern, RequestMetrics};
use crate::problem::{Code, Problem};
use crate::{cors, limits, openapi, routes};

/// Creates the actix application that serves `api`; each worker has its own:
/// `HttpServer::new(move || adapters_http::app(&api))`. More services and layers can be added to it.
///
/// Its service fails only if a handler panicked; the error then contains a complete response, which the server sends.
pub fn app(
    api: &Api,
) -> App<impl ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse<BoxBody>, Error = Error, InitError = ()> + use<>> {
    let added = Rc::new(Table(page_rows(api.pages.patterns()).collect()));
    App::new()
        .app_data(api.clone())
        .app_data(Rc::new(RequestMetrics::of(openapi::document(), pages().chain(api.pages.patterns()))))
        .into_utoipa_app()
        .configure(routes::configure)
        .into_app()
        .configure(routes::docs::configure)
        .configure(routes::problems::configure)
        .configure(|config| api.pages.configure(config))
        .default_service(web::to(move |request: HttpRequest| {
            let problem = TABLE.refuse(&request).or_else(|| added.refuse(&request)).unwrap_or_else(unknown);
            std::future::ready(Err::<HttpResponse, Problem>(problem))
        }))
        .wrap(from_fn(limits::pass))
        .wrap(Condition::new(!api.settings.cors_origins.is_empty(), cors::layer(&api.settings.cors_origins)))
        // Boxed, since each open connection reserves space for the future.
        .wrap(from_fn(|request, next| Box::pin(edge::pass(request, next))))
}

/// The paths of the pages for people, which the OpenAPI document doesn't list.
fn pages() -> impl Iterator<Item = &'static str> {
    routes::docs::PATTERNS.iter().copied().chain([routes::problems::PATTERN])
}

/// The paths of the API. Created once and shared by all workers.
static TABLE: LazyLock<Table> = LazyLock::new(|| Table::of(openapi::document()));

/// The methods of each path, from the OpenAPI document.
struct Table(Vec<Row>);

struct Row {
    resource: ResourceDef,
    /// The path in the document.
    pattern: String,
    allowed: String,
}

impl Table {
    fn of(document: &OpenApi) -> Self {
        let rows = document.paths.paths.iter().map(|(pattern, item)| {
            let methods = [
                (item.get.is_some(), "GET, HEAD"),
                (item.post.is_some(), "POST"),
                (item.put.is_some(), "PUT"),
                (item.patch.is_some(), "PATCH"),
                (item.delete.is_some(), "DELETE"),
            ];
            let allowed: Vec<_> = methods.into_iter().filter(|(exists, _)| *exists).map(|(_, name)| name).collect();
            // The name of a custom method follows a colon: no id contains one.
            let resource = ResourceDef::new(pattern.replace("{id}", "{id:[^/:]+}"));
            Row { resource, pattern: pattern.clone(), allowed: allowed.join(", ") }
        });
        Self(rows.chain(page_rows(pages())).collect())
    }

    /// Returns the problem of a request that no route matches, if its path is in this table.
    fn refuse(&self, request: &HttpRequest) -> Option<Problem> {
        // Decoded, as in the router.
        let path = request.match_info().as_str();
        let Row { pattern, allowed, .. } = self.0.iter().find(|row| row.resource.is_match(path))?;
        request.extensions_mut().insert(MatchedPattern(pattern.clone()));
        let problem = Problem::new(Code::MethodNotAllowed, format!("the methods of this resource are {allowed}"));
        Some(problem.with_header(header::ALLOW, allowed))
    }
}

/// Returns the rows of pages.
fn page_rows(patterns: impl Iterator<Item = &'static str>) -> impl Iterator<Item = Row> {
    patterns.map(|pattern| Row { resource: ResourceDef::new(pattern), pattern: pattern.to_owned(), allowed: "GET, HEAD".to_owned() })
}

fn unknown() -> Problem {
    Problem::new(Code::NotFound, "there is no such resource")
}
