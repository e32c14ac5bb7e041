//! The resources that a process uses, as reported by Linux in `/proc`.

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

    /// Returns its resident memory, in bytes.
    pub(crate) fn resident(self) -> anyhow::Result<u64> {
        resident(&self.file("status")?).context("/proc does not report resident memory")
    }

    /// Returns its processor time, including the kernel's work on its behalf.
    pub(crate) fn busy_seconds(self) -> anyhow::Result<f64> {
        let ticks = ticks(&self.file("stat")?).context("/proc does not report processor time")?;
        seconds(ticks)
    }

    /// Returns the processor time of it and of all its children, including those that have ended.
    pub(crate) fn busy_seconds_with_children(self) -> anyhow::Result<f64> {
        let of_ended = ticks_of_ended_children(&self.file("stat")?).context("/proc does not report the processor time of children")?;
        let mut busy = self.busy_seconds()? + seconds(of_ended)?;
        for entry in fs::read_dir("/proc")? {
            // A process may end during the search: then it counts among its parent's ended children the next time.
            let Ok(stat) = fs::read_to_string(entry?.path().join("stat")) else { continue };
            if parent(&stat) == Some(self.0.as_raw_nonzero().get()) {
                busy += seconds(ticks(&stat).context("/proc does not report processor time")?)?;
            }
        }
        Ok(busy)
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

fn seconds(ticks: u32) -> anyhow::Result<f64> {
    Ok(f64::from(ticks) / f64::from(u32::try_from(clock_ticks_per_second())?))
}

/// Returns the sum of fields 14 and 15: the time in user and in kernel mode.
fn ticks(stat: &str) -> Option<u32> {
    Some(field(stat, 14)? + field(stat, 15)?)
}

/// Returns the sum of fields 16 and 17: the same of ended children.
fn ticks_of_ended_children(stat: &str) -> Option<u32> {
    Some(field(stat, 16)? + field(stat, 17)?)
}

fn parent(stat: &str) -> Option<i32> {
    field(stat, 4).and_then(|parent: u32| parent.try_into().ok())
}

/// Returns field `number`, from the third on. The second is the name in parentheses, which may contain spaces.
fn field(stat: &str, number: usize) -> Option<u32> {
    stat.rsplit_once(')')?.1.split_whitespace().nth(number - 3)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_proc_are_parsed() {
        assert_eq!(resident("VmHWM:\t   9 kB\nVmRSS:\t  12 kB\nRssAnon:\t 3 kB\n"), Some(12 * 1_024));
        let stat = "7 (a (b) c) S 1 7 7 0 -1 4194560 100 0 0 0 30 12 5 2 20 0 1 0 5";
        assert_eq!((parent(stat), ticks(stat), ticks_of_ended_children(stat)), (Some(1), Some(42), Some(7)));
    }

    #[test]
    fn the_resources_of_this_process_are_measured() {
        assert!(Process::this().resident().unwrap() > 100_000);
        Process::this().busy_seconds().unwrap();
    }
}
