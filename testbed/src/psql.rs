//! SQL statements, run by psql.

use std::process::Command;

use crate::programs;

/// Runs `statement` at `url` and returns psql's output without the trailing line break; the error is psql's message.
pub(crate) fn run(url: &str, statement: &str) -> Result<String, String> {
    let mut psql = Command::new(programs::expect("psql"));
    psql.args(["-XAtq", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", statement]).env("PGCONNECT_TIMEOUT", "10");
    let printed = psql.output().map_err(|error| error.to_string())?;
    if printed.status.success() {
        Ok(String::from_utf8_lossy(&printed.stdout).trim_end().to_owned())
    } else {
        Err(String::from_utf8_lossy(&printed.stderr).trim_end().to_owned())
    }
}
