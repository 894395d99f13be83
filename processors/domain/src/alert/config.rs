//! How alerts are raised, by when somebody has to respond, and who: `config/alerts.toml`.

use crate::alert::calendar::Calendar;
use crate::alert::rota::{Rota, clock_time};
use crate::alert::why::Target;
use crate::alert::{AlertKind, Facts, Labels, Severity};
use jiff::civil::Time;
use nexusflow_model::{Id, Label, Timestamp};
use serde::{Deserialize, Serialize};

/// How alerts are raised and who has to respond. What a file does not say is as [`default`](Self::default) has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Alerting {
    /// When people work.
    #[serde(rename = "calendar")]
    pub calendars: Vec<Calendar>,
    /// The targets of tickets; the first that matches holds.
    #[serde(rename = "policy")]
    pub policies: Vec<Policy>,
    /// How bad each kind is and who has to respond; the first that matches holds. A kind without a rule raises no alert.
    #[serde(rename = "rule")]
    pub rules: Vec<Rule>,
    /// From where on something is an alert.
    pub thresholds: Thresholds,
    /// When who is told if nobody acknowledges.
    #[serde(rename = "ladder")]
    pub ladders: Vec<Ladder>,
    /// Who is on the rungs of the ladders.
    pub people: People,
    /// Who is on call.
    #[serde(rename = "rota")]
    pub rotas: Vec<Rota>,
    /// What holds back the notifications of what.
    pub inhibit: Vec<Inhibition>,
    /// How people outside the consoles are told.
    pub notify: Notify,
    /// How often sources that say that they live must.
    #[serde(rename = "source")]
    pub sources: Vec<SourceRule>,
}

/// Which customers and things something is about: all that are said must match; one that is not said matches all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct When {
    /// Kinds of customers.
    pub customer_kind: Vec<Label>,
    /// Tiers.
    pub tier: Vec<Label>,
    /// Channels.
    pub channel: Vec<Label>,
    /// Priorities, as the help desk names them.
    pub priority: Vec<Label>,
    /// Categories, as the help desk names them.
    pub category: Vec<Label>,
    /// The customer's health is known and below so many points.
    pub health_below: Option<u8>,
    /// A subscription is renewed within so many days.
    pub renewal_within_days: Option<u16>,
}

/// The service level of tickets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Its name.
    pub name: Label,
    /// Which tickets it is for.
    #[serde(default)]
    pub when: When,
    /// When people work; "always" is built in.
    #[serde(default = "always")]
    pub calendar: Label,
    /// Minutes of working time until the first public answer; none: no such target.
    #[serde(default)]
    pub first_reply_min: Option<u32>,
    /// Until the next answer to the customer.
    #[serde(default)]
    pub next_reply_min: Option<u32>,
    /// Until the customer hears of it again.
    #[serde(default)]
    pub update_min: Option<u32>,
    /// For which the customer waits in all.
    #[serde(default)]
    pub requester_wait_min: Option<u32>,
    /// Until resolution.
    #[serde(default)]
    pub resolution_min: Option<u32>,
}

impl Policy {
    /// The minutes of a target.
    pub fn minutes(&self, target: Target) -> Option<u32> {
        match target {
            Target::FirstReply => self.first_reply_min,
            Target::NextReply => self.next_reply_min,
            Target::Update => self.update_min,
            Target::RequesterWait => self.requester_wait_min,
            Target::Resolution => self.resolution_min,
        }
    }
}

/// By what alerts are shown and told together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is named like its label")]
pub enum GroupBy {
    Customer,
    /// The customer's company, or else the customer.
    #[default]
    Account,
    Carrier,
    Category,
    Source,
    Kind,
}

/// How bad a kind is and who has to respond.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Of what it is the rule.
    pub kind: AlertKind,
    /// For whom.
    #[serde(default)]
    pub when: When,
    /// How bad it is.
    pub severity: Severity,
    /// Minutes of working time until somebody has to have responded.
    #[serde(default)]
    pub respond_within_min: Option<u32>,
    /// When people work; "always" is built in.
    #[serde(default = "always")]
    pub calendar: Label,
    /// Who has it where nobody looks after the customer: a rota.
    #[serde(default)]
    pub rota: Option<Label>,
    /// Whether the customer's owner has it.
    #[serde(default = "yes")]
    pub to_owner: bool,
    /// Minutes for which it must be so before it is an alert.
    #[serde(default)]
    pub dwell_min: u32,
    /// Minutes after its end in which it is not raised again.
    #[serde(default)]
    pub cooldown_min: u32,
    /// By what it is grouped.
    #[serde(default)]
    pub group_by: GroupBy,
}

