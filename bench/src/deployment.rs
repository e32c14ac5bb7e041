//! One or more instances of the server on a database of their own.

use sea_orm::ConnectionTrait;

use crate::hall::Hall;
use crate::operator::Operator;
use crate::row::Store;
use crate::scratch::Scratch;
use crate::server::{self, CapacityProfile, Server};
use crate::target::Target;

pub(crate) struct Deployment {
    pub(crate) target: Target,
    pub(crate) operator: Operator,
    pub(crate) scratch: Scratch,
    servers: Vec<Server>,
}

impl Deployment {
    /// Migrates the database and starts `instances` on it.
    pub(crate) async fn start(scratch: Scratch, profile: CapacityProfile, instances: usize) -> anyhow::Result<Self> {
        server::run("migrate", &scratch.url).await?;
        let mut servers = Vec::with_capacity(instances);
        for _ in 0..instances {
            servers.push(Server::start(&scratch.url, profile).await?);
        }
        let target = Target::new(&servers, &scratch)?;
        let operator = Operator::of(target.addresses[0])?;
        Ok(Self { target, operator, scratch, servers })
    }

    /// Creates the concerts of `halls`.
    pub(crate) async fn create(&self, halls: &[Hall]) -> anyhow::Result<()> {
        for hall in halls {
            for (path, body) in hall.orders() {
                self.operator.post(&path, &body).await?;
            }
        }
        if self.scratch.store == Store::Postgres {
            let database = self.scratch.connect().await?;
            // Only these: the planner would assume that tables analysed while empty stay empty. SQLite keeps no statistics unless requested.
            database.execute_unprepared("VACUUM ANALYZE concerts, schedules, seats").await?;
            database.close().await?;
        }
        Ok(())
    }

    /// Stops the instances, checks the promises on the stored rows, and returns the database.
    pub(crate) async fn stop(self) -> anyhow::Result<Scratch> {
        for server in self.servers {
            server.stop().await?;
        }
        server::run("audit", &self.scratch.url).await?;
        Ok(self.scratch)
    }
}
