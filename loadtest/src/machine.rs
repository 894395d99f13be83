//! Where a figure was measured.

use serde::Serialize;
use std::process::Command;

/// The machine the load test ran on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Machine {
    /// The processor's name.
    pub cpu: String,
    /// How many cores may be used.
    pub cores: usize,
    /// How much memory it has, in MiB.
    pub memory_mib: u64,
    /// The kernel and its version.
    pub system: String,
}

impl Machine {
    /// This one.
    pub fn this() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let cpu = value(&info, "model name").unwrap_or("an unknown processor");
        let memory = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
        let memory_kib = value(&memory, "MemTotal").and_then(|kib| kib.split(' ').next()?.parse::<u64>().ok());
        let kernel = |file: &str| std::fs::read_to_string(format!("/proc/sys/kernel/{file}")).unwrap_or_default();
        let system = format!("{} {}", kernel("ostype").trim(), kernel("osrelease").trim());
        Self { cpu: cpu.to_owned(), cores, memory_mib: memory_kib.unwrap_or_default() / 1_024, system }
    }
}

/// The commit of the working copy that the load test runs in, which what is measured should be of; none where it runs elsewhere.
pub(crate) fn commit() -> Option<String> {
    let git = Command::new("git").args(["describe", "--always", "--dirty", "--abbrev=9"]).output().ok()?;
    let said = String::from_utf8(git.stdout).ok()?;
    Some(said.trim().to_owned()).filter(|commit| git.status.success() && !commit.is_empty())
}

/// Memory of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Memory {
    /// Resident now, in KiB.
    pub resident_kib: u64,
    /// The most that ever was, in KiB.
    pub peak_kib: u64,
}

impl Memory {
    /// Of the process `id`; none where it is not here.
    pub fn of(id: u32) -> Option<Self> {
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
        let kib = |key: &str| value(&status, key)?.split(' ').next()?.parse().ok();
        Some(Self { resident_kib: kib("VmRSS")?, peak_kib: kib("VmHWM")? })
    }
}

/// What stands behind `key:` in a file of /proc.
fn value<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let of = |line: &'a str| Some(line.strip_prefix(key)?.trim_start().strip_prefix(':')?.trim());
    text.lines().find_map(of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_by_their_whole_key() {
        let text = "model\t\t: 85\nmodel name\t: A Processor\nVmRSS:\t   1234 kB\n";
        assert_eq!(value(text, "model name"), Some("A Processor"));
        assert_eq!(value(text, "VmRSS"), Some("1234 kB"));
        assert_eq!(value(text, "VmHWM"), None);
    }
}