fn always() -> Label {
    #[expect(clippy::expect_used, reason = "a constant of this file")]
    Label::new("always").expect("it is a label")
}

fn yes() -> bool {
    true
}

/// From where on something is an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Thresholds {
    /// Satisfaction of at most so much, of 5.
    pub csat_at_most: u8,
    /// An NPS answer of at most so much, of 10.
    pub nps_at_most: u8,
    /// Effort of at most so much, of 7.
    pub ces_at_most: u8,
    /// Sentiment of at most so much, in thousandths.
    pub sentiment_at_most_milli: i16,
    /// Health below so many points is an alert ...
    pub health_in: u8,
    /// ... until it is above so many.
    pub health_out: u8,
    /// A fall of so many points ...
    pub health_drop: u8,
    /// ... within so many days.
    pub health_drop_days: u8,
    /// An invoice overdue for more than so many days.
    pub invoice_overdue_days: u16,
    /// The expected close of a deal put off so often.
    pub deal_pushes: u16,
    /// Nothing happened to a deal for so many times the median of its pipeline ...
    pub deal_idle_times: u16,
    /// ... which is this many days until enough deals have ended.
    pub deal_idle_usual_days: u16,
    /// So many events more that can't be understood ...
    pub dead_letters: u32,
    /// ... within so many minutes.
    pub dead_letters_min: u16,
    /// A change of sentiment is told when it would be by chance once in so many hours at the most.
    pub sentiment_false_alarm_h: u32,
    /// Hours in which what was over is reopened, and not a new case.
    pub reopen_within_h: u16,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            csat_at_most: 2,
            nps_at_most: 6,
            ces_at_most: 3,
            sentiment_at_most_milli: -800,
            health_in: 40,
            health_out: 50,
            health_drop: 15,
            health_drop_days: 7,
            invoice_overdue_days: 30,
            deal_pushes: 3,
            deal_idle_times: 2,
            deal_idle_usual_days: 14,
            dead_letters: 20,
            dead_letters_min: 5,
            sentiment_false_alarm_h: 2_000,
            reopen_within_h: 72,
        }
    }
}

/// Who is told if nobody acknowledges.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ladder {
    /// Of which alerts.
    pub severity: Severity,
    /// Minutes after which the lead, the director and the executive are told.
    pub after_min: Vec<u32>,
}

/// Who is on the rungs above the owner.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct People {
    /// Who leads the team.
    pub lead: Vec<Label>,
    /// Their director.
    pub director: Vec<Label>,
    /// Who answers for it all.
    pub executive: Vec<Label>,
}

/// While an alert of one kind is open, notifications of another are held back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inhibition {
    /// What holds back.
    pub by: AlertKind,
    /// What is held back.
    pub holds: Vec<AlertKind>,
    /// Labels that must be the same; none: all are held back.
    #[serde(default)]
    pub equal: Vec<Label>,
}

/// How people outside the consoles are told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Notify {
    /// Seconds for which a new group is waited for, except of S1.
    pub group_wait_s: u32,
    /// Seconds between messages of one group.
    pub group_interval_s: u32,
    /// Seconds in which a console may confirm that it shows an alert.
    pub unseen_s: u32,
    /// Messages a day for one owner, of S3; what is above comes with the digest.
    pub budget_per_day: u32,
    /// When the digest of S4 and what was above the budget goes out, in the zone of the business.
    #[serde(with = "clock_time")]
    pub digest_at: Time,
}

impl Default for Notify {
    fn default() -> Self {
        let digest_at = Time::constant(8, 30, 0, 0);
        Self { group_wait_s: 10, group_interval_s: 300, unseen_s: 30, budget_per_day: 40, digest_at }
    }
}

/// How often a source that says that it lives must.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceRule {
    /// The source: the subject of its heartbeats; none: every other one.
    #[serde(default)]
    pub source: Option<Id>,
    /// Minutes of silence that are an alert.
    pub silent_min: u32,
}

