"""The aggregation as Pathway tables: `aggregate.py RECORDING TABLE`.

All that is done for an event is done by Pathway's engine, which is written in Rust: parsing, times, groups, joins. Windows are
joined from the quarters of an hour they are made of.
"""

import csv
import os
import sys

import pathway as pw

QUARTER_MS = 900_000
HOUR, DAY = 4, 96


class Event(pw.Schema):
    subject: str
    time: str
    minor: int


def accounts(recording):
    events = pw.io.jsonlines.read(
        recording, schema=Event, mode="static", json_field_paths={"minor": "/data/amount/minor"}
    )
    at = events.time.dt.strptime("%Y-%m-%dT%H:%M:%S%.3fZ", contains_timezone=False)
    payments = events.select(
        customer=pw.this.subject,
        # Milliseconds come as a float, now and then a hair too small.
        ms=pw.cast(int, at.dt.timestamp(unit="ms") + 0.5),
        minor=pw.this.minor,
    )
    payments = payments.with_columns(quarter=pw.this.ms // QUARTER_MS)
    quarters = payments.groupby(pw.this.customer, pw.this.quarter).reduce(
        customer=pw.this.customer,
        quarter=pw.this.quarter,
        count=pw.reducers.count(),
        sum=pw.reducers.sum(pw.this.minor),
        last=pw.reducers.max(pw.make_tuple(pw.this.ms, pw.this.minor)),
    )
    totals = quarters.groupby(pw.this.customer).reduce(
        customer=pw.this.customer,
        count=pw.reducers.sum(pw.this.count),
        sum=pw.reducers.sum(pw.this.sum),
        last=pw.reducers.max(pw.this.last),
        newest=pw.reducers.max(pw.this.quarter),
    )
    joined = quarters.join(totals, pw.left.customer == pw.right.customer).select(
        pw.left.customer, pw.left.count, pw.left.sum, age=pw.right.newest - pw.left.quarter
    )
    recent = joined.filter(pw.this.age < DAY)
    windows = recent.groupby(pw.this.customer).reduce(
        customer=pw.this.customer,
        hour_count=pw.reducers.sum(pw.if_else(pw.this.age < HOUR, pw.this.count, 0)),
        hour_sum=pw.reducers.sum(pw.if_else(pw.this.age < HOUR, pw.this.sum, 0)),
        day_count=pw.reducers.sum(pw.this.count),
        day_sum=pw.reducers.sum(pw.this.sum),
    )
    return totals.join(windows, pw.left.customer == pw.right.customer).select(
        pw.left.customer,
        pw.left.count,
        pw.left.sum,
        last_ms=pw.left.last[0],
        last_amount=pw.left.last[1],
        hour_count=pw.right.hour_count,
        hour_sum=pw.right.hour_sum,
        day_count=pw.right.day_count,
        day_sum=pw.right.day_sum,
        at_risk=pw.if_else((pw.left.count >= 10) & (pw.right.day_sum * 20 < pw.left.sum), 1, 0),
    )


def strip(changes, table):
    """Pathway writes changes; of a recording that is read at once there is one a customer, an addition."""
    with open(changes, newline="") as rows, open(table, "w", newline="") as lines:
        rows = csv.reader(rows)
        next(rows, None)
        for *row, _, diff in rows:
            assert diff == "1", row
            lines.write(",".join(row) + "\n")
    os.remove(changes)


if __name__ == "__main__":
    recording, table = sys.argv[1:]
    changes = table + ".changes"
    pw.io.csv.write(accounts(recording), changes)
    pw.run(monitoring_level=pw.MonitoringLevel.NONE)
    strip(changes, table)
