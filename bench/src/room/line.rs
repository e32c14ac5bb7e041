//! The line: as many as are wanted wait in the default queue. Who they are follows from their number, so that nothing has to be
//! read back.

use adapters_http::{Issuer, Role};
use application::SystemClock;
use application::ports::Clock;
use domain::UserId;
use md5::{Digest, Md5};
use testbed::{Cluster, Database};
use uuid::Uuid;

use crate::server::{self, ISSUER_SECRET};

const FILL: &str = include_str!("fill.sql");
/// Longer than anything is measured.
const A_DAY: std::time::Duration = std::time::Duration::from_hours(24);

/// A database in which a line waits.
pub(crate) struct Line {
    pub(crate) waiting: u32,
    pub(crate) database: Database,
}

/// Somebody who waits.
pub(crate) struct Waiter {
    pub(crate) token: Uuid,
    pub(crate) jwt: String,
}

impl Line {
    /// A fresh database of `cluster` with `waiting` users in line.
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

    /// Some of those who wait, spread evenly from the first to the last.
    pub(crate) fn spread(&self, count: u32) -> anyhow::Result<Vec<Waiter>> {
        let issuer = Issuer::new(ISSUER_SECRET.as_bytes(), A_DAY);
        let now = SystemClock.now();
        let count = count.min(self.waiting);
        let numbers = (0..count).map(|place| 1 + u64::from(place) * u64::from(self.waiting) / u64::from(count));
        let waiter = |number| {
            let jwt = issuer.issue(UserId(id("user", number)), &[Role::User], now)?;
            Ok(Waiter { token: id("token", number), jwt })
        };
        numbers.map(waiter).collect()
    }
}

/// As `fill.sql` makes them.
fn id(of: &str, number: u64) -> Uuid {
    Uuid::from_bytes(Md5::digest(format!("{of} {number}")).into())
}
