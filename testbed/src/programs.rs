//! The location of PostgreSQL's programs.

use std::path::{Path, PathBuf};

/// The folder in which Debian and its derivatives install each version's programs, in `VERSION/bin`; server programs aren't on the PATH
/// there.
const VERSIONS: &str = "/usr/lib/postgresql";

/// Returns the program `name` on the PATH, or else the newest installed version.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).map(|folder| folder.join(name)).find(|program| program.is_file());
    on_path.or_else(|| newest(Path::new(VERSIONS), name))
}

fn newest(versions: &Path, name: &str) -> Option<PathBuf> {
    let version = |folder: PathBuf| Some((folder.file_name()?.to_str()?.parse::<u32>().ok()?, folder.join("bin").join(name)));
    let folders = versions.read_dir().ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    folders.filter_map(version).filter(|(_, program)| program.is_file()).max().map(|(_, program)| program)
}

/// Returns the program `name` of the version whose server is run, or else the result of [`find`]. The server's folder takes precedence
/// because Debian's programs on the PATH are Perl scripts that look for it, which takes 40 ms each time.
pub(crate) fn beside_the_server(name: &str) -> Option<PathBuf> {
    let server = find("initdb").and_then(|initdb| initdb.canonicalize().ok());
    server.map(|initdb| initdb.with_file_name(name)).filter(|program| program.is_file()).or_else(|| find(name))
}

/// Like [`beside_the_server`].
///
/// # Panics
///
/// If there is none; the message says how to install it.
pub(crate) fn expect(name: &str) -> PathBuf {
    beside_the_server(name)
        .unwrap_or_else(|| panic!("PostgreSQL's {name} is neither on the PATH nor under {VERSIONS}: `make setup` installs it"))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        let versions = tempfile::tempdir().unwrap();
        for version in ["9", "15", "17", "common"] {
            let programs = versions.path().join(version).join("bin");
            fs::create_dir_all(&programs).unwrap();
            fs::write(programs.join("psql"), "").unwrap();
        }
        fs::create_dir_all(versions.path().join("18/bin")).unwrap();
        assert_eq!(newest(versions.path(), "psql"), Some(versions.path().join("17/bin/psql")), "18 has no psql");
        assert_eq!(newest(versions.path(), "pgbench"), None);
    }
}
