//! CPU time and memory of processes and threads, from `/proc`.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use crate::Failure;

/// The directory of a process or a thread in `/proc`.
#[derive(Clone)]
pub(crate) struct Usage(PathBuf);

impl Usage {
    pub(crate) fn of_process(id: u32) -> Self {
        Self(format!("/proc/{id}").into())
    }

    /// The calling thread.
    pub(crate) fn of_this_thread() -> Result<Self, Failure> {
        Ok(Self(PathBuf::from("/proc").join(fs::read_link("/proc/thread-self")?)))
    }

    /// The CPU time so far, user and system.
    pub(crate) fn time(&self) -> Result<Duration, Failure> {
        let stat = fs::read_to_string(self.0.join("stat"))?;
        // The name, field 2, may contain any character. User and system time are fields 14 and 15.
        let (_, numbers) = stat.rsplit_once(')').ok_or("`stat` has an unknown format")?;
        let ticks: Vec<u64> = numbers.split_whitespace().skip(11).take(2).map(str::parse).collect::<Result<_, _>>()?;
        Ok(TICK * u32::try_from(ticks.iter().sum::<u64>())?)
    }

    /// The resident memory, in bytes.
    pub(crate) fn memory(&self) -> Result<u64, Failure> {
        let status = fs::read_to_string(self.0.join("status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
        let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kilobytes << 10)
    }
}

/// The unit of the times in `stat`.
const TICK: Duration = Duration::from_millis(10);
