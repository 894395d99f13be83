//! Which customers to look at first: those at risk, and those whose health moved.
//!
//! A ranking looks at every customer when it is asked for. To keep one at hand would cost each event, and a list of the first hundred can't
//! tell who comes up when one of them recovers.

use crate::crm::identity::Identity;
use crate::retention::health::indicators::INDICATORS;
use crate::retention::health::{Band, Health};
use crate::subject::Subject;
use crate::views::table::{self, Params, Row, time};
use crate::{Business, Commerce};
use nexusflow_engine::Partition;
use nexusflow_model::{Id, Label};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Rows of a ranking at the most.
pub const ROWS_MAX: usize = 200;
/// Rows unless said otherwise.
const ROWS: usize = 50;
/// Days over which movements are told unless said otherwise, and at the most.
const DAYS: i32 = 7;
const DAYS_MAX: i32 = 35;

/// A ranking, as a topic of the API.
#[derive(Debug, Clone, Copy)]
pub struct Ranking {
    /// Its name.
    pub name: &'static str,
    /// What it shows, in a sentence.
    pub about: &'static str,
    /// Its parameters, in words.
    pub params: &'static [(&'static str, &'static str)],
    /// The columns that identify a row.
    pub key: &'static [&'static str],
    /// Its columns.
    pub cols: &'static [&'static str],
}

const COLS: &[&str] = &[
    "customer",
    "name",
    "kind",
    "segment",
    "owner",
    "band",
    "score_milli",
    "before_milli",
    "value_minor",
    "currency",
    "at_risk_minor",
    "worst",
    "worst_lost_milli",
    "last_event_at",
];

const KIND: (&str, &str) = ("kind", "customers of this kind only");
const OWNER: (&str, &str) = ("owner", "customers of this owner only");
const LIMIT: (&str, &str) = ("limit", "how many rows, 1 to 200; 50 unless said otherwise");

/// The rankings.
pub const RANKINGS: [Ranking; 2] = [
    Ranking {
        name: "risk",
        about: "Customers whose health is poor or to be watched, by what is at risk: their value times what is missing of their score.",
        params: &[KIND, OWNER, LIMIT],
        key: &["customer"],
        cols: COLS,
    },
    Ranking {
        name: "health.movers",
        about: "Customers whose health moved most, half of them down and half of them up.",
        params: &[KIND, OWNER, LIMIT, ("days", "since how many days, 0 (today) to 35; 7 unless said otherwise")],
        key: &["customer"],
        cols: COLS,
    },
];

/// The ranking of that name.
pub fn ranking(name: &str) -> Option<&'static Ranking> {
    RANKINGS.iter().find(|ranking| ranking.name == name)
}

/// What is asked of a ranking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    is_risk: bool,
    kind: Option<String>,
    owner: Option<String>,
    days: i32,
    limit: usize,
}

/// A customer with their place in a ranking, the lowest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ranked {
    place: (i64, i64, Id),
    /// Whether their health rose: those are ranked for themselves.
    rose: bool,
    row: Row,
}

impl Asked {
    /// What `params` ask of a ranking.
    ///
    /// # Errors
    /// A sentence that says which parameter is wrong.
    pub fn of(ranking: &Ranking, params: &Params) -> Result<Self, String> {
        let known: Vec<&str> = ranking.params.iter().map(|(name, _)| *name).collect();
        table::only(params, &known)?;
        let number = |name: &str, usual: i64, least: i64, most: i64| match params.get(name).map(|text| text.parse()) {
            None => Ok(usual),
            Some(Ok(number)) if (least..=most).contains(&number) => Ok(number),
            Some(_) => Err(format!("{name} is a number from {least} to {most}")),
        };
        Ok(Self {
            is_risk: ranking.name == "risk",
            kind: params.get("kind").cloned(),
            owner: params.get("owner").cloned(),
            days: number("days", DAYS.into(), 0, DAYS_MAX.into())? as i32,
            limit: number("limit", ROWS as i64, 1, ROWS_MAX as i64)? as usize,
        })
    }

