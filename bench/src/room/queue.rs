//! A queue with any number of waiting users in the default queue. Their ids follow from their numbers, so that nothing has to be read back.

use adapters_http::Role;
use domain::UserId;
use md5::{Digest, Md5};
use testbed::{Cluster, Database};
use uuid::Uuid;

use crate::operator::sign;
use crate::server;

const FILL: &str = include_str!("fill.sql");

/// A database with a queue of waiting users.
pub(crate) struct WaitingQueue {
    pub(crate) waiting: u32,
    pub(crate) database: Database,
}

/// A waiting user.
pub(crate) struct Waiter {
    pub(crate) token: Uuid,
    pub(crate) jwt: String,
}

impl WaitingQueue {
    /// Creates a database of `cluster` with `waiting` users in the queue.
    pub(crate) async fn of(cluster: &Cluster, waiting: u32) -> anyhow::Result<Self> {
        let database = cluster.create_database();
        server::run("migrate", &database.url).await?;
        let fill = FILL.replace(":waiting", &waiting.to_string());
        for statement in fill.split_inclusive(";\n") {
            cluster.sql(&database.name, statement);
        }
        cluster.sql(&database.name, "VACUUM ANALYZE");
        cluster.sql("postgres", "CHECKPOINT");
        Ok(Self { waiting, database })
    }

    /// Returns some of the waiting users, spread evenly from the first to the last.
    pub(crate) fn spread(&self, count: u32) -> anyhow::Result<Vec<Waiter>> {
        let count = count.min(self.waiting);
        let numbers = (0..count).map(|place| 1 + u64::from(place) * u64::from(self.waiting) / u64::from(count));
        numbers.map(|number| Ok(Waiter { token: id("token", number), jwt: sign(UserId(id("user", number)), Role::User)? })).collect()
    }
}

/// Returns the id that `fill.sql` gives the row.
fn id(kind: &str, number: u64) -> Uuid {
    Uuid::from_bytes(Md5::digest(format!("{kind} {number}")).into())
}
