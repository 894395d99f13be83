//! Who is told, of what, where, and how patiently: `[notify]` of nexusflow.toml.

use super::notice::{Severity, What};
use super::place::{self, Place};
use jiff::civil::Time;
use jiff::tz::TimeZone;
use serde::de::{Deserializer, Error};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::time::Duration;

/// Tells people outside the consoles. Times are in milliseconds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NotifySettings {
    /// Where people reach the consoles: links in messages begin with it. Empty: messages have no links.
    pub public_url: String,
    /// What happened so long before it was heard of is not told: it comes from a recorded stream, or from a backfill.
    pub stale_after_ms: u64,
    /// How long a target may take for one message.
    pub timeout_ms: u64,
    /// The pause after the first failed attempt; each next one is twice as long.
    pub retry_first_ms: u64,
    /// The longest pause.
    pub retry_max_ms: u64,
    /// A message that was tried for so long is given up, and kept among the dead letters.
    pub give_up_after_ms: u64,
    /// After so many failures in a row a target is left alone for a while.
    pub circuit_after: u32,
    /// One notifier works at a time; another takes over where it is not heard of for so long.
    pub lease_ms: u64,
    /// Who is told.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "targets")]
    pub target: Vec<Target>,
}

impl Default for NotifySettings {
    fn default() -> Self {
        Self {
            public_url: String::new(),
            stale_after_ms: 3_600_000,
            timeout_ms: 10_000,
            retry_first_ms: 5_000,
            retry_max_ms: 1_800_000,
            give_up_after_ms: 86_400_000,
            circuit_after: 5,
            lease_ms: 2_000,
            target: Vec::new(),
        }
    }
}

/// The time zone of that name; UTC, where there is none.
pub fn time_zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

/// When and how often people are told, as the business wants it.
#[derive(Debug, Clone)]
pub struct Routing {
    /// A target with `when = "unseen"` is told where no console has shown an alert to anybody for so long.
    pub unseen_ms: i64,
    /// How long the first message of a group waits for others that come with it. Those of S1 do not wait.
    pub group_wait_ms: i64,
    /// What comes to a group after its first message is told together, once in so long.
    pub group_interval_ms: i64,
    /// At most so many messages about an owner's S3 a day and target; the rest goes into the digest.
    pub budget_per_day: u32,
    /// When the digest is told, every day.
    pub digest_at: Time,
    /// By whose clocks.
    pub zone: TimeZone,
    /// Alerts that hold back what they cause.
    pub inhibit: Vec<Inhibit>,
}

/// While an alert of kind `by` is open, those of the kinds `holds` that have the same values of `equal` are not told: they are told
/// when it is over, if they are still open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inhibit {
    /// What holds back.
    pub by: String,
    /// What is held back.
    pub holds: Vec<String>,
    /// Labels that must have the same value in both.
    pub equal: Vec<String>,
}

/// How a target is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TargetKind {
    /// A signed POST, as Standard Webhooks has it.
    Webhook,
    /// An incoming webhook of Slack, or of what understands the same.
    Slack,
    /// Mail, by SMTP.
    Email,
}

impl TargetKind {
    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::Slack => "slack",
            Self::Email => "email",
        }
    }
}

/// When a target is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum When {
    /// At once.
    Always,
    /// Where no console has shown it to anybody in time.
    #[default]
    Unseen,
}

/// How mail is encrypted on its way to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailTls {
    /// The connection begins in the clear and goes on with TLS, or not at all.
    #[default]
    Starttls,
    /// TLS from the beginning.
    Implicit,
    /// Never: only on loopback.
    None,
}

