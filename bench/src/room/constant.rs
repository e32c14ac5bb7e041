//! The bare handler: what actix answers to a poll if there is nothing to be found out. A server of its own with one route and no layer.

use actix_web::{App, HttpResponse, HttpServer, web};
use anyhow::Context;

/// Answers polls with a constant JSON text of `size` bytes, until SIGTERM; its address is the first thing printed.
pub(crate) async fn serve(size: usize) -> anyhow::Result<()> {
    // A string: two of the bytes are its quotes.
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
