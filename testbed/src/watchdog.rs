//! The clean-up after a process that was killed and can't do it itself.

use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

/// A shell that waits for the end of a pipe from this process, then ends the watched process and removes its folder.
#[derive(Debug)]
pub(crate) struct Watchdog {
    shell: Child,
    /// None only during the drop.
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

    /// Watches `process` from now on, in place of the previous one.
    pub(crate) fn watch(&mut self, process: &Child) -> io::Result<()> {
        self.send(&process.id().to_string())
    }

    /// Watches only the folder from now on.
    pub(crate) fn unwatch(&mut self) -> io::Result<()> {
        self.send("")
    }

    fn send(&mut self, line: &str) -> io::Result<()> {
        self.pipe.as_mut().map_or(Ok(()), |pipe| pipe.write_all(format!("{line}\n").as_bytes()))
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        drop(self.pipe.take());
        let _ = self.shell.wait();
    }
}
