//! `frontrow backup`: copies the store to a file, beside a running server.

use std::process::ExitCode;

use adapters_sqlite::SqliteFile;
use anyhow::Context;
use serde_json::json;

use crate::cli::Backup;
use crate::config::{DatabaseUrl, Settings};
use crate::failure::Usage;
use crate::show::Show;
use crate::store;

const OF_POSTGRES: &str = "a store on PostgreSQL is backed up by PostgreSQL's own programs: pg_dump for a copy, \
    pg_basebackup and WAL archiving for every instant; docs/operations.md says how";

pub(super) async fn run(settings: &Settings, Backup { file }: &Backup, show: Show) -> anyhow::Result<ExitCode> {
    let path = match &settings.database {
        DatabaseUrl::Sqlite(path) => path,
        DatabaseUrl::Postgres(_) => return Err(Usage(OF_POSTGRES.to_owned()).into()),
        DatabaseUrl::Memory => return Err(Usage(store::NO_STORE_OF_ITS_OWN.to_owned()).into()),
    };
    let size = SqliteFile::open(path).await.context("database.url")?.back_up(file).await?;
    show.tell(&json!({"file": file, "bytes": size}), || format!("{} has {size} bytes", file.display()))?;
    Ok(ExitCode::SUCCESS)
}