    /// Looks at the customers of one chunk of a partition, and adds those that are ranked.
    pub fn look(&self, partition: &Partition<Commerce>, chunk: usize, ranked: &mut Vec<Ranked>) {
        let business = partition.config();
        let (today, _) = business.business.time_zone.day_and_hour(partition.clock());
        let both = partition.beginnings_in(chunk, |profile| (profile.identity.clone(), profile.health.clone()));
        for ((keyspace, id), (identity, health)) in both {
            if *keyspace == Subject::Customer as u8 && self.wants(&identity) {
                ranked.extend(self.place(business, today, id, &identity, &health));
            }
        }
        // What is dropped here would not come up in the end.
        if ranked.len() > 8 * ROWS_MAX {
            *ranked = self.first(std::mem::take(ranked));
        }
    }

    /// The rows to answer with, of what all have ranked.
    pub fn rows(&self, ranked: Vec<Ranked>) -> Vec<Row> {
        self.first(ranked).into_iter().map(|ranked| ranked.row).collect()
    }

    /// The first of each direction, in order.
    pub fn first(&self, mut ranked: Vec<Ranked>) -> Vec<Ranked> {
        ranked.sort_by(|one, other| one.place.cmp(&other.place));
        let (mut fell, mut rose): (Vec<Ranked>, Vec<Ranked>) = ranked.into_iter().partition(|ranked| !ranked.rose);
        let half = if self.is_risk { self.limit } else { self.limit.div_ceil(2) };
        fell.truncate(half);
        rose.truncate(half);
        fell.extend(rose);
        fell
    }

    fn wants(&self, identity: &Identity) -> bool {
        let is = |wanted: &Option<String>, own: Option<&Label>| {
            wanted.as_ref().is_none_or(|wanted| own.map_or("", Label::as_str) == wanted)
        };
        is(&self.kind, identity.kind.get()) && is(&self.owner, identity.owner.get())
    }

    fn place(&self, business: &Business, today: i32, id: &Id, identity: &Identity, health: &Health) -> Option<Ranked> {
        let (score, band) = (health.score_milli?, health.band?);
        // Of today: since the end of the day before.
        let before = health.days.at_end_of(today - self.days.max(1));
        let (place, rose) = if self.is_risk {
            if band > Band::Watch {
                return None;
            }
            ((-health.at_risk_minor(), score), false)
        } else {
            let moved = score - before?;
            if moved == 0 {
                return None;
            }
            ((-moved.abs(), score), moved > 0)
        };
        Some(Ranked { place: (place.0, place.1, id.clone()), rose, row: row(business, id, identity, health, before) })
    }
}

