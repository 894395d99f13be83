//! Where a figure was measured.

use serde::Serialize;

/// The machine the load test ran on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Machine {
    /// The processor's name.
    pub cpu: String,
    /// How many cores may be used.
    pub cores: usize,
}

impl Machine {
    /// This one.
    pub fn this() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let cpu = value(&info, "model name").unwrap_or("an unknown processor");
        Self { cpu: cpu.to_owned(), cores }
    }
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
