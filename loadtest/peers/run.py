#!/usr/bin/env python3
"""Runs the same aggregation over the same recording in NexusFlow and its peers, in turn, and says what it took.

    run.py [--rounds 3] [--events 2000000] [--customers 20000] [--only NAME,NAME]

`make peers` installs and builds what it needs. README.md says what is compared and what is not.
"""

import argparse
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
BUILT = TARGET / "release"
TOOLS = ROOT / ".tools" / "peers"
WORK = TARGET / "peers"
BASELINE, ENGINE, EVERYTHING = "Rust loop", "NexusFlow engine", "NexusFlow, everything on"

# Of what Flink's own scripts open to it, what a stream like this can need.
OPENED = [f"--add-opens=java.base/java.{package}=ALL-UNNAMED" for package in ("lang", "time", "util")]


def said(command):
    """The first line that a command says, on whichever output."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True)
    return done.stdout.partition("\n")[0].strip()


def python(peer):
    return TOOLS / peer / "bin" / "python"


def version_of(peer, package):
    query = f"import importlib.metadata as m; print(m.version({package!r}))"
    return said([python(peer), "-c", query])


class Rust:
    """A program of this workspace."""

    def __init__(self, name, program, *before_table):
        self.name, self.program, self.before_table = name, BUILT / program, before_table

    def version(self):
        return said(["git", "-C", ROOT, "describe", "--always", "--dirty", "--abbrev=9"])

    def command(self, recording, table):
        return [self.program, recording, *self.before_table, table]


class Python:
    """A Python program in an environment of its own."""

    def __init__(self, name):
        self.name, self.peer = name, name.lower()

    def version(self):
        return f"{version_of(self.peer, self.peer)}, {said([python(self.peer), '--version'])}"

    def command(self, recording, table):
        return [python(self.peer), HERE / self.peer / "aggregate.py", recording, table]


class Flink:
    """Flink's libraries in a JVM: its mini cluster."""

    name = "Apache Flink"

    def __init__(self):
        found = sorted((TOOLS / "flink").glob("lib/python*/site-packages/pyflink"))
        self.home = found[0] if found else None
        self.classes = WORK / "flink-classes"

    def version(self):
        java = re.search(r'version "([^"]+)"', said(["java", "-version"]))
        return f"{version_of('flink', 'apache-flink-libraries')}, Java {java[1] if java else 'unknown'}"

    def compile(self):
        self.classes.mkdir(parents=True, exist_ok=True)
        libraries = f"{self.home}/lib/*"
        subprocess.run(["javac", "-cp", libraries, "-d", self.classes, HERE / "flink" / "Aggregate.java"], check=True)

    def command(self, recording, table):
        jvm = ["java", "-Xmx2g", *OPENED, "-cp", f"{self.classes}:{self.home}/lib/*"]
        return [*jvm, "Aggregate", str(os.cpu_count()), recording, table]


def everyone():
    return [
        Rust(BASELINE, "baseline"),
        Rust(ENGINE, "engine"),
        Rust(EVERYTHING, "everything", ROOT / "config" / "business.toml"),
        Python("Pathway"),
        Python("Bytewax"),
        Flink(),
    ]


def measure(peer, recording):
    """One run: seconds, processor seconds, memory, and the table as sorted lines."""
    table = WORK / "table"
    shutil.rmtree(table, ignore_errors=True)
    table.unlink(missing_ok=True)
    with open(WORK / "said.log", "wb") as log:
        began = time.monotonic()
        process = subprocess.Popen([str(part) for part in peer.command(recording, table)], stdout=log, stderr=log)
        # Of the process and all of its children that ended before it.
        _, status, used = os.wait4(process.pid, 0)
        took = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{peer.name} failed:\n{(WORK / 'said.log').read_text(errors='replace')[-4000:]}")
    files = [path for path in table.rglob("*") if path.is_file()] if table.is_dir() else [table]
    lines = sorted(line for path in files if path.exists() for line in path.read_text().splitlines())
    run = {"wall_s": took, "cpu_s": used.ru_utime + used.ru_stime, "memory_mib": used.ru_maxrss / 1024}
    return run, lines


def differs(lines, expected):
    """The first difference of two tables; None where there is none."""
    if lines == expected:
        return None
    pairs = zip(lines + [None] * len(expected), expected + [None] * len(lines))
    got, wanted = next(pair for pair in pairs if pair[0] != pair[1])
    return f"{len(lines)} lines for {len(expected)}; the first that differs is\n  {got}\nand should be\n  {wanted}"


