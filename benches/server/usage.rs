//! What processes and threads cost, as Linux counts it.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use crate::Failure;

/// A process or a thread whose cost is of interest.
#[derive(Clone)]
pub(crate) struct Usage(PathBuf);

impl Usage {
    pub(crate) fn of_process(id: u32) -> Self {
        Self(format!("/proc/{id}").into())
    }

    /// The thread that calls.
    pub(crate) fn of_this_thread() -> Result<Self, Failure> {
        Ok(Self(PathBuf::from("/proc").join(fs::read_link("/proc/thread-self")?)))
    }

    /// The time on a processor so far, for itself and in the system.
    pub(crate) fn time(&self) -> Result<Duration, Failure> {
        let stat = fs::read_to_string(self.0.join("stat"))?;
        // The name may hold anything; what follows it are numbers, of which these are the 14th and 15th of all.
        let (_, numbers) = stat.rsplit_once(')').ok_or("a strange stat")?;
        let ticks: Vec<u64> = numbers.split_whitespace().skip(11).take(2).map(str::parse).collect::<Result<_, _>>()?;
        Ok(TICK * u32::try_from(ticks.iter().sum::<u64>())?)
    }

    /// The memory that is in use, in bytes.
    pub(crate) fn memory(&self) -> Result<u64, Failure> {
        let status = fs::read_to_string(self.0.join("status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
        let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kilobytes << 10)
    }
}

/// What Linux counts in, whatever it counts inside.
const TICK: Duration = Duration::from_millis(10);
