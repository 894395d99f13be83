//! Where a figure was measured, and what it took.

use std::process::Command;
use std::time::Duration;

/// One line of the machine and the state of the sources.
pub(crate) fn here() -> String {
    let machine = nexusflow_loadtest::Machine::this();
    let commit = first_line("git", &["describe", "--always", "--dirty", "--abbrev=9"]);
    let rustc = first_line("rustc", &["--version"]);
    format!("{}, {} cores, {rustc}, commit {commit}", machine.cpu, machine.cores)
}

fn first_line(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&output).lines().next().unwrap_or("unknown").to_owned()
}

/// Resident memory of this process, in bytes.
pub(crate) fn resident() -> u64 {
    nexusflow_loadtest::Memory::of(std::process::id()).map_or(0, |memory| memory.resident_kib * 1_024)
}

/// Processor time of this thread so far: what one core would need, however many others want it, too.
pub(crate) fn busy() -> Duration {
    let at = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(at.tv_sec as u64, at.tv_nsec as u32)
}

/// CPU time of a process so far (user and system), in seconds: fields 14 and 15 of its `stat`, in ticks of 10 ms.
pub(crate) fn cpu_s(process: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let after_name = stat.rsplit(") ").next().unwrap_or_default();
    let ticks = after_name.split(' ').skip(11).take(2).filter_map(|field| field.parse::<f64>().ok());
    ticks.sum::<f64>() / 100.0
}
