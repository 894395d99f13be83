"""What the public data sets say of deals, as lists of words: who said what of which deal, when."""

import csv
from datetime import datetime, timedelta, timezone
from decimal import Decimal

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def ms(text):
    at = datetime.fromisoformat(text)
    at = at.replace(tzinfo=timezone.utc) if at.tzinfo is None else at
    return round((at - EPOCH) / timedelta(milliseconds=1))


def minor(text):
    return int(Decimal(text) * 100)


def rows(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def crm_sales(folder):
    price = {row["product"].replace(" ", ""): minor(row["sales_price"]) for row in rows(folder / "products.csv")}
    sector = {row["account"]: row["sector"].replace("technolgy", "technology") for row in rows(folder / "accounts.csv")}  # typos: as meant
    team = {row["sales_agent"]: f'{row["regional_office"]}: {row["manager"]}' for row in rows(folder / "sales_teams.csv")}
    for row in rows(folder / "sales_pipeline.csv"):
        deal, at = row["opportunity_id"], ms(row["engage_date"] or "2017-12-31")
        yield {
            "deal": deal, "at": at, "what": "created", "pipeline": "crm_sales",
            "stage": "Engaging" if row["engage_date"] else row["deal_stage"], "amount": price[row["product"].replace(" ", "")],
            "currency": "USD", "owner": row["sales_agent"], "team": team[row["sales_agent"]], "segment": sector.get(row["account"], ""),
        }  # fmt: skip
        if row["deal_stage"] == "Won":
            yield {"deal": deal, "at": ms(row["close_date"]), "what": "won", "amount": minor(row["close_value"]), "currency": "USD"}
        if row["deal_stage"] == "Lost":
            yield {"deal": deal, "at": ms(row["close_date"]), "what": "lost"}


def bpi2012(folder):
    for row in rows(folder / "BPI_Challenge_2012.csv"):
        name, deal, at = row["concept:name"], row["case"], ms(row["time:timestamp"])
        amount = {"amount": minor(row["AMOUNT_REQ"]), "currency": "EUR"}
        if row["lifecycle:transition"] != "COMPLETE":
            continue
        if name == "A_SUBMITTED":
            yield {"deal": deal, "at": at, "what": "created", "pipeline": "bpi2012", "stage": name, "owner": row["org:resource"], **amount}
        elif name in ("A_PARTLYSUBMITTED", "A_PREACCEPTED", "A_ACCEPTED", "A_FINALIZED"):
            yield {"deal": deal, "at": at, "what": "stage", "stage": name}
        elif name == "A_APPROVED":
            yield {"deal": deal, "at": at, "what": "won", **amount}
        elif name in ("A_DECLINED", "A_CANCELLED"):
            yield {"deal": deal, "at": at, "what": "lost"}
