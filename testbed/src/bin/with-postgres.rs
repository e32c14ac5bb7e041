//! Runs a command beside a PostgreSQL server that its tests share: `with-postgres cargo test`. The server stops when the command ends.

use std::process::{Command, ExitCode};

use testbed::Cluster;

#[expect(clippy::print_stderr, reason = "a command line tool")]
fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let Some(program) = arguments.next() else {
        eprintln!("usage: with-postgres COMMAND [ARGUMENT…]");
        return ExitCode::from(2);
    };
    let cluster = Cluster::shared();
    let status = Command::new(&program).args(arguments).env(testbed::EXISTING, cluster.url("postgres")).status();
    match status {
        Ok(status) => ExitCode::from(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)),
        Err(error) => {
            eprintln!("with-postgres: {} can't be run: {error}", program.display());
            ExitCode::from(127)
        }
    }
}
