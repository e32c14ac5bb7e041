//! The REST API of Frontrow on actix-web: [`serve()`] serves an [`Api`], [`openapi()`] describes it.
//!
//! A request comes over the `wire`, passes the `edge`, is taken apart by `extract`, answered by its resource in `routes`, and leaves by the edge
//! again. A handler translates and decides nothing: it reads what was said into the domain's words, asks a use case, and shows
//! what came of it. Whatever goes wrong is a `problem`.

mod api;
mod app;
mod auth;
mod cors;
mod edge;
mod extract;
mod limits;
mod openapi;
mod problem;
mod response;
mod routes;
mod wire;

pub use api::{Api, HttpSettings, MetricsPage, Parts, Readiness, ReadinessCheck, StreamSettings};
pub use app::app;
pub use auth::{CannotSign, Issuer, Issuers, KeyStore, Keys, KeysError, Role, SigningAlgorithm, Trust, TrustedIssuer, UnknownAlgorithm};
pub use edge::{Answered, TraceContext, Tracer};
pub use limits::{ForwardedHeader, LimitSettings, Rate, TrustedProxies};
pub use openapi::openapi;
pub use wire::{WireSettings, serve};
