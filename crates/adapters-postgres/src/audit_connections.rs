//! The connections of audits and ledger checks: opened on demand, without time limits, since both read whole tables.

use std::str::FromStr as _;
use std::time::Duration;

use sea_orm::sqlx::{
    self,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use sea_orm::{ConnectionTrait, DatabaseConnection, SqlxPostgresConnector};

use crate::database::OpenError;

/// How long to wait for a connection to be opened.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// The server ends the statements of a client that is gone. Not every operating system of a server supports this.
const END_WITH_CLIENT: &str = "SET client_connection_check_interval = '2s'";

/// How the connections of audits and ledger checks are opened.
#[derive(Debug, Clone)]
pub(crate) struct AuditConnections {
    /// To the database that the store writes.
    pub(crate) primary: PgConnectOptions,
    /// To the database that audits read: the same, or a standby.
    pub(crate) audited: PgConnectOptions,
}

impl AuditConnections {
    /// Returns the connections of a store at `url`, whose audits read the same database.
    pub(crate) fn to(url: &str) -> Result<Self, OpenError> {
        let primary = options(url)?;
        Ok(Self { audited: primary.clone(), primary })
    }

    /// Returns the same connections, with audits that read the database at `url`.
    pub(crate) fn auditing(self, url: &str) -> Result<Self, OpenError> {
        Ok(Self { audited: options(url)?, ..self })
    }
}

pub(crate) fn options(url: &str) -> Result<PgConnectOptions, OpenError> {
    let options = PgConnectOptions::from_str(url).map_err(OpenError::NotAUrl)?.application_name("frontrow audit");
    Ok(options.options([
        ("statement_timeout", "0"),
        ("lock_timeout", "10s"),
        ("idle_in_transaction_session_timeout", "1min"),
        ("work_mem", "128MB"),
        ("tcp_keepalives_idle", "10"),
        ("tcp_keepalives_interval", "5"),
        ("tcp_keepalives_count", "3"),
    ]))
}

/// Opens one connection. The caller closes it; if the caller is cancelled, the server ends its statement with the process at the latest.
pub(crate) async fn connect(options: PgConnectOptions) -> Result<DatabaseConnection, sqlx::Error> {
    let pool = PgPoolOptions::new().max_connections(1).acquire_timeout(CONNECT_TIMEOUT).connect_with(options).await?;
    let connection = SqlxPostgresConnector::from_sqlx_postgres_pool(pool);
    if let Err(error) = connection.execute_unprepared(END_WITH_CLIENT).await {
        tracing::debug!(error = &error as &dyn std::error::Error, "the server can't detect clients that are gone");
    }
    Ok(connection)
}
