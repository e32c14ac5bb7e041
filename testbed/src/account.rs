//! The account of a server. PostgreSQL refuses to run as root, so a process of root runs it as another user.

use std::io;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use rustix::process::geteuid;

/// The account of a server.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Account {
    /// The account of this process.
    Own,
    /// The user `postgres`, because this process runs as root.
    Postgres { uid: u32, gid: u32 },
}

impl Account {
    pub(crate) fn for_servers() -> Self {
        if geteuid().is_root() { Self::Postgres { uid: id_of_postgres("-u"), gid: id_of_postgres("-g") } } else { Self::Own }
    }

    /// Makes the account the owner of `folder`.
    pub(crate) fn own(self, folder: &Path) -> io::Result<()> {
        match self {
            Self::Own => Ok(()),
            Self::Postgres { uid, gid } => chown(folder, Some(uid), Some(gid)),
        }
    }

    /// Makes `command` run under the account.
    pub(crate) fn run(self, command: &mut Command) -> &mut Command {
        match self {
            Self::Own => command,
            // The process itself gets the user's id: runuser would be a process between us and the server that we signal.
            Self::Postgres { uid, gid } => command.uid(uid).gid(gid),
        }
    }
}

fn id_of_postgres(which: &str) -> u32 {
    let printed = Command::new("id").args([which, "postgres"]).output().expect("id runs");
    let id = String::from_utf8_lossy(&printed.stdout).trim().parse();
    id.expect("PostgreSQL refuses to run as root, and there is no user postgres to run it: `make setup` installs it with one")
}
