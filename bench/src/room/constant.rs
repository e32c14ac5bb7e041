//! The bare handler: actix's response to a poll without any work. A separate server with one route and no middleware.

use actix_web::{App, HttpResponse, HttpServer, web};
use anyhow::Context;

/// Answers polls with a constant JSON text of `size` bytes until SIGTERM; it prints its address first.
pub(crate) async fn serve(size: usize) -> anyhow::Result<()> {
    // A JSON string: two of the bytes are its quotes.
    let body = web::Bytes::from(format!("\"{}\"", "x".repeat(size.saturating_sub(2))));
    let answer = move || {
        let body = body.clone();
        async move { HttpResponse::Ok().content_type("application/json").body(body) }
    };
    let server =
        HttpServer::new(move || App::new().route("/v1/queue-tokens/{token}", web::get().to(answer.clone()))).bind(("127.0.0.1", 0))?;
    let address = server.addrs().first().copied().context("no address")?;
    println!("serving on http://{address}");
    Ok(server.run().await?)
}
