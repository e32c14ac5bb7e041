//! The PostgreSQL store keeps the contract of a persistence adapter.

use std::sync::{Arc, Mutex};

use adapter_conformance::{Adapter, adapter_conformance};
use adapters_postgres::{PoolSize, PostgresStore};
use application::ports::Ports;
use application::testing::StoppedClock;
use async_trait::async_trait;
use testbed::{Cluster, Database};
use tokio::sync::OnceCell;

/// A migrated database, of which every test gets a copy.
static TEMPLATE: OnceCell<Database> = OnceCell::const_new();

const SIZE: PoolSize = PoolSize { commands: 3, reads: 2 };

async fn template() -> &'static Database {
    let migrated = || async {
        let database = Cluster::shared().create_database();
        PostgresStore::open(&database.url, SIZE).await.unwrap().close().await.unwrap();
        database
    };
    TEMPLATE.get_or_init(migrated).await
}

/// The databases of the stores that were fresh once.
#[derive(Default)]
struct Postgres(Mutex<Vec<Database>>);

#[async_trait]
impl Adapter for Postgres {
    async fn fresh(&self, clock: Arc<StoppedClock>) -> Ports {
        let database = Cluster::shared().clone_database(&template().await.name);
        self.0.lock().unwrap().push(database);
        self.reopened(clock).await
    }

    async fn reopened(&self, clock: Arc<StoppedClock>) -> Ports {
        let url = self.0.lock().unwrap().last().expect("a store that was fresh once").url.clone();
        PostgresStore::open_with_clock(&url, SIZE, clock).await.unwrap().ports()
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