fn row(business: &Business, id: &Id, identity: &Identity, health: &Health, before: Option<i64>) -> Row {
    let label = |label: Option<&Label>| label.map_or(Value::Null, |label| label.as_str().into());
    let scale = business.health.scale(identity.kind.get());
    let worst = scale.worst(&health.values);
    vec![
        id.as_str().into(),
        label(identity.name.get()),
        label(identity.kind.get()),
        label(identity.segment.get()),
        label(identity.owner.get()),
        health.band.map_or("unknown", Band::as_str).into(),
        health.score_milli.into(),
        before.into(),
        health.value_minor.into(),
        business.business.currency.as_str().into(),
        health.at_risk_minor().into(),
        worst.and_then(|(at, _)| Some(INDICATORS.get(at)?.key)).into(),
        worst.map(|(_, lost_milli)| lost_milli).into(),
        time(identity.last_event_at),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use nexusflow_model::event::control::ConfigChanged;
    use nexusflow_model::{Envelope, Event, Kind, Source, Timestamp};
    use serde_json::json;

    const DAY_MS: i64 = 86_400_000;

    struct World(Partition<Commerce>, usize);

    impl World {
        fn fold(&mut self, envelope: Envelope) {
            let folded = self.0.fold(self.0.sequence() + 1, vec![Ok(envelope)]);
            assert_eq!(folded.unreadable, []);
        }

        fn say(&mut self, day: i64, subject: &str, kind: &str, data: &Value) {
            self.1 += 1;
            let at = Timestamp::EPOCH.plus_ms(20_000 * DAY_MS + day * DAY_MS + self.1 as i64);
            let event = Event::from_json(Kind::from_name(kind).unwrap(), &data.to_string()).unwrap();
            let (id, source) = (Id::new(&format!("n{}", self.1)).unwrap(), Source::new("/test").unwrap());
            let subject = Id::new(subject).unwrap();
            self.fold(Envelope { id, source, subject, occurred_at: at, recorded_at: at, forwarded: 0, event });
        }

        fn rows(&self, name: &str, params: &[(&str, &str)]) -> Result<Vec<(String, i64)>, String> {
            let params = params.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
            let asked = Asked::of(ranking(name).unwrap(), &params)?;
            let mut ranked = Vec::new();
            (0..self.0.chunks()).for_each(|chunk| asked.look(&self.0, chunk, &mut ranked));
            // As it goes over the wire.
            let ranked = serde_json::from_slice(&serde_json::to_vec(&asked.first(ranked)).unwrap()).unwrap();
            let column = |row: &Row, name| row[COLS.iter().position(|col| *col == name).unwrap()].clone();
            let short = |row: &Row| {
                let name = if asked.is_risk { "at_risk_minor" } else { "score_milli" };
                (column(row, "customer").as_str().unwrap().to_owned(), column(row, name).as_i64().unwrap())
            };
            Ok(asked.rows(ranked).iter().map(short).collect())
        }
    }

    /// Of satisfaction alone: a score is a hundredth of the value.
    fn world() -> World {
        let mut business = Business::default();
        for own in &INDICATORS {
            business.health.weigh(&own.key.replace('.', "_"), u16::from(own.key == "nps"));
        }
        let content = serde_json::to_value(&business).unwrap();
        let mut world = World(Partition::new(0), 0);
        world.fold(ConfigChanged::envelope("v1", "test", content, Timestamp::EPOCH).unwrap());
        let people = [("ann", 3, 500, "rep"), ("bob", 0, 100, "rep"), ("cid", 9, 900, "other"), ("dot", 2, 0, "other")];
        for (who, score, paid, owner) in people {
            world.say(0, who, "customer.identified", &json!({"owner": owner, "kind": "business"}));
            world.say(0, who, "survey.answered", &json!({"survey": "s", "measures": "nps", "score": score}));
            if paid > 0 {
                let amount = json!({"minor": paid, "currency": "EUR"});
                world.say(0, who, "payment.received", &json!({"payment": who, "amount": amount}));
            }
        }
        world
    }

    #[test]
    fn who_may_be_lost_with_the_most_comes_first() {
        let world = world();
        let row = |who: &str, at_risk: i64| (who.to_owned(), at_risk);
        assert_eq!(world.rows("risk", &[]).unwrap(), [row("ann", 350), row("bob", 100), row("dot", 0)]);
        assert_eq!(world.rows("risk", &[("owner", "other")]).unwrap(), [row("dot", 0)]);
        assert_eq!(world.rows("risk", &[("limit", "1")]).unwrap(), [row("ann", 350)]);
        assert_eq!(world.rows("risk", &[("kind", "consumer")]).unwrap(), []);
        assert!(world.rows("risk", &[("limit", "0")]).unwrap_err().contains("from 1 to 200"));
        assert!(world.rows("risk", &[("days", "3")]).unwrap_err().contains("no parameter \"days\""));
    }

    #[test]
    fn who_moved_most_comes_first_each_way() {
        let mut world = world();
        for (day, who, score) in [(3, "ann", 10), (3, "bob", 1), (3, "cid", 2), (10, "ann", 8)] {
            world.say(day, who, "survey.answered", &json!({"survey": "s", "measures": "nps", "score": score}));
        }
        let row = |who: &str, score: i64| (who.to_owned(), score);
        let moved = |days: &str| world.rows("health.movers", &[("days", days)]).unwrap();
        assert_eq!(moved("10"), [row("cid", 20_000), row("ann", 80_000), row("bob", 10_000)]);
        assert_eq!(moved("0"), [row("ann", 80_000)]);
        // Since seven days ago: what happened on the third day is before that.
        assert_eq!(moved("7"), [row("ann", 80_000)]);
        assert_eq!(moved("35"), [], "as far back nobody had a score");
    }
}
