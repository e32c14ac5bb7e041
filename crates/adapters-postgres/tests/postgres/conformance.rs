//! The PostgreSQL store passes the conformance suite of persistence adapters.

use std::sync::{Arc, Mutex};

use adapter_conformance::{Adapter, adapter_conformance};
use adapters_postgres::{PoolSize, PostgresStore};
use application::ports::Ports;
use application::testing::StoppedClock;
use async_trait::async_trait;
use testbed::{Cluster, Database, Durability};
use tokio::sync::OnceCell;

/// A migrated database that is copied for each test.
static TEMPLATE: OnceCell<Database> = OnceCell::const_new();

const SIZE: PoolSize = PoolSize { commands: 3, reads: 2, operator_timeout: std::time::Duration::from_secs(30) };

async fn template() -> &'static Database {
    let migrated = || async {
        let database = Cluster::shared().create_database();
        PostgresStore::open(&database.url, SIZE).await.unwrap().close().await.unwrap();
        database
    };
    TEMPLATE.get_or_init(migrated).await
}

/// The databases of all stores that were created, and the server of the store that may crash.
#[derive(Default)]
struct Postgres {
    databases: Mutex<Vec<Database>>,
    own_server: Mutex<Option<Cluster>>,
}

impl Postgres {
    fn kill_and_restart_server(&self) {
        let mut server = self.own_server.lock().unwrap();
        let server = server.as_mut().expect("a store on its own server");
        server.kill();
        server.restart();
    }
}

#[async_trait]
impl Adapter for Postgres {
    async fn fresh(&self, clock: Arc<StoppedClock>) -> Ports {
        let database = Cluster::shared().clone_database(&template().await.name);
        self.databases.lock().unwrap().push(database);
        self.reopened(clock).await
    }

    async fn fresh_to_crash(&self, clock: Arc<StoppedClock>) -> Ports {
        let server = Cluster::start(Durability::Processes);
        self.databases.lock().unwrap().push(server.create_database());
        *self.own_server.lock().unwrap() = Some(server);
        self.reopened(clock).await
    }

    async fn reopened(&self, clock: Arc<StoppedClock>) -> Ports {
        let url = self.databases.lock().unwrap().last().expect("a store was created before").url.clone();
        PostgresStore::open_with_clock(&url, SIZE, clock).await.unwrap().ports()
    }

    async fn after_crash(&self, clock: Arc<StoppedClock>) -> Ports {
        self.kill_and_restart_server();
        self.reopened(clock).await
    }

    async fn beside(&self, clock: Arc<StoppedClock>) -> Option<Ports> {
        Some(self.reopened(clock).await)
    }

    fn model_runs(&self) -> u32 {
        8
    }

    fn soak(&self) -> u32 {
        testbed::soak()
    }
}

adapter_conformance!(Postgres::default);
