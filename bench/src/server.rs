//! The release binary as a process on a scratch store.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;

use anyhow::Context;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    /// Killed when dropped.
    _child: Child,
}

impl Server {
    /// Starts `target/release/frontrow` on `database`, with a queue that admits at once.
    pub(crate) async fn start(database: &Path) -> anyhow::Result<Self> {
        let mut child = Command::new("target/release/frontrow")
            .arg("serve")
            .env("FRONTROW__DATABASE__URL", format!("sqlite://{}", database.display()))
            .env("FRONTROW__HTTP__BIND", "127.0.0.1:0")
            .env("FRONTROW__QUEUE__CAPACITY", "100000")
            .env("FRONTROW__QUEUE__BATCH", "1000")
            .env("FRONTROW__QUEUE__TICK_MILLISECONDS", "10")
            .env("FRONTROW__LOG__FILTER", "warn")
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("target/release/frontrow does not start: `make bench` builds it")?;
        let out = child.stdout.take().context("no output")?;
        let first = BufReader::new(out).lines().next_line().await?.context("the server ended")?;
        let address = first.rsplit("http://").next().unwrap_or_default().parse().context("the server does not say where it serves")?;
        Ok(Self { address, _child: child })
    }
}
