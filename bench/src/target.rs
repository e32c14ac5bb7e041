//! Servers with their database, as the driver's target.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::ensure;

use crate::driver::{Driven, Load, Script};
use crate::process::Process;
use crate::round::{Busy, Round};
use crate::row::Store;
use crate::scratch::Scratch;
use crate::server::Server;

#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) store: Store,
    /// Of the instances.
    pub(crate) addresses: Vec<SocketAddr>,
    servers: Vec<Process>,
    /// SQLite runs in the server's process.
    database: Option<Process>,
}

impl Target {
    pub(crate) fn new(servers: &[Server], scratch: &Scratch) -> anyhow::Result<Self> {
        let addresses = servers.iter().map(|server| server.address).collect();
        let servers = servers.iter().map(Server::process).collect::<anyhow::Result<_>>()?;
        Ok(Self { store: scratch.store, addresses, servers, database: scratch.process })
    }

    /// Returns the processor time of all instances and of the database so far.
    pub(crate) fn busy(&self) -> anyhow::Result<Busy> {
        let server = self.servers.iter().map(|server| server.busy()).sum::<anyhow::Result<Duration>>()?;
        Ok(Busy { server: Some(server), database: self.database.map(Process::busy_with_children).transpose()? })
    }

    /// Connects `scripts` to the instances.
    pub(crate) async fn connect<S: Script>(&self, scripts: Vec<S>) -> anyhow::Result<Load<S>> {
        Load::connect(&self.addresses, scripts).await
    }

    /// Measures a round of `scripts`, of which none may be refused.
    pub(crate) async fn measure<S: Script>(&self, scripts: Vec<S>, duration: Duration) -> anyhow::Result<(Round, Vec<S>)> {
        let load = self.connect(scripts).await?;
        let before = self.busy()?;
        let driven = load.run(duration).await?;
        let busy = self.busy()?.since(before);
        ensure!(driven.refused.is_empty(), "{} requests were refused", driven.refused.len());
        let Driven { scripts, done, a_second, .. } = driven;
        Ok((Round { a_second, latencies: done, busy }, scripts))
    }
}
