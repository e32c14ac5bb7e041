//! The REST API of Frontrow on actix-web.
