//! What is wrong with a configuration of alerts that can be read: names that nobody has, limits that nobody meant.

use crate::alert::config::{Alerting, When};
use crate::alert::why::Target;
use nexusflow_model::Label;
use std::collections::BTreeSet;
use std::fmt::Display;

/// A mistake in a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where: the key's path, tables of a list by their place from 0, such as `policy[2].calendar`.
    pub path: String,
    /// What is wrong and how to mend it; goes on from the path.
    pub says: String,
}

/// By what alerts can be told apart.
const LABELS: [&str; 8] = ["account", "customer_kind", "tier", "channel", "priority", "category", "carrier", "source"];

/// The longest target or delay that is meant, in minutes: a year.
const MINUTES_MAX: u32 = 525_600;

/// Rungs of a ladder: the lead, the director, the executive.
const RUNGS: usize = 3;

pub(crate) type Checked = Result<(), Fault>;

pub(crate) fn fault(path: impl Into<String>, says: impl Into<String>) -> Checked {
    Err(Fault { path: path.into(), says: says.into() })
}

impl Alerting {
    /// The first mistake there is.
    ///
    /// # Errors
    /// Where it is and how to mend it.
    pub fn check(&self) -> Checked {
        self.check_calendars()?;
        self.check_policies()?;
        self.check_rules()?;
        self.check_thresholds()?;
        self.check_ladders()?;
        self.check_rotas()?;
        self.check_inhibitions()?;
        self.check_notify()?;
        self.check_sources()
    }

    fn check_calendars(&self) -> Checked {
        unlike("calendar", self.calendars.iter().map(|own| own.name().as_str()))?;
        for (at, calendar) in self.calendars.iter().enumerate() {
            if calendar.name().as_str() == "always" {
                return fault(format!("calendar[{at}].name"), "\"always\" is built in: give this one another name");
            }
            if calendar.is_never_open() {
                let says = "is never open, so that nothing would ever be due: give it hours, such as monday = [\"09:00-17:00\"]";
                return fault(format!("calendar[{at}]"), says);
            }
        }
        Ok(())
    }

    fn check_policies(&self) -> Checked {
        unlike("policy", self.policies.iter().map(|own| own.name.as_str()))?;
        for (at, policy) in self.policies.iter().enumerate() {
            let path = |key: &str| format!("policy[{at}].{key}");
            self.check_calendar(&path("calendar"), &policy.calendar)?;
            check_when(&path("when"), &policy.when)?;
            if policy.when.health_below.is_some() {
                return fault(path("when.health_below"), "does not tell tickets apart: leave it to the rules");
            }
            if policy.when.renewal_within_days.is_some() {
                return fault(path("when.renewal_within_days"), "does not tell tickets apart: leave it to the rules");
            }
            if Target::ALL.iter().all(|target| policy.minutes(*target).is_none()) {
                let says = "has no target: give it one, such as first_reply_min = 60, or leave the policy out";
                return fault(format!("policy[{at}]"), says);
            }
            for target in Target::ALL {
                if let Some(minutes) = policy.minutes(target) {
                    within(&path(&format!("{}_min", target.as_str())), minutes, 1, MINUTES_MAX)?;
                }
            }
            if let Some(before) = self.policies[..at].iter().position(|own| holds_wherever(&own.when, &policy.when)) {
                let says = format!("never holds: policy[{before}] before it holds wherever this one would; move it up");
                return fault(format!("policy[{at}]"), says);
            }
        }
        Ok(())
    }

