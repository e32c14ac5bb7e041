//! nginx in front of a server, with compression, buffering and a cache.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::sleep;

use crate::Frontrow;

/// How often to start nginx: another process may have taken the free port meanwhile.
const ATTEMPTS: usize = 5;
const POLL_INTERVAL: Duration = Duration::from_millis(10);
/// A distribution installs nginx into a folder that may not be on the `PATH` of users.
const FOLDERS: [&str; 2] = ["/usr/sbin", "/usr/local/sbin"];

/// A running nginx in front of a server; stopped when dropped.
pub struct Nginx {
    child: Child,
    port: u16,
    folder: TempDir,
    /// Its base URL, like `http://127.0.0.1:41234`.
    pub base: String,
}

impl Nginx {
    /// Starts nginx in front of `server`, with the configuration of `docs/operations.md` for boards.
    ///
    /// # Panics
    /// If nginx isn't installed (the message says how to install it), or it doesn't start.
    pub async fn in_front_of(server: &Frontrow) -> Self {
        let folder = TempDir::new().unwrap();
        for _ in 0..ATTEMPTS {
            let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).unwrap().port();
            std::fs::write(folder.path().join("nginx.conf"), configuration(port, &server.base)).unwrap();
            if let Some(child) = start(&folder, port).await {
                return Self { child, port, folder, base: format!("http://127.0.0.1:{port}") };
            }
        }
        panic!("nginx does not start: {}", std::fs::read_to_string(folder.path().join("error.log")).unwrap_or_default());
    }

    /// Stops nginx, which breaks all connections through it.
    pub async fn stop(&mut self) {
        self.child.kill().await.unwrap();
    }

    /// Starts it again at the same address, after it was stopped.
    pub async fn start_again(&mut self) {
        self.child = start(&self.folder, self.port).await.expect("nginx starts");
    }
}

/// Starts nginx; none if it ends before it accepts connections.
async fn start(folder: &TempDir, port: u16) -> Option<Child> {
    let mut child = Command::new(program())
        .args(["-p", ".", "-c", "nginx.conf", "-e", "error.log"])
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    loop {
        if TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
            return Some(child);
        }
        if child.try_wait().unwrap().is_some() {
            return None;
        }
        sleep(POLL_INTERVAL).await;
    }
}

fn program() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(FOLDERS.map(PathBuf::from));
    let program = folders.map(|folder| folder.join("nginx")).find(|program| program.is_file());
    program.expect("nginx is not on the PATH: `make setup` installs it")
}

fn configuration(port: u16, server: &str) -> String {
    format!(
        r"
daemon off;
master_process off;
pid nginx.pid;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    proxy_cache_path cache keys_zone=boards:1m;
    gzip on;
    gzip_proxied any;
    gzip_min_length 1;
    gzip_types application/json text/event-stream;
    proxy_buffering on;
    proxy_http_version 1.1;
    proxy_set_header Connection '';
    server {{
        listen 127.0.0.1:{port};
        location / {{ proxy_pass {server}; }}
        location ~ ^/v1/queues/[^/]+/board$ {{
            proxy_pass {server}$uri;
            proxy_cache boards;
            proxy_cache_key $uri;
            proxy_cache_lock on;
            proxy_cache_use_stale updating error timeout;
            proxy_cache_background_update on;
        }}
    }}
}}
"
    )
}
