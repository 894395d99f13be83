//! Deals of chance: what was said of them, as events and as the other program reads it.

use nexusflow_learn::figures::Chance;
use nexusflow_model::{Envelope, Event, Id, Kind, Source, Timestamp};
use serde_json::{Value, json};

/// The stages of the pipeline that is configured, with their probabilities.
pub(crate) const STAGES: [(&str, i64); 4] =
    [("Qualified", 1_000), ("Demo", 2_500), ("Proposal", 5_000), ("Negotiation", 7_500)];

const OWNERS: [&str; 5] = ["Ana", "Ben", "Cleo", "Dan", "Eve"];
const TEAMS: [&str; 2] = ["North", "South"];
const SEGMENTS: [&str; 4] = ["bank", "farm", "shop", ""];
const DAY_MS: i64 = 86_400_000;

struct Story {
    chance: Chance,
    events: Vec<Envelope>,
    said: Vec<Value>,
}

/// Events of so many deals in the first half of 2026, and the same for the other program; in the order of time.
pub(crate) fn deals(seed: u64, count: usize) -> (Vec<Envelope>, Vec<Value>) {
    let mut story = Story { chance: Chance::new(seed), events: Vec::new(), said: Vec::new() };
    story.quotas();
    (0..count).for_each(|number| story.deal(number));
    story.events.sort_by_key(|event| event.occurred_at);
    (story.events, story.said)
}

fn start() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

impl Story {
    fn below(&mut self, n: usize) -> usize {
        self.chance.below(n)
    }