/// Who is told. What has a `_file` or `_env` may stand in that file or variable of the environment instead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// Unique: lower-case letters, digits and `-`.
    #[serde(deserialize_with = "name")]
    pub name: String,
    /// How it is told.
    pub kind: TargetKind,
    /// Of a webhook and of Slack: where. https, or http on loopback.
    #[serde(default, skip_serializing_if = "String::is_empty", deserialize_with = "address")]
    pub url: String,
    /// A file with it: Slack's address is a secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url_file: Option<PathBuf>,
    /// A variable with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url_env: Option<String>,
    /// Of a webhook: a file with the secret (`whsec_` and base64); with several, one a line, it is signed with each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_file: Option<PathBuf>,
    /// A variable with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_env: Option<String>,
    /// A PEM file with certificate authorities to trust beside the system's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls_ca_file: Option<PathBuf>,
    /// Of mail: the server.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub host: String,
    /// Its port; without it 587 for STARTTLS, 465 for TLS from the beginning, 25 without TLS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// How mail is encrypted on its way to it.
    #[serde(default)]
    pub tls: MailTls,
    /// Who we are to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// A file with the password of `user`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_file: Option<PathBuf>,
    /// A variable with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_env: Option<String>,
    /// Whom mail is from.
    #[serde(default, skip_serializing_if = "String::is_empty", deserialize_with = "mailbox")]
    pub from: String,
    /// Whom it is to.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "mailboxes")]
    pub to: Vec<String>,
    /// When it is told.
    #[serde(default)]
    pub when: When,
    /// Of which changes.
    #[serde(default = "usual_changes")]
    pub what: Vec<What>,
    /// Of which severities; none: of all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub severities: Vec<Severity>,
    /// Of which kinds of alerts; none: of all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<String>,
    /// At which levels of escalation (0 owner, 1 lead, 2 director, 3 executive); none: at all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub levels: Vec<u8>,
}

/// What calls for somebody to do something.
fn usual_changes() -> Vec<What> {
    vec![What::Raised, What::RaisedSeverity, What::Escalated, What::Reopened]
}

impl Target {
    /// Where it is, for messages to people: no path, which may be a secret.
    pub fn shown(&self) -> String {
        match self.place() {
            Ok(place) => place.to_string(),
            Err(_) => "(set elsewhere)".into(),
        }
    }

    /// Where it is, as far as it is known without looking into files and the environment.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn place(&self) -> Result<Place, String> {
        match self.kind {
            TargetKind::Email => Ok(place::mail(&self.host, self.port, self.tls)),
            _ => place::of_url(&self.url).map(|(_, place)| place),
        }
    }

    fn check(&self) -> Result<(), String> {
        let wrong = |key: &str, reason: &str| Err(format!("target {:?}: {key} {reason}", self.name));
        let is_mail = self.kind == TargetKind::Email;
        let urls = [!self.url.is_empty(), self.url_file.is_some(), self.url_env.is_some()];
        match urls.iter().filter(|set| **set).count() {
            0 if is_mail => {}
            1 if !is_mail => {}
            _ if is_mail => return wrong("url", "means nothing to mail: set host, port, from and to"),
            _ => return wrong("url", "must be set, or one of url_file and url_env"),
        }
        if self.secret_file.is_some() && self.secret_env.is_some() {
            return wrong("secret_file", "and secret_env say the same: set one");
        }
        match (self.kind, self.secret_file.is_some() || self.secret_env.is_some()) {
            (TargetKind::Webhook, false) => {
                return wrong("secret_file", "must be set, or secret_env: what we send is signed");
            }
            (TargetKind::Slack | TargetKind::Email, true) => {
                return wrong("secret_file", "means something to webhooks only");
            }
            _ => {}
        }
        if is_mail { self.check_mail() } else { Ok(()) }
    }

    fn check_mail(&self) -> Result<(), String> {
        let wrong = |key: &str, reason: &str| Err(format!("target {:?}: {key} {reason}", self.name));
        if self.host.is_empty() {
            return wrong("host", "must be set");
        }
        if self.tls == MailTls::None && !place::is_loopback(&self.host) {
            return wrong("tls", "may be \"none\" on loopback only");
        }
        if self.from.is_empty() || self.to.is_empty() {
            return wrong("from", "and to must be set");
        }
        match (&self.user, self.password_file.is_some(), self.password_env.is_some()) {
            (None, false, false) | (Some(_), true, false) | (Some(_), false, true) => Ok(()),
            (Some(_), false, false) => wrong("user", "needs password_file or password_env"),
            _ => wrong("password_file", "needs user, and only one of it and password_env"),
        }
    }
}

fn name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if text.is_empty() || text.len() > 40 || !text.bytes().all(plain) {
        return Err(D::Error::custom("must be 1 to 40 lower-case letters, digits and -"));
    }
    Ok(text)
}

fn address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    match place::of_url(&text) {
        Ok(_) => Ok(text),
        Err(reason) => Err(D::Error::custom(reason)),
    }
}

fn mailbox<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    mailboxes_of(vec![String::deserialize(deserializer)?]).map(|mut one| one.remove(0))
}

fn mailboxes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    mailboxes_of(Vec::deserialize(deserializer)?)
}

