"""The aggregation as a Bytewax dataflow: `aggregate.py RECORDING TABLE`.

Lines are parsed a batch at a time, and accounts are the state of a keyed fold that gives its result when the recording ends.
"""

import sys
from collections import deque
from datetime import datetime
from pathlib import Path

import bytewax.operators as op
import orjson
from bytewax.connectors.files import FileSink, FileSource
from bytewax.dataflow import Dataflow
from bytewax.testing import run_main

QUARTER_MS = 900_000
HOUR, DAY = 4, 96


class Account:
    """What is known of a customer; the definition is in the README."""

    __slots__ = ("count", "sum", "last_ms", "last_amount", "day_count", "day_sum", "at_risk", "quarters")

    def __init__(self):
        self.count = self.sum = self.last_amount = self.day_count = self.day_sum = 0
        self.last_ms = -1
        self.at_risk = False
        # [quarter, count, sum] of the last day, in order.
        self.quarters = deque()

    def add(self, payment):
        ms, amount = payment
        if ms > self.last_ms:
            self.last_ms, self.last_amount = ms, amount
        self.count += 1
        self.sum += amount
        quarters = self.quarters
        before = self.last_ms // QUARTER_MS - DAY
        while quarters and quarters[0][0] <= before:
            _, count, total = quarters.popleft()
            self.day_count -= count
            self.day_sum -= total
        quarter = ms // QUARTER_MS
        if quarter > before:
            self.day_count += 1
            self.day_sum += amount
            # Nearly always it is the last one.
            at = len(quarters)
            while at and quarters[at - 1][0] > quarter:
                at -= 1
            if at and quarters[at - 1][0] == quarter:
                quarters[at - 1][1] += 1
                quarters[at - 1][2] += amount
            else:
                quarters.insert(at, [quarter, 1, amount])
        self.at_risk = self.count >= 10 and self.day_sum * 20 < self.sum
        return self

    def line(self, customer):
        before = self.last_ms // QUARTER_MS - HOUR
        hour = [tally for tally in self.quarters if tally[0] > before]
        return ",".join(
            map(
                str,
                (
                    customer, self.count, self.sum, self.last_ms, self.last_amount,
                    sum(tally[1] for tally in hour), sum(tally[2] for tally in hour),
                    self.day_count, self.day_sum, int(self.at_risk),
                ),
            )
        )  # fmt: skip


def payments(lines):
    """A batch of lines as (customer, (ms, amount))."""
    for line in lines:
        event = orjson.loads(line)
        at = datetime.fromisoformat(event["time"])
        yield event["subject"], (round(at.timestamp() * 1000), event["data"]["amount"]["minor"])


def flow(recording, table):
    flow = Dataflow("accounts")
    lines = op.input("recording", flow, FileSource(recording, batch_size=1000))
    keyed = op.flat_map_batch("payments", lines, payments)
    accounts = op.fold_final("accounts", keyed, Account, Account.add)
    written = op.map("lines", accounts, lambda account: (account[0], account[1].line(account[0])))
    op.output("table", written, FileSink(Path(table)))
    return flow


if __name__ == "__main__":
    run_main(flow(Path(sys.argv[1]), sys.argv[2]))
