//! Who tidies up after a process that can't, having been killed.

use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

/// A shell that waits for the end of a pipe from this process, then ends the watched process and removes its folder.
#[derive(Debug)]
pub(crate) struct Watchdog {
    shell: Child,
    /// None only while it is dropped.
    pipe: Option<ChildStdin>,
}

impl Watchdog {
    pub(crate) fn over(folder: &Path) -> Self {
        let mut shell = Command::new("sh");
        shell.args(["-c", include_str!("watchdog.sh"), "watchdog"]).arg(folder).current_dir("/");
        shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        // Not in this process's group, which a terminal or a test runner kills as one.
        let mut shell = shell.process_group(0).spawn().expect("sh runs");
        let pipe = shell.stdin.take();
        Self { shell, pipe }
    }

    /// From now on `process` is watched, and what was before is not.
    pub(crate) fn watch(&mut self, process: &Child) -> io::Result<()> {
        self.tell(&process.id().to_string())
    }

    /// From now on nothing is watched but the folder.
    pub(crate) fn unwatch(&mut self) -> io::Result<()> {
        self.tell("")
    }

    fn tell(&mut self, line: &str) -> io::Result<()> {
        self.pipe.as_mut().map_or(Ok(()), |pipe| pipe.write_all(format!("{line}\n").as_bytes()))
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        drop(self.pipe.take());
        let _ = self.shell.wait();
    }
}
