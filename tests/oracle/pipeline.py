#!/usr/bin/env python3
"""The figures of a sales pipeline, computed in one batch and without NexusFlow.

Reads a JSON object from its input and answers each of its questions with the rows that the topic of the API is to show:

    {"set": "crm_sales" | "bpi2012" | null, "data": FOLDER, "events": [...], "zone": "Europe/Madrid", "currency": "EUR",
     "pipelines": {NAME: [[STAGE, [[FROM_DAY, BASIS_POINTS], ...]], ...]}, "today": DAY, "ask": [[TOPIC, {PARAM: VALUE}], ...]}

The deals come from the files of a public set, or from `events`: lists of what was said of deals, in any order. Every figure is
computed from what each deal was at each moment, by looking at all deals anew: nothing is added up as it happens.
"""

import json
import statistics
import sys
from collections import defaultdict
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

from pipeline_sets import EPOCH, bpi2012, crm_sales, ms

DAY0 = date(1970, 1, 1)


class Deal:
    """What is known of a deal, from all that was said of it."""

    def __init__(self, said):
        said = sorted(said, key=lambda word: (word["at"], word["what"] != "created"))
        created = [word for word in said if word["what"] == "created"]
        ended = [word for word in said if word["what"] in ("won", "lost")]
        self.said = said
        self.created = created[-1]["at"] if created else None
        self.pipeline = created[-1].get("pipeline", "default") if created else "default"
        self.segment = created[-1].get("segment") or "" if created else ""
        self.team = created[-1].get("team") or "" if created else ""
        self.end = ended[-1] if ended else None
        self.status = self.end["what"] if self.end else "open"
        self.closed = self.end["at"] if self.end else None
        dates = [word["expected"] for word in said if word.get("expected") is not None]
        self.first_expected = dates[0] if dates else None
        self.pushes = sum(after > before for before, after in zip(dates, dates[1:]))
        final = self.end.get("amount") if self.status == "won" else None
        self.final = (final, self.end["currency"]) if final is not None else self.worth(None)

    def worth(self, at):
        """What it was worth as was known at a moment; in the end where there is none."""
        told = [word for word in self.said if word["what"] in ("created", "amount") and word.get("amount") is not None]
        told = [word for word in told if at is None or word["at"] <= at]
        return (told[-1]["amount"], told[-1]["currency"]) if told else None

    def is_open(self, at):
        return self.created is not None and self.created <= at and (self.closed is None or at < self.closed)

    def stage(self, at):
        steps = [word for word in self.said if word["what"] in ("created", "stage") and word["at"] <= at]
        return steps[-1]["stage"], steps[-1].get("said_bp")

    def visits(self):
        visits = []
        for word in self.said:
            if word["what"] in ("created", "stage") and word["at"] >= self.created:
                if word["at"] > self.created and self.closed is not None and word["at"] >= self.closed:
                    break
                if not visits or visits[-1] != word["stage"]:
                    visits.append(word["stage"])
        return visits

    def seller(self):
        owners = [word for word in self.said if word.get("owner")]
        then = [word for word in owners if word["at"] <= self.closed]
        return (then or owners[:1] or [{"owner": ""}])[-1]["owner"]


def ratio(a, b):
    """a / b, rounded to the nearest whole number, halves away from zero."""
    if b <= 0:
        return None
    return (2 * a + (a > 0) * b - (a < 0) * b) // (2 * b) if a >= 0 else -((-2 * a + b) // (2 * b))


