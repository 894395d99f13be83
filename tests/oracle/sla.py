#!/usr/bin/env python3
"""The breaches of the incidents of incident_log, computed in one batch, straight from the file and without NexusFlow.

    python3 sla.py DATA ALERTS.TOML

prints {"breaches": [[ticket, target, at_ms], ...], "met": {target: count}}. Working time is summed up quarter hour by quarter hour,
by what zoneinfo says of each; so intervals and offsets must lie on quarter hours.
"""

import csv
import json
import sys
import tomllib
from bisect import bisect_left
from collections import Counter, defaultdict
from datetime import datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
BEGIN = datetime(2016, 1, 1, tzinfo=timezone.utc)
END = datetime(2018, 1, 1, tzinfo=timezone.utc)
QUARTER = 900_000
TARGETS = ["first_reply", "update", "requester_wait", "resolution"]
WAITING = {"Awaiting User Info", "Awaiting Vendor", "Awaiting Evidence"}
DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


def in_ms(at):
    return (at - EPOCH) // timedelta(milliseconds=1)


def parse(text):
    return in_ms(datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=timezone.utc))


class Calendar:
    """How much working time has passed at each quarter hour of two years."""

    def __init__(self, form):
        zone = ZoneInfo(form["time_zone"])
        holidays = set(form.get("holidays", []))
        self.begin = in_ms(BEGIN)
        self.sums = [0]
        at = BEGIN
        while at < END:
            local = at.astimezone(zone)
            clock = local.strftime("%H:%M")
            hours = [] if local.date().isoformat() in holidays else form.get(DAYS[local.weekday()], [])
            is_open = any(span.split("-")[0] <= clock < span.split("-")[1] for span in hours)
            self.sums.append(self.sums[-1] + (QUARTER if is_open else 0))
            at += timedelta(minutes=15)

    def sum_at(self, ms):
        quarter, rest = divmod(ms - self.begin, QUARTER)
        return self.sums[quarter] + (rest if self.sums[quarter + 1] > self.sums[quarter] else 0)

    def reached(self, total):
        """The first instant at which `total` has passed since the beginning."""
        quarter = bisect_left(self.sums, total) - 1
        return self.begin + quarter * QUARTER + (total - self.sums[quarter])


class Always:
    def sum_at(self, ms):
        return ms

    def reached(self, total):
        return total


def incidents(path):
    rows = defaultdict(list)
    with open(path, encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        header = next(reader)
        place = {name: header.index(name) for name in header}
        for row in reader:
            rows[row[place["number"]]].append({name: row[at] for name, at in place.items()})
    for updates in rows.values():
        updates.sort(key=lambda update: (parse(update["sys_updated_at"]), int(update["sys_mod_count"])))
    return rows


def happened(updates):
    """(when, rank, what, value), sorted. Updates of one minute are a millisecond apart."""
    first, last = updates[0], updates[-1]
    opened = parse(first["opened_at"])
    events = []
    if first["ident_state"] != "New":
        events.append((parse(first["sys_updated_at"]), 3, "pending", state(first) in WAITING))
    apart = 0
    for before, after in zip(updates, updates[1:]):
        apart = apart + 1 if before["sys_updated_at"] == after["sys_updated_at"] else 0
        at = parse(after["sys_updated_at"]) + apart
        if state(before) != state(after):
            events.append((at, 3, "pending", state(after) in WAITING))
        if before["reopen_count"] != after["reopen_count"]:
            events.append((at, 1, "reopened", None))
        if before["priority"] != after["priority"] and after["priority"] != "?":
            events.append((at, 2, "priority", after["priority"]))
    for name in ("resolved_at", "closed_at"):
        if last[name] != "?":
            events.append((parse(last[name]), 0, "ended", None))
    # What is said of a time before the opening holds from the opening on, in its order.
    events.sort()
    return opened, [(max(at, opened), what, value) for at, _, what, value in events]


def state(update):
    return update["ident_state"]


def policy_of(policies, priority, channel):
    for policy in policies:
        when = policy.get("when", {})
        if priority in when.get("priority", [priority]) and channel in when.get("channel", [channel]):
            return policy
    return None


def judge(updates, policies, calendars):
    """Breaches as (target, at), and the targets that were met."""
    opened, events = happened(updates)
    priority = updates[0]["priority"]
    channel = updates[0]["contact_type"]
    is_open, is_pending = True, False
    # Target: [used, missed]; the update of an opening that ended is another one after the reopening.
    used = {target: 0 for target in TARGETS}
    missed = dict.fromkeys(TARGETS)
    breaches, met, resting = [], [], []
    now = opened
    # Of one instant only the last state lets time pass, hence the look at the next event.
    for at, what, value in events + [(None, None, None)]:
        if at is None:
            break
        policy = policy_of(policies, priority, channel)
        if at > now and is_open and policy:
            calendar = calendars[policy["calendar"]]
            for target in TARGETS:
                limit = policy.get(target + "_min")
                runs = target == "first_reply" or not is_pending
                if limit is not None and missed[target] is None:
                    left = limit * 60_000 - used[target]
                    if left <= 0:
                        missed[target] = now
                    elif runs:
                        due = calendar.reached(calendar.sum_at(now) + left)
                        missed[target] = due if due <= at else None
                    if missed[target] is not None:
                        breaches.append((target, missed[target]))
                if runs:
                    used[target] += calendar.sum_at(at) - calendar.sum_at(now)
        now = at
        if what == "priority":
            priority = value
        elif what == "pending":
            is_pending = value
        elif what == "ended" and is_open:
            is_open = False
            limits = policy_of(policies, priority, channel) or {}
            resting = [target for target in TARGETS if missed[target] is None and target + "_min" in limits]
        elif what == "reopened" and not is_open:
            is_open, is_pending = True, False
            met += [target for target in resting if target == "update"]
            resting = []
            used["update"], missed["update"] = 0, None
    return breaches, met + resting, is_open


def main(data, alerts):
    config = tomllib.loads(Path(alerts).read_text())
    calendars = {form["name"]: Calendar(form) for form in config["calendar"]}
    calendars["always"] = Always()
    breaches, met, left_open = [], Counter(), 0
    for ticket, updates in incidents(Path(data) / "incident_log" / "incident_event_log.csv").items():
        own, ended, is_open = judge(updates, config["policy"], calendars)
        breaches += [[ticket, target, at] for target, at in own]
        met.update(ended)
        left_open += is_open
    json.dump({"breaches": sorted(breaches), "met": dict(sorted(met.items())), "left_open": left_open}, sys.stdout)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
