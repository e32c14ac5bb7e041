//! The resources that a process uses, as reported by Linux in `/proc`.

use std::fs;
use std::time::Duration;

use anyhow::Context;
use rustix::param::clock_ticks_per_second;
use rustix::process::{Pid, getpid};
use testbed::Cluster;

/// Another process, or this one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Process(Pid);

impl Process {
    pub(crate) const fn of(pid: Pid) -> Self {
        Self(pid)
    }

    /// Returns the main process of a PostgreSQL server; none if it was started by others.
    pub(crate) fn of_cluster(cluster: &Cluster) -> Option<Self> {
        cluster.process_id().and_then(|id| Pid::from_raw(id.try_into().ok()?)).map(Self)
    }

    pub(crate) fn this() -> Self {
        Self(getpid())
    }

    /// Returns its processor time, including the kernel's work on its behalf.
    pub(crate) fn busy(self) -> anyhow::Result<Duration> {
        let ticks = ticks(&self.file("stat")?).context("/proc does not report processor time")?;
        duration(ticks)
    }

    /// Returns the processor time of it and of all its children, including those that have ended.
    pub(crate) fn busy_with_children(self) -> anyhow::Result<Duration> {
        let of_ended = ticks_of_ended_children(&self.file("stat")?).context("/proc does not report the processor time of children")?;
        let mut busy = self.busy()? + duration(of_ended)?;
        for entry in fs::read_dir("/proc")? {
            // A process may end during the search: then it counts among its parent's ended children the next time.
            let Ok(stat) = fs::read_to_string(entry?.path().join("stat")) else { continue };
            if parent(&stat) == Some(self.0.as_raw_nonzero().get()) {
                busy += duration(ticks(&stat).context("/proc does not report processor time")?)?;
            }
        }
        Ok(busy)
    }

    fn file(self, name: &str) -> anyhow::Result<String> {
        let path = format!("/proc/{}/{name}", self.0.as_raw_nonzero());
        fs::read_to_string(&path).with_context(|| format!("{path} can't be read"))
    }
}

fn duration(ticks: u32) -> anyhow::Result<Duration> {
    Ok(Duration::from_secs_f64(f64::from(ticks) / f64::from(u32::try_from(clock_ticks_per_second())?)))
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
    fn the_processor_time_in_proc_is_parsed() {
        let stat = "7 (a (b) c) S 1 7 7 0 -1 4194560 100 0 0 0 30 12 5 2 20 0 1 0 5";
        assert_eq!((parent(stat), ticks(stat), ticks_of_ended_children(stat)), (Some(1), Some(42), Some(7)));
    }

    #[test]
    fn the_processor_time_of_this_process_is_measured() {
        Process::this().busy().unwrap();
    }
}