def check(peer, lines, expected):
    if peer.name == EVERYTHING:
        expected = sorted(",".join(line.split(",")[:2]) for line in expected)
    if difference := differs(lines, expected):
        sys.exit(f"{peer.name} computed something else: {difference}")


def best(runs):
    """The run that took the least: whoever else wants the machine only ever adds."""
    return min(runs, key=lambda run: run["cpu_s"])


def machine():
    cpu = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    return f"{cpu[1] if cpu else platform.processor()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}"


def report(peers, runs, starts, events):
    """A row a peer, from the best of its runs."""
    rows = []
    for peer in peers:
        run = best(runs[peer.name])
        cpu, start = run["cpu_s"], best(starts[peer.name])["cpu_s"]
        rows.append(
            {
                "name": peer.name,
                "version": peer.version(),
                "events_per_s": events / run["wall_s"],
                "cpu_s": cpu,
                "start_cpu_s": start,
                "events_per_cpu_s": events / cpu,
                "events_per_cpu_s_without_start": events / max(cpu - start, 0.01),
                "memory_mib": run["memory_mib"],
                "runs": runs[peer.name],
                "starts": starts[peer.name],
            }
        )
    return rows


def show(rows):
    by_name = {row["name"]: row for row in rows}
    engine, baseline = by_name[ENGINE], by_name[BASELINE]
    print("| | events/s | CPU s | of that, start | events / CPU s | without start | MiB | NexusFlow engine is | of the Rust loop |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|")
    key, without = "events_per_cpu_s", "events_per_cpu_s_without_start"
    for row in rows:
        ahead = f"{engine[key] / row[key]:.2f}x ({engine[without] / row[without]:.2f}x)"
        print(
            f"| {row['name']} | {row['events_per_s']:,.0f} | {row['cpu_s']:.2f} | {row['start_cpu_s']:.2f} | {row[key]:,.0f} |"
            f" {row[without]:,.0f} | {row['memory_mib']:,.0f} | {ahead} | {row[key] / baseline[key]:.2f} |"
        )
    print()
    for row in rows:
        print(f"{row['name']}: {row['version']}")


def main():
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--events", type=int, default=2_000_000)
    arguments.add_argument("--customers", type=int, default=20_000)
    arguments.add_argument("--only", help="names of peers, separated by commas; NexusFlow and the Rust loop run anyhow")
    asked = arguments.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    only = {name.strip().lower() for name in asked.only.split(",")} if asked.only else None
    peers = [peer for peer in everyone() if not only or isinstance(peer, Rust) or peer.name.lower() in only]
    for peer in peers:
        if isinstance(peer, Flink):
            peer.compile()
    recording, nothing = WORK / "payments.jsonl", WORK / "nothing.jsonl"
    nothing.write_bytes(b"")
    subprocess.run([BUILT / "record", recording, str(asked.events), str(asked.customers)], check=True)
    print(f"{machine()}, load {os.getloadavg()[0]:.1f} at the beginning")
    print(f"{asked.events:,} events of {asked.customers:,} customers, {recording.stat().st_size / 1e6:,.0f} MB, {asked.rounds} rounds\n")
    runs, starts = {peer.name: [] for peer in peers}, {peer.name: [] for peer in peers}
    _, expected = measure(peers[0], recording)
    for _ in range(asked.rounds):
        for peer in peers:
            starts[peer.name].append(measure(peer, nothing)[0])
            run, lines = measure(peer, recording)
            check(peer, lines, expected)
            runs[peer.name].append(run)
            print(f"  {peer.name}: {run['cpu_s']:.2f} CPU s, {run['wall_s']:.2f} s", file=sys.stderr)
    rows = report(peers, runs, starts, asked.events)
    show(rows)
    digest = hashlib.sha256("\n".join(expected).encode()).hexdigest()
    print(f"\nAll tables are equal: {len(expected):,} customers, SHA-256 {digest[:16]}")
    result = {"machine": machine(), "events": asked.events, "customers": asked.customers, "table": digest, "peers": rows}
    (WORK / "result.json").write_text(json.dumps(result, indent=2))
    print(f"Every run stands in {os.path.relpath(WORK / 'result.json', ROOT)}")


if __name__ == "__main__":
    main()
