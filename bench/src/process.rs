//! What a process takes of the machine, as Linux accounts for it in `/proc`.

use std::fs;

use anyhow::Context;
use rustix::param::clock_ticks_per_second;
use rustix::process::{Pid, getpid};

/// Another process, or this one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Process(Pid);

impl Process {
    pub(crate) const fn of(pid: Pid) -> Self {
        Self(pid)
    }

    pub(crate) fn this() -> Self {
        Self(getpid())
    }

    /// How much of it is in memory, in bytes.
    pub(crate) fn resident(self) -> anyhow::Result<u64> {
        resident(&self.file("status")?).context("/proc says nothing of resident memory")
    }

    /// How long it has kept cores busy, those of the kernel's work on its behalf included.
    pub(crate) fn busy_seconds(self) -> anyhow::Result<f64> {
        let ticks = ticks(&self.file("stat")?).context("/proc says nothing of processor time")?;
        Ok(f64::from(ticks) / f64::from(u32::try_from(clock_ticks_per_second())?))
    }

    fn file(self, name: &str) -> anyhow::Result<String> {
        let path = format!("/proc/{}/{name}", self.0.as_raw_nonzero());
        fs::read_to_string(&path).with_context(|| format!("{path} can't be read"))
    }
}

fn resident(status: &str) -> Option<u64> {
    let kibibytes = status.split_once("VmRSS:")?.1.split_whitespace().next()?;
    Some(kibibytes.parse::<u64>().ok()? * 1_024)
}

/// The fourteenth word and the fifteenth. The second is the name in parentheses, which may contain blanks.
fn ticks(stat: &str) -> Option<u32> {
    let mut words = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let (user, system): (u32, u32) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    Some(user + system)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_proc_says_is_understood() {
        assert_eq!(resident("VmHWM:\t   9 kB\nVmRSS:\t  12 kB\nRssAnon:\t 3 kB\n"), Some(12 * 1_024));
        assert_eq!(ticks("7 (a (b) c) S 1 7 7 0 -1 4194560 100 0 0 0 30 12 0 0 20 0 1 0 5"), Some(42));
    }

    #[test]
    fn this_process_takes_something() {
        assert!(Process::this().resident().unwrap() > 100_000);
        Process::this().busy_seconds().unwrap();
    }
}