    fn check_rules(&self) -> Checked {
        if self.rules.is_empty() {
            return fault(
                "rule",
                "has nothing in it, so nothing would be an alert: leave it out for the built-in rules",
            );
        }
        for (at, rule) in self.rules.iter().enumerate() {
            let path = |key: &str| format!("rule[{at}].{key}");
            self.check_calendar(&path("calendar"), &rule.calendar)?;
            check_when(&path("when"), &rule.when)?;
            if let Some(rota) = &rule.rota
                && !self.rotas.iter().any(|own| own.name == *rota)
            {
                return fault(path("rota"), unknown("rota", rota, self.rotas.iter().map(|own| own.name.as_str())));
            }
            if !rule.to_owner && rule.rota.is_none() {
                return fault(path("to_owner"), "leaves it to nobody: name a rota, or leave to_owner out");
            }
            if let Some(minutes) = rule.respond_within_min {
                within(&path("respond_within_min"), minutes, 1, MINUTES_MAX)?;
            }
            within(&path("dwell_min"), rule.dwell_min, 0, MINUTES_MAX)?;
            within(&path("cooldown_min"), rule.cooldown_min, 0, MINUTES_MAX)?;
            let covers =
                |own: &crate::alert::config::Rule| own.kind == rule.kind && holds_wherever(&own.when, &rule.when);
            if let Some(before) = self.rules[..at].iter().position(covers) {
                let says = format!("never holds: rule[{before}] before it holds wherever this one would; move it up");
                return fault(format!("rule[{at}]"), says);
            }
        }
        Ok(())
    }

    fn check_thresholds(&self) -> Checked {
        let own = &self.thresholds;
        let path = |key: &str| format!("thresholds.{key}");
        within(&path("csat_at_most"), own.csat_at_most, 0, 4)?;
        within(&path("nps_at_most"), own.nps_at_most, 0, 9)?;
        within(&path("ces_at_most"), own.ces_at_most, 0, 6)?;
        within(&path("sentiment_at_most_milli"), own.sentiment_at_most_milli, -1_000, -1)?;
        within(&path("health_in"), own.health_in, 0, 99)?;
        within(&path("health_out"), own.health_out, 0, 100)?;
        if own.health_out <= own.health_in {
            let says = format!("must be above health_in, which is {}: else an alert comes and goes", own.health_in);
            return fault(path("health_out"), says);
        }
        within(&path("health_drop"), own.health_drop, 1, 100)?;
        within(&path("health_drop_days"), own.health_drop_days, 1, 30)?;
        within(&path("deal_pushes"), own.deal_pushes, 1, 100)?;
        within(&path("deal_idle_times"), own.deal_idle_times, 1, 100)?;
        within(&path("deal_idle_usual_days"), own.deal_idle_usual_days, 1, 3_650)?;
        within(&path("dead_letters"), own.dead_letters, 1, 1_000_000)?;
        within(&path("dead_letters_min"), own.dead_letters_min, 1, 1_440)?;
        within(&path("sentiment_false_alarm_h"), own.sentiment_false_alarm_h, 1, 1_000_000)
    }

    fn check_ladders(&self) -> Checked {
        unlike("ladder", self.ladders.iter().map(|own| own.severity.as_str()))?;
        for (at, ladder) in self.ladders.iter().enumerate() {
            let path = format!("ladder[{at}].after_min");
            if !(1..=RUNGS).contains(&ladder.after_min.len()) {
                return fault(path, "must have one to three numbers: for the lead, the director and the executive");
            }
            if ladder.after_min.windows(2).any(|pair| pair[1] <= pair[0]) {
                return fault(path, "must ascend, such as [15, 60, 120]: each number counts from the raising");
            }
            for minutes in &ladder.after_min {
                within(&path, *minutes, 1, MINUTES_MAX)?;
            }
        }
        Ok(())
    }

    fn check_rotas(&self) -> Checked {
        unlike("rota", self.rotas.iter().map(|own| own.name.as_str()))?;
        for (at, rota) in self.rotas.iter().enumerate() {
            within(&format!("rota[{at}].days"), rota.days, 1, 366)?;
            if rota.people.is_empty() {
                return fault(format!("rota[{at}].people"), "has nobody in it: name who takes turns");
            }
        }
        Ok(())
    }

