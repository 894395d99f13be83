#!/usr/bin/env python3
"""The expected figures of the public data sets, computed in one batch, straight from the files and without NexusFlow.

    python3 compute.py DATA [SET ...]

prints one JSON object with the figures of each set found under the folder DATA (or of the sets named). Amounts are in minor
units, lengths of time in milliseconds, medians are those of the sorted values (the mean of the middle two). What is decided
where the data leaves it open is what the mappings in config/mappings say; how it is computed has nothing in common with them.
"""

import csv
import json
import statistics
import sys
from collections import Counter, defaultdict
from datetime import datetime, timezone
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

BRAZIL = ZoneInfo("America/Sao_Paulo")
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def rows(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def minor(text):
    """Exact: a fraction of a minor unit is an error."""
    units = Decimal(text) * 100
    if units != units.to_integral_value():
        raise ValueError("a fraction of a minor unit")
    return int(units)


def ms(text, form="%Y-%m-%d %H:%M:%S", zone=timezone.utc):
    """A local time in milliseconds since 1970. Where the clocks repeat it, the first; where they leave it out, moved forward
    (both is what `fold=0` means, PEP 495)."""
    return in_ms(datetime.strptime(text, form).replace(tzinfo=zone))


def in_ms(at):
    return round((at.astimezone(timezone.utc) - EPOCH).total_seconds() * 1000)


def quarter(at_ms):
    at = datetime.fromtimestamp(at_ms / 1000, timezone.utc)
    return f"{at.year}-Q{(at.month + 2) // 3}"


def spread(values):
    """Of lengths of time."""
    values = sorted(values)
    if not values:
        return {"count": 0}
    return {
        "count": len(values),
        "sum": sum(values),
        "mean": sum(values) / len(values),
        "median": statistics.median(values),
        "p95": values[-(-95 * len(values) // 100) - 1],  # nearest rank
        "negative": sum(value < 0 for value in values),
    }


def counted(values):
    return dict(sorted(Counter(values).items()))


def olist(folder):
    at = lambda text: ms(text, zone=BRAZIL)
    orders = {row["order_id"]: row for row in rows(folder / "olist_orders_dataset.csv")}
    customer = {row["customer_id"]: row for row in rows(folder / "olist_customers_dataset.csv")}
    items = rows(folder / "olist_order_items_dataset.csv")
    payments = rows(folder / "olist_order_payments_dataset.csv")
    reviews = rows(folder / "olist_order_reviews_dataset.csv")

    totals = Counter({order: 0 for order in orders})
    for item in items:
        totals[item["order_id"]] += minor(item["price"]) + minor(item["freight_value"])
    lead, late, arrived = [], set(), set()
    for key, order in orders.items():
        if order["order_status"] != "delivered" or not order["order_delivered_customer_date"]:
            continue
        delivered = at(order["order_delivered_customer_date"])
        arrived.add(key)
        lead.append(delivered - at(order["order_purchase_timestamp"]))
        if delivered > at(order["order_estimated_delivery_date"]):
            late.add(key)
    by_quarter = Counter()
    for key, order in orders.items():
        by_quarter[quarter(at(order["order_purchase_timestamp"]))] += totals[key]
    return {
        "orders": len(orders),
        "customers": len({customer[order["customer_id"]]["customer_unique_id"] for order in orders.values()}),
        "lines": len(items),
        "items_minor": sum(minor(item["price"]) for item in items),
        "freight_minor": sum(minor(item["freight_value"]) for item in items),
        "total_minor": sum(totals.values()),
        "total_minor_by_quarter": dict(sorted(by_quarter.items())),
        "orders_without_lines": sum(total == 0 for total in totals.values()),
        "payments": len(payments),
        "payments_minor": sum(minor(payment["payment_value"]) for payment in payments),
        "payments_by_method": counted(payment["payment_type"] for payment in payments),
        "statuses": counted(order["order_status"] for order in orders.values()),
        "promised": sum(bool(order["order_estimated_delivery_date"]) for order in orders.values()),
        "shipped": sum(bool(order["order_delivered_carrier_date"]) for order in orders.values()),
        "delivered": len(arrived),
        "late": len(late),
        "lead_time_ms": spread(lead),
        "reviews": olist_reviews(reviews, late, arrived),
    }


def olist_reviews(reviews, late, arrived):
    scores = defaultdict(list)
    for review in reviews:
        order = review["order_id"]
        kind = "late" if order in late else "on_time" if order in arrived else "never_delivered"
        scores[kind].append(int(review["review_score"]))
        scores["all"].append(int(review["review_score"]))
    return {
        "count": len({(review["review_id"], review["order_id"]) for review in reviews}),
        "histogram": counted(scores["all"]),
        "mean": {kind: sum(given) / len(given) for kind, given in sorted(scores.items())},
        "sum": {kind: sum(given) for kind, given in sorted(scores.items())},
    }


def olist_funnel(folder):
    leads = {row["mql_id"]: row for row in rows(folder / "olist_marketing_qualified_leads_dataset.csv")}
    deals = rows(folder / "olist_closed_deals_dataset.csv")
    cycles = [
        ms(deal["won_date"], zone=BRAZIL) - ms(leads[deal["mql_id"]]["first_contact_date"], "%Y-%m-%d", BRAZIL)
        for deal in deals
    ]
    return {
        "leads": len(leads),
        "won": len({deal["mql_id"] for deal in deals}),
        "cycle_ms": spread(cycles),
        "leads_by_origin": counted(lead["origin"] for lead in leads.values()),
        "won_by_origin": counted(leads[deal["mql_id"]]["origin"] for deal in deals),
        "won_by_segment": counted(deal["business_segment"] for deal in deals),
    }


def crm_sales(folder):
    deals = rows(folder / "sales_pipeline.csv")
    price = {row["product"].replace(" ", ""): minor(row["sales_price"]) for row in rows(folder / "products.csv")}
    stage = defaultdict(list)
    for deal in deals:
        stage[deal["deal_stage"]].append(deal)
    day = lambda text: ms(text, "%Y-%m-%d")
    by_quarter = Counter()
    for deal in stage["Won"]:
        by_quarter[quarter(day(deal["close_date"]))] += minor(deal["close_value"])
    still_open = stage["Engaging"] + stage["Prospecting"]
    won, lost = len(stage["Won"]), len(stage["Lost"])
    return {
        "deals": len(deals),
        "accounts": len(rows(folder / "accounts.csv")),
        "without_account": sum(not deal["account"] for deal in deals),
        "by_stage": counted(deal["deal_stage"] for deal in deals),
        "won": won,
        "lost": lost,
        "open": len(still_open),
        "win_rate": won / (won + lost),
        "won_minor": sum(by_quarter.values()),
        "won_minor_by_quarter": dict(sorted(by_quarter.items())),
        "open_minor": sum(price[deal["product"].replace(" ", "")] for deal in still_open),
        "won_cycle_ms": spread(day(deal["close_date"]) - day(deal["engage_date"]) for deal in stage["Won"]),
        "won_minor_by_owner": won_by_owner(stage["Won"]),
    }


def won_by_owner(won):
    owners = Counter()
    for deal in won:
        owners[deal["sales_agent"]] += minor(deal["close_value"])
    return dict(sorted(owners.items()))


def bpi2012(folder):
    cases = defaultdict(dict)
    amount = {}
    steps = Counter()
    for row in rows(folder / "BPI_Challenge_2012.csv"):
        name = row["concept:name"]
        amount[row["case"]] = minor(row["AMOUNT_REQ"])
        if name.startswith("A_") and row["lifecycle:transition"] == "COMPLETE":
            steps[name] += 1
            cases[row["case"]].setdefault(name, in_ms(datetime.fromisoformat(row["time:timestamp"])))
    ended = lambda name: [case for case, seen in cases.items() if name in seen]
    approved, declined, cancelled = ended("A_APPROVED"), ended("A_DECLINED"), ended("A_CANCELLED")
    return {
        "cases": len(cases),
        "approved": len(approved),
        "approved_minor": sum(amount[case] for case in approved),
        "declined": len(declined),
        "cancelled": len(cancelled),
        "undecided": len(cases) - len(approved) - len(declined) - len(cancelled),
        "asked_minor": sum(amount.values()),
        "approval_ms": spread(cases[case]["A_APPROVED"] - cases[case]["A_SUBMITTED"] for case in approved),
        "steps": dict(sorted(steps.items())),
    }


def incident_log(folder):
    with open(folder / "incident_event_log.csv", encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        header = next(reader)
        column = {name: header.index(name) for name in header}  # the first of the two called "category"
        tickets = defaultdict(list)
        for row in reader:
            tickets[row[column["number"]]].append({name: row[place] for name, place in column.items()})
    at = lambda text: ms(text, "%d/%m/%Y %H:%M")
    total, missed, changes = Counter(), Counter(), Counter()
    resolution = []
    for updates in tickets.values():
        updates.sort(key=lambda update: (at(update["sys_updated_at"]), int(update["sys_mod_count"])))
        last = updates[-1]
        total[last["priority"]] += 1
        missed[last["priority"]] += last["made_sla"] == "false"
        if last["resolved_at"] != "?":
            resolution.append(at(last["resolved_at"]) - at(last["opened_at"]))
        for before, after in zip(updates, updates[1:]):
            changes["status"] += before["ident_state"] != after["ident_state"]
            changes["priority"] += before["priority"] != after["priority"]
            changes["reopened"] += before["reopen_count"] != after["reopen_count"]
    return {
        "opened": len(tickets),
        "resolved": len(resolution),
        "unresolved": len(tickets) - len(resolution),
        "closed": sum(updates[-1]["closed_at"] != "?" for updates in tickets.values()),
        "sla_missed": sum(missed.values()),
        "by_priority": {key: {"tickets": total[key], "sla_missed": missed[key]} for key in sorted(total)},
        "resolution_ms": spread(resolution),
        "changes": dict(sorted(changes.items())),
        "callers": len({updates[0]["caller_id"] for updates in tickets.values() if updates[0]["caller_id"] != "?"}),
    }


def online_retail(folder):
    invoices = defaultdict(list)
    customers = set()
    for row in rows(folder / "online_retail.csv"):
        invoices[row["InvoiceNo"]].append(row)
        customers.add(row["CustomerID"])
    worth = lambda lines: int(
        (sum(Decimal(line["Quantity"]) * Decimal(line["UnitPrice"]) for line in lines) * 100).quantize(
            Decimal(1), ROUND_HALF_UP
        )
    )
    sold = {
        key: lines
        for key, lines in invoices.items()
        if key[0] not in "AC" and any(Decimal(line["UnitPrice"]) > 0 for line in lines)
    }
    returned = {key: lines for key, lines in invoices.items() if key[0] == "C"}
    return {
        "orders": len(sold),
        "lines": sum(map(len, sold.values())),
        "total_minor": sum(map(worth, sold.values())),
        "orders_without_customer": sum(not lines[0]["CustomerID"] for lines in sold.values()),
        "customers": len(customers - {""}),
        "returns": len(returned),
        "returned_minor": -sum(map(worth, returned.values())),
        "not_sales": len(invoices) - len(sold) - len(returned),
    }


SETS = [olist, olist_funnel, crm_sales, bpi2012, incident_log, online_retail]


def main(data, *names):
    found = {of.__name__: of for of in SETS if (Path(data) / of.__name__).is_dir()}
    figures = {name: found[name](Path(data) / name) for name in (names or found)}
    json.dump(figures, sys.stdout, indent=2)
    sys.stdout.write("\n")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(*sys.argv[1:])
