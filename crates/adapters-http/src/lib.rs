//! The REST API of Frontrow on actix-web: [`serve()`] serves an [`Api`], [`openapi()`] describes it.
//!
//! A request arrives on the `wire` and passes the `edge`; `extract` reads its parts, and a resource in `routes` handles it. The response
//! passes the edge again. A handler translates and decides nothing: it converts the request to domain types, calls a use case, and converts
//! the result to a response. Each error is a `problem`.

mod api;
mod app;
mod auth;
mod cors;
mod edge;
mod extract;
mod limits;
mod openapi;
mod pages;
mod problem;
mod readiness;
mod response;
mod routes;
mod settings;
mod wire;

pub use api::{Api, MetricsPage, Parts};
pub use app::app;
pub use auth::{CannotSign, Issuer, Issuers, KeyStore, Keys, KeysError, Role, SigningAlgorithm, Trust, TrustedIssuer, UnknownAlgorithm};
pub use edge::{Answered, TraceContext, Tracer};
pub use limits::{ForwardedHeader, LimitSettings, Rate, TrustedProxies};
pub use openapi::openapi;
pub use pages::Pages;
pub use readiness::{Readiness, ReadinessCheck};
pub use settings::{AvailabilitySettings, HttpSettings, SessionSettings, StreamSettings};
pub use wire::{WireSettings, serve};