    fn check_inhibitions(&self) -> Checked {
        for (at, inhibition) in self.inhibit.iter().enumerate() {
            let holds = format!("inhibit[{at}].holds");
            if inhibition.holds.is_empty() {
                return fault(holds, "has nothing in it: name the kinds that are held back");
            }
            if inhibition.holds.contains(&inhibition.by) {
                return fault(
                    holds,
                    format!("names {0:?}, which would hold itself back: leave it out", inhibition.by.as_str()),
                );
            }
            if let Some(label) = inhibition.equal.iter().find(|label| !LABELS.contains(&label.as_str())) {
                return fault(format!("inhibit[{at}].equal"), unknown("label", label, LABELS));
            }
        }
        Ok(())
    }

    fn check_notify(&self) -> Checked {
        within("notify.group_wait_s", self.notify.group_wait_s, 0, 3_600)?;
        within("notify.group_interval_s", self.notify.group_interval_s, 1, 86_400)?;
        within("notify.unseen_s", self.notify.unseen_s, 1, 3_600)?;
        within("notify.budget_per_day", self.notify.budget_per_day, 1, 100_000)
    }

    fn check_sources(&self) -> Checked {
        unlike("source", self.sources.iter().map(|own| own.source.as_ref().map_or("", |id| id.as_str())))?;
        for (at, source) in self.sources.iter().enumerate() {
            within(&format!("source[{at}].silent_min"), source.silent_min, 1, MINUTES_MAX)?;
        }
        Ok(())
    }

    fn check_calendar(&self, path: &str, name: &Label) -> Checked {
        let known = || self.calendars.iter().map(|own| own.name().as_str()).chain(["always"]);
        if known().any(|own| own == name.as_str()) {
            return Ok(());
        }
        fault(path, unknown("calendar", name, known()))
    }
}

fn check_when(path: &str, when: &When) -> Checked {
    if let Some(points) = when.health_below {
        within(&format!("{path}.health_below"), points, 1, 100)?;
    }
    Ok(())
}

/// Whether `first` holds of everything of which `second` does.
fn holds_wherever(first: &When, second: &When) -> bool {
    let wider = |first: &[Label], second: &[Label]| {
        first.is_empty() || (!second.is_empty() && second.iter().all(|label| first.contains(label)))
    };
    let lists = [
        (&first.customer_kind, &second.customer_kind),
        (&first.tier, &second.tier),
        (&first.channel, &second.channel),
        (&first.priority, &second.priority),
        (&first.category, &second.category),
    ];
    let above =
        |first: Option<u16>, second: Option<u16>| first.is_none_or(|own| second.is_some_and(|other| other <= own));
    lists.iter().all(|(first, second)| wider(first, second))
        && above(first.health_below.map(u16::from), second.health_below.map(u16::from))
        && above(first.renewal_within_days, second.renewal_within_days)
}

/// Every table of a list has a name of its own.
fn unlike<'a>(list: &str, names: impl Iterator<Item = &'a str>) -> Checked {
    let mut known = BTreeSet::new();
    for (at, name) in names.enumerate() {
        if !known.insert(name) {
            return fault(
                format!("{list}[{at}]"),
                format!("is the second for {name:?}: make one of them, or rename it"),
            );
        }
    }
    Ok(())
}

pub(crate) fn within<T: PartialOrd + Display + Copy>(path: &str, value: T, least: T, most: T) -> Checked {
    if value < least || value > most {
        return fault(path, format!("is {value}, and must be from {least} to {most}"));
    }
    Ok(())
}