fn mailboxes_of<E: Error>(texts: Vec<String>) -> Result<Vec<String>, E> {
    if texts.iter().any(|text| text.parse::<lettre::message::Mailbox>().is_err()) {
        return Err(E::custom("must be an address, or a name and an address: \"Alerts <alerts@example.org>\""));
    }
    Ok(texts)
}

/// A list of targets. What is wrong with one value was said with its line; what is wrong with several is said with the name.
fn targets<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Target>, D::Error> {
    struct Checked(Target);
    impl<'de> Deserialize<'de> for Checked {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let target = Target::deserialize(deserializer)?;
            target.check().map_err(D::Error::custom)?;
            Ok(Self(target))
        }
    }
    let checked = Vec::<Checked>::deserialize(deserializer)?;
    let targets: Vec<Target> = checked.into_iter().map(|Checked(target)| target).collect();
    for (at, target) in targets.iter().enumerate() {
        if targets[..at].iter().any(|other| other.name == target.name) {
            return Err(D::Error::custom(format!("there are two targets {:?}", target.name)));
        }
    }
    Ok(targets)
}

impl NotifySettings {
    /// How long a target may take.
    pub(super) fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }

    /// Checks what no single value shows.
    ///
    /// # Errors
    /// The key, and what is wrong with it.
    pub fn check(&self) -> Result<(), (&'static str, String)> {
        let wrong = |key, reason: &str| Err((key, reason.to_owned()));
        if !self.public_url.is_empty() && place::of_url(&self.public_url).is_err() {
            return wrong("notify.public_url", "must be an https address, or an http one on loopback");
        }
        if !(100..=600_000).contains(&self.timeout_ms) {
            return wrong("notify.timeout_ms", "must be from 100 to 600000");
        }
        if self.retry_first_ms == 0 || self.retry_first_ms > self.retry_max_ms {
            return wrong("notify.retry_first_ms", "must be above 0 and at most notify.retry_max_ms");
        }
        if self.circuit_after == 0 {
            return wrong("notify.circuit_after", "must be above 0");
        }
        if !(500..=60_000).contains(&self.lease_ms) {
            return wrong("notify.lease_ms", "must be from 500 to 60000");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistake(text: &str) -> String {
        toml::from_str::<NotifySettings>(text).unwrap_err().to_string()
    }

    #[test]
    fn a_mistake_in_a_target_is_answered_with_its_line() {
        let good =
            "[[target]]\nname = \"crm\"\nkind = \"webhook\"\nurl = \"https://example.org/in\"\nsecret_env = \"CRM\"\n";
        assert_eq!(toml::from_str::<NotifySettings>(good).unwrap().target[0].when, When::Unseen);
        let plain =
            mistake(&format!("{good}[[target]]\nname = \"b\"\nkind = \"slack\"\nurl = \"http://example.org\"\n"));
        assert!(plain.contains("line 9") && plain.contains("https"), "{plain}");
        let unsigned = mistake("[[target]]\nname = \"b\"\nkind = \"webhook\"\nurl = \"https://example.org\"\n");
        assert!(unsigned.contains("target \"b\": secret_file must be set"), "{unsigned}");
        let kind = mistake("[[target]]\nname = \"b\"\nkind = \"pigeon\"\n");
        assert!(kind.contains("line 3") && kind.contains("pigeon"), "{kind}");
        let mail =
            "[[target]]\nname = \"b\"\nkind = \"email\"\nhost = \"mail.example.org\"\nfrom = \"a@example.org\"\n";
        assert!(mistake(mail).contains("target \"b\": from and to must be set"));
        let to = mistake(&format!("{mail}to = [\"b\"]\n"));
        assert!(to.contains("line 6") && to.contains("must be an address"), "{to}");
        assert!(mistake(&format!("{mail}to = [\"b@example.org\"]\ntls = \"none\"\n")).contains("loopback only"));
        let mail = toml::from_str::<NotifySettings>(&format!("{mail}to = [\"B <b@example.org>\"]\n")).unwrap();
        assert_eq!(mail.target[0].shown(), "mail.example.org:587");
        assert!(mistake(&format!("{good}{good}")).contains("two targets \"crm\""));
    }

    #[test]
    fn where_a_target_is_can_be_shown_without_its_secret() {
        let slack = "[[target]]\nname = \"s\"\nkind = \"slack\"\nurl = \"https://hooks.example.org/T0/B0/secret\"\n";
        let slack = toml::from_str::<NotifySettings>(slack).unwrap();
        assert_eq!(slack.target[0].shown(), "hooks.example.org:443");
    }
}