class Business:
    def __init__(self, question):
        self.zone = ZoneInfo(question["zone"])
        self.own = question["currency"]
        self.pipelines = question["pipelines"]
        self.today = question["today"]
        if question["set"]:
            said = {"crm_sales": crm_sales, "bpi2012": bpi2012}[question["set"]](Path(question["data"]) / question["set"])
        else:
            said = question["events"]
        words = defaultdict(list)
        self.quotas = {}
        for word in sorted(said, key=lambda word: word["at"]):
            if word["what"] == "quota":
                self.quotas[word["subject"], word["from"], word["until"]] = word
            else:
                words[word["deal"]].append(word)
        self.deals = [Deal(said) for said in words.values()]

    def day(self, at):
        return (datetime.fromtimestamp(at // 1000, timezone.utc).astimezone(self.zone).date() - DAY0).days

    def end_of(self, day):
        """The last millisecond of a day."""
        after = DAY0 + timedelta(days=day + 1)
        return ms(datetime(after.year, after.month, after.day, tzinfo=self.zone).isoformat()) - 1

    def probability(self, pipeline, stage, day):
        for name, holds in self.pipelines.get(pipeline, []):
            if name == stage:
                return [bp for since, bp in holds if since <= day][-1]
        return None

    def span(self, params, days):
        last = day_of(params["to"]) if "to" in params else self.today
        return (day_of(params["from"]) if "from" in params else last - days + 1), last

    def met(self, amounts):
        found = sorted({amount[1] for amount in amounts if amount and amount[1] != self.own})
        return [self.own, *found]

    def order(self, pipeline):
        return [name for name, _ in self.pipelines.get(pipeline, [])]


def day_of(text):
    return (date.fromisoformat(text) - DAY0).days


def text_of(day):
    return (DAY0 + timedelta(days=day)).isoformat()


def standing(business, day):
    """Open deals at the end of a day: (deal, stage, what its seller says, amount)."""
    at = business.end_of(day)
    return [(deal, *deal.stage(at), deal.worth(at)) for deal in business.deals if deal.is_open(at)]


def pipeline(business, params):
    day = day_of(params["on"])
    stages = defaultdict(list)
    for deal, stage, said, amount in standing(business, day):
        stages[deal.pipeline, stage].append((said, amount))
    answer = []
    for (name, stage), deals in stages.items():
        bp, order = business.probability(name, stage, day), business.order(name)
        place = order.index(stage) if bp is not None else 999
        for currency in business.met(amount for _, amount in deals):
            of = [(said, amount[0]) for said, amount in deals if amount and amount[1] == currency]
            worth = defaultdict(int)
            for said, amount in of:
                worth[said] += amount
            total = sum(worth.values())
            if total == 0 and any(amount for _, amount in deals):
                continue
            weighted = sum(ratio(sum_ * (said if said is not None else bp or 0), 10_000) for said, sum_ in worth.items())
            answer.append([name, stage, place, bp, len(deals), total, weighted, currency, "open"])
    return answer


def bridge(business, params):
    first, last = business.span(params, 91)
    begin, end = business.end_of(first - 1), business.end_of(last)
    steps = ["opening", "created", "increased", "decreased", "won", "lost", "closing"]
    sign = {"decreased": -1, "won": -1, "lost": -1}
    moved = defaultdict(list)
    for deal in business.deals:
        if deal.created is None:
            continue
        into = moved[deal.pipeline]
        for step, at in (("opening", begin), ("closing", end)):
            if deal.is_open(at):
                into.append((step, deal.worth(at)))
        # What happened to it within the span, moment by moment.
        close = None if deal.closed is None else max(deal.closed, deal.created)
        known = deal.worth(deal.created)
        if begin < deal.created <= end:
            into.append(("created", known))
        turns = sorted({word["at"] for word in deal.said if word["what"] == "amount" and word["at"] > deal.created})
        for at in turns + ([close] if close is not None else []):
            if close is not None and at >= close and at != close:
                continue
            after = deal.final if close is not None and at >= close else deal.worth(at)
            if begin < at <= end and after != known:
                same = known and after and known[1] == after[1]
                changes = [(after[0] - known[0], after[1])] if same else []
                changes += [] if same else [(-own[0] if own is known else own[0], own[1]) for own in (known, after) if own]
                for by, currency in changes:
                    if by:
                        into.append(("increased" if by > 0 else "decreased", (abs(by), currency)))
            known = after
        if close is not None and begin < close <= end:
            into.append((deal.status, deal.final))
    answer = []
    for name, changes in moved.items():
        if params.get("pipeline", name) != name or not changes:
            continue
        for currency in business.met(amount for _, amount in changes):
            for order, step in enumerate(steps):
                of = [amount for own, amount in changes if own == step]
                total = sum(amount[0] for amount in of if amount and amount[1] == currency)
                answer.append([name, step, order, len(of), total * sign.get(step, 1), currency])
    return answer


def funnel(business, params):
    first, last = business.span(params, 365)
    cohort = defaultdict(list)
    for deal in business.deals:
        if deal.created is not None and first <= business.day(deal.created) <= last:
            cohort[deal.pipeline].append((deal.visits(), deal.status))
    answer = []
    for name, deals in cohort.items():
        order = business.order(name)
        place = defaultdict(list)
        for visits, _ in deals:
            for stage in set(visits) - set(order):
                place[stage].append(visits.index(stage))
        order = order + sorted(place, key=lambda stage: (statistics.mean(place[stage]), stage))
        for at, stage in enumerate(order):
            beyond = lambda visits, status: status == "won" or any(order.index(other) > at for other in visits)
            through = [(visits, status) for visits, status in deals if stage in visits]
            entered, advanced = len(through), sum(beyond(*deal) for deal in through)
            skipped = sum(beyond(*deal) for deal in deals if stage not in deal[0])
            again = sum(visits.count(stage) - 1 for visits, _ in through)
            ends = [sum(status == own for _, status in through) for own in ("won", "lost", "open")]
            answer.append([name, stage, at, entered, advanced, ratio(advanced * 10_000, entered), skipped, again, *ends])
    return answer


def win_rate(business, params):
    first, last = business.span(params, 365)
    within = lambda at: at is not None and first <= business.day(at) <= last
    month = lambda at: text_of(business.day(at))[:7]
    months = {month(at) for deal in business.deals for at in (deal.created, deal.closed) if within(at)}
    # A month in which deals were only worth something else is one of nothing.
    answer = []
    for name in sorted(months):
        born = [deal for deal in business.deals if within(deal.created) and month(deal.created) == name]
        done = [deal for deal in business.deals if within(deal.closed) and month(deal.closed) == name]
        won, lost = ([deal for deal in done if deal.status == own] for own in ("won", "lost"))
        value = defaultdict(int)
        for deal in won:
            if deal.final:
                value[deal.final[1]] += deal.final[0]
        currency = next((own for own in [business.own, *sorted(value)] if value.get(own)), business.own)
        cycles = sorted(max((deal.closed - deal.created) // 1000, 0) for deal in won if deal.created is not None)
        quantile = lambda share: cycles[max(-(-len(cycles) * share // 100), 1) - 1] * 1000 if cycles else None
        born_won, born_lost = (sum(deal.status == own for deal in born) for own in ("won", "lost"))
        slips = [(deal.closed - deal.first_expected) // 3_600_000 for deal in done if deal.first_expected is not None]
        late = [hours for hours in slips if hours > 0]
        answer.append([
            name, len(born), born_won, born_lost, ratio(born_won * 10_000, born_won + born_lost), len(won), len(lost),
            ratio(len(won) * 10_000, len(done)), value.get(currency, 0), quantile(50), quantile(90),
            ratio(sum(cycles) * 1000, len(cycles)), sum(deal.pushes > 0 for deal in born), sum(deal.pushes for deal in born),
            len(slips), len(late), ratio(sum(late) * 3_600_000, len(late)), currency,
        ])  # fmt: skip
    return answer


def velocity(business, params):
    to = day_of(params["to"]) if "to" in params else business.today
    monday = to - (to + 3) % 7
    deals = [deal for deal in business.deals if params.get("pipeline", deal.pipeline) == deal.pipeline]
    won_in = sorted({deal.final[1] for deal in deals if deal.status == "won" and deal.final and business.day(deal.closed) <= to})
    currency = business.own if business.own in won_in or not won_in else won_in[0]
    answer = []
    for segment in ["", *sorted({deal.segment for deal in deals} - {""})]:
        own = [deal for deal in deals if segment in ("", deal.segment)]
        closed = [(business.day(deal.closed), deal) for deal in own if deal.closed is not None]
        for begins in (monday - 7 * back for back in reversed(range(52))):
            ends = min(begins + 6, to)
            at = business.end_of(ends)
            count = sum(deal.is_open(at) for deal in own)
            done = [deal for day, deal in closed if ends - 91 < day <= ends]
            won = [deal for deal in done if deal.status == "won"]
            value = sum(deal.final[0] for deal in won if deal.final and deal.final[1] == currency)
            cycles = [max((deal.closed - deal.created) // 1000, 0) for deal in won if deal.created is not None]
            speed = None
            if won and cycles and sum(cycles):
                speed = (2 * count * value * 86_400 * len(cycles) + len(done) * sum(cycles)) // (2 * len(done) * sum(cycles))
            answer.append([
                segment, text_of(begins), count, len(won), len(done) - len(won), ratio(value, len(won)),
                ratio(len(won) * 10_000, len(done)), ratio(sum(cycles) * 1000, len(cycles)), speed, currency,
            ])  # fmt: skip
    return answer


def segments(business, params):
    first, last = business.span(params, 365)
    days = last - first + 1
    deals = [deal for deal in business.deals if deal.segment and deal.closed is not None]
    deals = [deal for deal in deals if params.get("pipeline", deal.pipeline) == deal.pipeline]
    counted = {}
    for segment in {deal.segment for deal in deals}:
        own = [(business.day(deal.closed), deal.status) for deal in deals if deal.segment == segment]
        now = [status for day, status in own if first <= day <= last]
        before = sum(status == "won" for day, status in own if first - days <= day < first)
        if now:
            counted[segment] = (now.count("won"), len(now), before)
    answer = []
    for segment, (won, decided, before) in counted.items():
        answer.append([segment, decided, won, ratio(won * 10_000, decided), before, ratio((won - before) * 10_000, before)])
    return answer


def quota(business, params):
    on = day_of(params["on"]) if "on" in params else business.today
    groups = defaultdict(list)
    for (subject, since, until), word in business.quotas.items():
        period = business.day(since), business.day(until - 1)
        if period[0] <= on <= period[1]:
            groups[period].append((subject, word.get("team") or "", word["amount"], word["currency"]))
    answer = []
    for (first, last), quotas in groups.items():
        team_of = {subject: team for subject, team, _, _ in quotas if team}
        teams = set(team_of.values())
        set_for = {subject for subject, _, _, _ in quotas}
        sold = []
        for deal in business.deals:
            if deal.status != "won" or not deal.final or not first <= business.day(deal.closed) <= min(on, last):
                continue
            amount, currency = deal.final
            splits = deal.end.get("splits") or [[deal.seller(), 10_000]]
            sofar = 0
            for owner, share in splits:
                part = amount * (sofar + share) // 10_000 - amount * sofar // 10_000
                sofar += share
                sold.append((owner, team_of.get(owner, deal.team if owner == deal.seller() else ""), part, currency))
        names = [("organisation", "")] + [("team", team) for team in teams]
        names += [("seller", subject) for subject in set_for - teams]
        for level, name in names:
            for currency in {currency for *_, currency in quotas}:
                whole = lambda team: [own for own in quotas if own[0] == team] or [own for own in quotas if own[1] == team]
                top = {team for team in teams} | {subject for subject in set_for - teams if not team_of.get(subject)}
                if level == "organisation":
                    of = [own for team in top for own in (whole(team) if team in teams else [q for q in quotas if q[0] == team])]
                    mine = [own for own in sold if own[3] == currency]
                elif level == "team":
                    of, mine = whole(name), [own for own in sold if own[1] == name and own[3] == currency]
                else:
                    of, mine = [own for own in quotas if own[0] == name], [own for own in sold if own[0] == name and own[3] == currency]
                goal = sum(own[2] for own in of if own[3] == currency)
                if goal == 0:
                    continue
                attained = sum(own[2] for own in mine)
                pace = ratio((on - first + 1) * 10_000, last - first + 1)
                answer.append([level, name, text_of(first), text_of(last), goal, attained, ratio(attained * 10_000, goal), pace, currency])
    return answer


TOPICS = {
    "pipeline": pipeline, "bridge": bridge, "funnel": funnel, "win_rate": win_rate, "velocity": velocity, "segments": segments,
    "quota": quota,
}  # fmt: skip

if __name__ == "__main__":
    question = json.load(sys.stdin)
    business = Business(question)
    json.dump([TOPICS[topic](business, params) for topic, params in question["ask"]], sys.stdout)