fn unknown<'a>(what: &str, name: &Label, known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    let known = if known.is_empty() { "there is none".to_owned() } else { format!("there are {}", known.join(", ")) };
    format!("names the {what} {:?}, which is not there: {known}", name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn good() -> Value {
        json!({
            "calendar": [{"name": "support", "time_zone": "Europe/Madrid", "monday": ["09:00-17:00"]}],
            "policy": [
                {"name": "urgent", "when": {"priority": ["urgent"]}, "calendar": "support", "first_reply_min": 60},
                {"name": "other", "resolution_min": 60},
            ],
            "rule": [{"kind": "recovery", "when": {}, "severity": "S2", "calendar": "support", "rota": "cx"}],
            "ladder": [{"severity": "S1", "after_min": [5, 15, 30]}],
            "rota": [{"name": "cx", "time_zone": "UTC", "starts": "2026-01-05", "days": 7, "people": ["Ana"]}],
            "inhibit": [{"by": "stale_source", "holds": ["delay"], "equal": ["source"]}],
            "source": [{"silent_min": 5}],
        })
    }

    fn check(value: &Value) -> Result<(), Fault> {
        serde_json::from_value::<Alerting>(value.clone()).unwrap_or_else(|error| panic!("{error}: {value}")).check()
    }

    #[test]
    fn what_is_built_in_and_what_is_good_passes() {
        assert_eq!(Alerting::default().check(), Ok(()));
        assert_eq!(check(&good()), Ok(()));
    }

    #[test]
    fn a_mistake_is_found_where_it_is_and_says_how_to_mend_it() {
        let mistakes = [
            ("/calendar/0/name", json!("always"), "calendar[0].name", "another name"),
            ("/calendar/0/monday", json!([]), "calendar[0]", "give it hours"),
            ("/policy/0/calendar", json!("office"), "policy[0].calendar", "there are support, always"),
            ("/policy/1/name", json!("urgent"), "policy[1]", "rename it"),
            ("/policy/1/resolution_min", json!(null), "policy[1]", "has no target"),
            ("/policy/1/resolution_min", json!(0), "policy[1].resolution_min", "from 1 to"),
            ("/policy/0/when", json!({}), "policy[1]", "never holds"),
            ("/policy/0/when", json!({"health_below": 50}), "policy[0].when.health_below", "rules"),
            ("/rule", json!([]), "rule", "leave it out"),
            ("/rule/0/rota", json!("xc"), "rule[0].rota", "there are cx"),
            ("/rule/0/rota", json!(null), "", ""),
            ("/rule/0/when", json!({"health_below": 101}), "rule[0].when.health_below", "from 1 to 100"),
            ("/thresholds", json!({"health_in": 50, "health_out": 50}), "thresholds.health_out", "above health_in"),
            ("/thresholds", json!({"csat_at_most": 5}), "thresholds.csat_at_most", "from 0 to 4"),
            ("/thresholds", json!({"sentiment_at_most_milli": 0}), "thresholds.sentiment_at_most_milli", "-1000"),
            ("/ladder/0/after_min", json!([5, 5]), "ladder[0].after_min", "must ascend"),
            ("/ladder/0/after_min", json!([]), "ladder[0].after_min", "one to three"),
            ("/rota/0/people", json!([]), "rota[0].people", "nobody"),
            ("/rota/0/days", json!(0), "rota[0].days", "from 1"),
            ("/inhibit/0/holds", json!(["stale_source"]), "inhibit[0].holds", "itself"),
            ("/inhibit/0/equal", json!(["colour"]), "inhibit[0].equal", "there are account, "),
            ("/notify", json!({"unseen_s": 0}), "notify.unseen_s", "from 1"),
            ("/source", json!([{"silent_min": 5}, {"silent_min": 6}]), "source[1]", "the second"),
        ];
        for (pointer, value, path, says) in mistakes {
            let mut form = good();
            match form.pointer_mut(pointer) {
                Some(own) => *own = value.clone(),
                None => form[&pointer[1..]] = value.clone(),
            }
            match check(&form) {
                Ok(()) => assert_eq!(path, "", "{pointer} = {value} passed"),
                Err(fault) => {
                    assert!(fault.path == path && fault.says.contains(says), "{pointer} = {value}: {fault:?}");
                }
            }
        }
        let mut nobody = good();
        nobody["rule"][0]["rota"] = json!(null);
        nobody["rule"][0]["to_owner"] = json!(false);
        assert_eq!(check(&nobody).unwrap_err().path, "rule[0].to_owner");
    }
}
