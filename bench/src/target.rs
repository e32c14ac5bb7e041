//! A server with its database, as the driver's target.

use std::net::SocketAddr;
use std::time::Duration;

use crate::process::Process;
use crate::row::Store;
use crate::scratch::Scratch;
use crate::server::Server;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Target {
    pub(crate) store: Store,
    pub(crate) address: SocketAddr,
    server: Process,
    /// SQLite runs in the server's process.
    database: Option<Process>,
}

impl Target {
    pub(crate) fn new(server: &Server, scratch: &Scratch) -> anyhow::Result<Self> {
        Ok(Self { store: scratch.store, address: server.address, server: server.process()?, database: scratch.process })
    }

    /// Returns the processor time of server and database so far.
    pub(crate) fn busy(&self) -> anyhow::Result<Duration> {
        let database = self.database.map_or(Ok(0.0), Process::busy_seconds_with_children)?;
        Ok(Duration::from_secs_f64(self.server.busy_seconds()? + database))
    }
}
