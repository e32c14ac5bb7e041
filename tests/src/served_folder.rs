//! A web server of static files, on an origin of its own.

use std::path::{Path, PathBuf};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// Serves the files of `folder`, and returns the origin.
pub async fn serve_folder(folder: impl Into<PathBuf>) -> String {
    let folder = folder.into();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            // A connection that breaks concerns its client only.
            tokio::spawn(respond(connection, folder.clone()));
        }
    });
    origin
}

async fn respond(mut connection: TcpStream, folder: PathBuf) -> std::io::Result<()> {
    let mut head = [0; 4_096];
    let length = connection.read(&mut head).await?;
    let head = String::from_utf8_lossy(&head[..length]);
    let target = head.split(' ').nth(1).unwrap_or_default();
    let name = match target.split(['?', '/']).nth(1) {
        None | Some("") => "index.html",
        Some(name) => name,
    };
    let (status, body) = match std::fs::read(folder.join(name)) {
        Ok(body) => ("200 OK", body),
        Err(_) => ("404 Not Found", Vec::new()),
    };
    let media_type = match Path::new(name).extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html",
        Some("css") => "text/css",
        Some("js") => "text/javascript",
        Some(_) | None => "application/octet-stream",
    };
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\ncontent-type: {media_type}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
    connection.write_all(head.as_bytes()).await?;
    connection.write_all(&body).await
}
