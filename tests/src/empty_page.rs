//! A web server with an empty page: an origin for scripts of tests.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// Serves an empty page at an address of its own, and returns its origin.
pub async fn serve_empty_page() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            // The request is ignored: each gets the same page.
            let _ = connection.read(&mut [0; 4_096]).await;
            let page = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 9\r\nconnection: close\r\n\r\n<!doctype";
            let _ = connection.write_all(page.as_bytes()).await;
        }
    });
    origin
}
