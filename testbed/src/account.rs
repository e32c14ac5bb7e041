//! The account a server runs under. PostgreSQL refuses to run as root, so root lends it another's.

use std::io;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use rustix::process::geteuid;

/// Whose server it is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Account {
    /// The one this process runs under.
    Own,
    /// The user `postgres`, since this process is root's.
    Lent { uid: u32, gid: u32 },
}

impl Account {
    pub(crate) fn for_servers() -> Self {
        if geteuid().is_root() { Self::Lent { uid: id_of_postgres("-u"), gid: id_of_postgres("-g") } } else { Self::Own }
    }

    /// Makes `folder` the account's.
    pub(crate) fn take(self, folder: &Path) -> io::Result<()> {
        match self {
            Self::Own => Ok(()),
            Self::Lent { uid, gid } => chown(folder, Some(uid), Some(gid)),
        }
    }

    /// Has `command` run under the account.
    pub(crate) fn run(self, command: &mut Command) -> &mut Command {
        match self {
            Self::Own => command,
            // The process becomes the user's itself: runuser would stand between us and the server that we signal.
            Self::Lent { uid, gid } => command.uid(uid).gid(gid),
        }
    }
}

fn id_of_postgres(which: &str) -> u32 {
    let printed = Command::new("id").args([which, "postgres"]).output().expect("id runs");
    let id = String::from_utf8_lossy(&printed.stdout).trim().parse();
    id.expect("PostgreSQL refuses to run as root, and there is no user postgres to run it: `make setup` installs it with one")
}