impl Default for Alerting {
    fn default() -> Self {
        use AlertKind::{
            Competitor, DeadLetters, Deal, Delay, HealthDrop, Payment, PromiseSlip, Recovery, SentimentSpike, Sla,
            StaleSource,
        };
        const DAY: u32 = 1_440;
        let rule = |kind, severity, respond_within_min| Rule {
            kind,
            when: When::default(),
            severity,
            respond_within_min,
            calendar: always(),
            rota: None,
            to_owner: true,
            dwell_min: 0,
            cooldown_min: 0,
            group_by: match kind {
                Delay => GroupBy::Carrier,
                SentimentSpike | StaleSource | DeadLetters => GroupBy::Kind,
                _ => GroupBy::Account,
            },
        };
        let at_risk = When { health_below: Some(60), ..When::default() };
        let near_renewal = When { renewal_within_days: Some(30), ..When::default() };
        let rules = vec![
            rule(Recovery, Severity::S2, Some(120)),
            rule(Sla, Severity::S2, None),
            Rule { when: near_renewal, ..rule(HealthDrop, Severity::S2, Some(DAY)) },
            rule(HealthDrop, Severity::S3, Some(DAY)),
            Rule { when: at_risk, ..rule(Delay, Severity::S1, Some(30)) },
            rule(Delay, Severity::S4, None),
            rule(PromiseSlip, Severity::S2, Some(60)),
            rule(Payment, Severity::S3, Some(DAY)),
            rule(Deal, Severity::S4, Some(7 * DAY)),
            rule(Competitor, Severity::S3, Some(DAY)),
            rule(SentimentSpike, Severity::S3, Some(DAY / 3)),
            rule(StaleSource, Severity::S1, Some(5)),
            rule(DeadLetters, Severity::S1, Some(5)),
        ];
        let ladder = |severity, after_min: [u32; 3]| Ladder { severity, after_min: after_min.to_vec() };
        Self {
            calendars: Vec::new(),
            policies: Vec::new(),
            rules,
            thresholds: Thresholds::default(),
            ladders: vec![ladder(Severity::S1, [5, 15, 30]), ladder(Severity::S2, [15, 60, 120])],
            people: People::default(),
            rotas: Vec::new(),
            inhibit: Vec::new(),
            notify: Notify::default(),
            sources: vec![SourceRule { source: None, silent_min: 5 }],
        }
    }
}

impl Alerting {
    /// The rule of a kind for such a customer and thing.
    pub fn rule(&self, kind: AlertKind, facts: &Facts, labels: &Labels, now: Timestamp) -> Option<&Rule> {
        let renewal_in_days = facts.renewal_at.map(|at| at.ms_since(now).div_euclid(86_400_000));
        let holds = |rule: &&Rule| rule.kind == kind && rule.when.holds(labels, facts.health_milli, renewal_in_days);
        self.rules.iter().find(holds)
    }

    /// The service level of such a ticket.
    pub fn policy(&self, labels: &Labels, health_milli: Option<i64>) -> Option<&Policy> {
        self.policies.iter().find(|policy| policy.when.holds(labels, health_milli, None))
    }

    /// The calendar of that name; none for "always", and for one that isn't there.
    pub fn calendar(&self, name: &Label) -> Option<&Calendar> {
        self.calendars.iter().find(|calendar| calendar.name() == name)
    }

    /// The instant at which `ms` of working time have passed since `from`, by the calendar of that name.
    pub fn after(&self, name: &Label, from: Timestamp, ms: i64) -> Option<Timestamp> {
        match self.calendar(name) {
            Some(calendar) => calendar.after(from, ms),
            None => Some(from.plus_ms(ms)),
        }
    }

    /// The working time between two instants, in milliseconds, by the calendar of that name.
    pub fn working_ms(&self, name: &Label, from: Timestamp, to: Timestamp) -> i64 {
        match self.calendar(name) {
            Some(calendar) => calendar.working_ms(from, to),
            None => to.ms_since(from).max(0),
        }
    }

    /// Who is on a rung: 1 lead, 2 director, 3 executive.
    pub fn people(&self, level: u8) -> &[Label] {
        match level {
            1 => &self.people.lead,
            2 => &self.people.director,
            _ => &self.people.executive,
        }
    }
}
