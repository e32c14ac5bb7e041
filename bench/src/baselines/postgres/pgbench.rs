//! pgbench: runs a script and reads what it measured.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, bail};
use hdrhistogram::Histogram;
use testbed::Cluster;

/// How many sessions send statements, each the next one when the last is done.
pub(crate) const CLIENTS: usize = 32;

/// A script that is run.
pub(crate) struct Script<'a> {
    pub(crate) sql: &'a str,
    /// How many of the tickets are other scripts'.
    pub(crate) first: u32,
    pub(crate) seconds: u32,
}

/// What pgbench measured.
pub(crate) struct Measured {
    pub(crate) transactions: u64,
    pub(crate) a_second: f64,
    /// In microseconds.
    pub(crate) latencies: Histogram<u64>,
}

impl Script<'_> {
    /// Runs on the database at `url`: prepared statements, two threads, nothing vacuumed.
    pub(crate) fn run(&self, url: &str) -> anyhow::Result<Measured> {
        let folder = tempfile::tempdir()?;
        let script = folder.path().join("script.sql");
        fs::write(&script, self.sql)?;
        let log = folder.path().join("log");
        let pgbench = Cluster::program("pgbench").context("there is no pgbench: `make setup` installs it")?;
        let printed = Command::new(pgbench)
            .args(["-n", "-M", "prepared", "-j", "2", "-c", &CLIENTS.to_string(), "-T", &self.seconds.to_string()])
            .args(["-D", "i=0", "-D", &format!("first={}", self.first)])
            .arg("-f")
            .arg(&script)
            .arg("-l")
            .arg(format!("--log-prefix={}", log.display()))
            .arg(url)
            .output()?;
        let (out, complaints) = (String::from_utf8_lossy(&printed.stdout), String::from_utf8_lossy(&printed.stderr));
        if !printed.status.success() {
            bail!("pgbench fails: {out}{complaints}");
        }
        let latencies = read_logs(folder.path())?;
        let transactions = number(&out, "number of transactions actually processed: ")?;
        let a_second = number(&out, "tps = ")?;
        if number::<u64>(&out, "number of failed transactions: ")? > 0 || latencies.len() != transactions {
            bail!("{} of {transactions} transactions are in pgbench's log, or some failed: {out}", latencies.len());
        }
        Ok(Measured { transactions, a_second, latencies })
    }
}

/// One log a thread, one line a transaction; the third word is how long it took.
fn read_logs(folder: &Path) -> anyhow::Result<Histogram<u64>> {
    let mut latencies = Histogram::new(3)?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with("log.") {
            for line in fs::read_to_string(entry.path())?.lines() {
                let micros = line.split(' ').nth(2).with_context(|| format!("no latency in pgbench's line {line}"))?;
                latencies.record(micros.parse()?)?;
            }
        }
    }
    Ok(latencies)
}

/// The number that follows `label`, up to a blank, a slash or the line's end.
fn number<T: std::str::FromStr<Err: Into<anyhow::Error>>>(out: &str, label: &str) -> anyhow::Result<T> {
    let rest = out.split(label).nth(1).with_context(|| format!("pgbench says no {label:?}: {out}"))?;
    let digits = rest.split([' ', '/', '\n']).next().unwrap_or_default();
    digits.parse().map_err(Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_from_what_pgbench_prints() {
        let out = "number of transactions actually processed: 7175\nnumber of failed transactions: 0 (0.000%)\ntps = 2449.16 (without)\n";
        assert_eq!(number::<u64>(out, "number of transactions actually processed: ").unwrap(), 7_175);
        assert_eq!(number::<u64>(out, "number of failed transactions: ").unwrap(), 0);
        assert_eq!(format!("{:.2}", number::<f64>(out, "tps = ").unwrap()), "2449.16");
        assert!(number::<u64>(out, "latency average = ").is_err());
    }
}