    fn pick(&mut self, of: &[&'static str]) -> &'static str {
        of[self.chance.below(of.len())]
    }

    fn tell(&mut self, subject: &str, at: Timestamp, kind: Kind, data: &Value) {
        let (id, source) = (Id::new(&format!("e{}", self.events.len())).unwrap(), Source::new("/test").unwrap());
        let event = Event::from_json(kind, &data.to_string()).unwrap();
        let subject = Id::new(subject).unwrap();
        self.events.push(Envelope { id, source, subject, occurred_at: at, recorded_at: at, forwarded: 0, event });
    }

    /// Sellers, one of no team, and a team with a quota of its own; one is told twice.
    fn quotas(&mut self) {
        let quarters = ["2025-12-31T23:00:00Z", "2026-03-31T22:00:00Z", "2026-06-30T22:00:00Z"];
        for (place, pair) in quarters.windows(2).enumerate() {
            let subjects = OWNERS.iter().take(4).chain(&TEAMS[1..]).enumerate();
            for (at, subject) in subjects.chain([(9, &"Ana")]) {
                let team = if *subject == "Dan" || *subject == "South" { None } else { Some(TEAMS[at % 2]) };
                let minor = 1_000_000 * (at as i64 + 1) + self.below(1_000) as i64;
                let said_at = start().plus_ms(1_000 * (place * 10 + at) as i64);
                let mut data = json!({"amount": {"minor": minor, "currency": "EUR"}, "period_start": pair[0], "period_end": pair[1]});
                if let Some(team) = team {
                    data["team"] = team.into();
                }
                self.tell(subject, said_at, Kind::QuotaSet, &data);
                let ms = |text: &str| text.parse::<Timestamp>().unwrap().as_ms();
                self.said.push(json!({"what": "quota", "at": said_at.as_ms(), "subject": subject, "team": team, "from": ms(pair[0]),
                    "until": ms(pair[1]), "amount": minor, "currency": "EUR"}));
            }
        }
    }

    fn money(&mut self) -> (i64, &'static str) {
        let currency = if self.below(6) == 0 { "USD" } else { "EUR" };
        (1 + self.below(9_999_999) as i64, currency)
    }

    fn deal(&mut self, number: usize) {
        let (deal, customer) = (format!("d{number}"), format!("c{}", number % 37));
        let mut at = start().plus_ms(self.below(150 * DAY_MS as usize) as i64);
        let pipeline = if self.below(5) == 0 { "unplanned" } else { "default" };
        // Some are heard of only when they are over, and some begin in the middle.
        if self.below(15) > 0 {
            self.create(&deal, &customer, at, pipeline);
        }
        let steps = self.below(9);
        for _ in 0..steps {
            at = at.plus_ms(1 + self.below(9 * DAY_MS as usize) as i64);
            self.step(&deal, &customer, at);
        }
        let end = self.below(5);
        if end < 4 {
            // Now and then it is decided before it was created, or heard of again afterwards.
            let back = if self.below(12) == 0 { -30 * DAY_MS } else { 0 };
            let decided_at = at.plus_ms(1 + self.below(20 * DAY_MS as usize) as i64 + back);
            self.decide(&deal, &customer, decided_at, end < 2);
            if self.below(6) == 0 {
                self.step(&deal, &customer, decided_at.plus_ms(DAY_MS / 2));
            }
        }
    }

    fn create(&mut self, deal: &str, customer: &str, at: Timestamp, pipeline: &str) {
        let (stage, _) = STAGES[self.below(2)];
        let (owner, team, segment) = (self.pick(&OWNERS), self.pick(&TEAMS), self.pick(&SEGMENTS));
        let mut data = json!({"opportunity": deal, "stage": stage, "owner": owner, "team": team});
        let mut word = json!({"what": "created", "deal": deal, "at": at.as_ms(), "pipeline": pipeline, "stage": stage, "owner": owner,
            "team": team, "segment": segment});
        if pipeline != "default" {
            data["pipeline"] = pipeline.into();
        }
        if !segment.is_empty() {
            data["segment"] = segment.into();
        }
        if self.below(5) > 0 {
            let (minor, currency) = self.money();
            data["amount"] = json!({"minor": minor, "currency": currency});
            (word["amount"], word["currency"]) = (minor.into(), currency.into());
        }
        if self.below(3) > 0 {
            let expected = at.plus_ms(self.below(60 * DAY_MS as usize) as i64);
            data["expected_close_at"] = json!(expected);
            word["expected"] = expected.as_ms().into();
        }
        self.tell(customer, at, Kind::OpportunityCreated, &data);
        self.said.push(word);
    }

    fn step(&mut self, deal: &str, customer: &str, at: Timestamp) {
        let mut word = json!({"deal": deal, "at": at.as_ms()});
        let mut data = json!({"opportunity": deal});
        let kind = match self.below(8) {
            0..4 => {
                let (stage, _) = STAGES[self.below(4)];
                data["stage"] = stage.into();
                (word["what"], word["stage"]) = ("stage".into(), stage.into());
                if self.below(5) == 0 {
                    let bp = self.below(10_001);
                    (data["probability_bp"], word["said_bp"]) = (bp.into(), bp.into());
                }
                Kind::OpportunityStageChanged
            }
            4 | 5 => {
                let (minor, currency) = self.money();
                data["amount"] = json!({"minor": minor, "currency": currency});
                (word["what"], word["amount"], word["currency"]) = ("amount".into(), minor.into(), currency.into());
                Kind::OpportunityAmountChanged
            }
            6 => {
                let expected = at.plus_ms(self.below(60 * DAY_MS as usize) as i64);
                (data["expected_close_at"], word["what"], word["expected"]) =
                    (json!(expected), "expected".into(), expected.as_ms().into());
                Kind::OpportunityCloseDateChanged
            }
            _ => {
                let owner = self.pick(&OWNERS);
                (data["owner"], word["what"], word["owner"]) = (owner.into(), "owner".into(), owner.into());
                Kind::OwnerChanged
            }
        };
        self.tell(customer, at, kind, &data);
        self.said.push(word);
    }

    fn decide(&mut self, deal: &str, customer: &str, at: Timestamp, is_won: bool) {
        let mut word = json!({"deal": deal, "at": at.as_ms(), "what": if is_won { "won" } else { "lost" }});
        let mut data = json!({"opportunity": deal});
        if is_won && self.below(2) == 0 {
            let (minor, currency) = self.money();
            data["amount"] = json!({"minor": minor, "currency": currency});
            (word["amount"], word["currency"]) = (minor.into(), currency.into());
        }
        if is_won && self.below(4) == 0 {
            let first = 1 + self.below(9_998);
            let shares = [("Ana", first), ("Eve", 10_000 - first)];
            data["splits"] = shares.iter().map(|(owner, bp)| json!({"owner": owner, "share_bp": bp})).collect();
            word["splits"] = json!(shares);
        }
        let kind = if is_won { Kind::OpportunityWon } else { Kind::OpportunityLost };
        self.tell(customer, at, kind, &data);
        self.said.push(word);
    }
}
