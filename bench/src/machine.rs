//! The machine on which a run was made.

use std::fmt;
use std::process::Command;
use std::thread::available_parallelism;

use testbed::Cluster;

/// The properties that distinguish runs.
#[derive(Debug)]
pub(crate) struct Machine {
    pub(crate) cores: usize,
    pub(crate) postgres: String,
    pub(crate) rustc: String,
}

impl Machine {
    pub(crate) fn this(cluster: &Cluster) -> anyhow::Result<Self> {
        let postgres = cluster.sql("postgres", "SHOW server_version");
        let rustc = String::from_utf8(Command::new("rustc").arg("--version").output()?.stdout)?;
        Ok(Self { cores: available_parallelism()?.get(), postgres, rustc: rustc.trim().to_owned() })
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cores, postgres, rustc } = self;
        write!(formatter, "{cores} cores, shared by driver, server and database; PostgreSQL {postgres}; {rustc}.")
    }
}
