//! A message to a target, before it has the form the target wants. Nothing personal is in it.

use super::notice::{Notice, Severity, text_of};
use serde::{Deserialize, Serialize};

/// Alerts that a message names; of the others it says how many there are.
const NAMED_MAX: usize = 20;

/// What a target is to be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Message {
    /// The same over all attempts, and over a repetition.
    pub(super) id: String,
    pub(super) target: String,
    /// What happened to the alert; `alerts` of several, `digest`, `test`.
    pub(super) what: String,
    /// The worst of them.
    pub(super) severity: Option<Severity>,
    /// When, RFC 3339.
    pub(super) at: String,
    pub(super) group: Option<String>,
    /// How many alerts it is about.
    pub(super) count: usize,
    /// The first of them.
    pub(super) alerts: Vec<Line>,
}

/// An alert in a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Line {
    pub(super) customer: String,
    pub(super) alert: String,
    pub(super) kind: String,
    pub(super) severity: Severity,
    pub(super) state: String,
    pub(super) what: String,
    pub(super) at: String,
    pub(super) revision: u32,
    pub(super) why: String,
    pub(super) due_at: Option<String>,
    pub(super) level: u8,
    pub(super) owner: Option<String>,
    /// How often it was triggered.
    pub(super) count: u64,
    pub(super) link: Option<String>,
}

impl Line {
    fn of(notice: &Notice, public_url: &str) -> Self {
        Self {
            customer: notice.subject.clone(),
            alert: notice.alert.clone(),
            kind: notice.kind.clone(),
            severity: notice.severity,
            state: notice.state.clone(),
            what: notice.what.name().to_owned(),
            at: notice.at.clone(),
            revision: notice.revision,
            why: notice.why.clone(),
            due_at: notice.due_at.clone(),
            level: notice.level,
            owner: notice.to.first().cloned(),
            count: notice.count,
            link: link(public_url, notice),
        }
    }
}

/// Where the console shows an alert.
fn link(public_url: &str, notice: &Notice) -> Option<String> {
    let mut url = url::Url::parse(public_url).ok()?;
    url.path_segments_mut().ok()?.pop_if_empty().extend(["alerts", &notice.subject, &notice.alert]);
    Some(url.into())
}

impl Message {
    /// About the alerts of `about`, the worst and most urgent first, each with the id of what it follows from.
    pub(super) fn about(target: &str, what: Option<&str>, about: &[(&str, &Notice)], public_url: &str) -> Self {
        let mut notices: Vec<&Notice> = about.iter().map(|(_, notice)| *notice).collect();
        let due = |notice: &Notice| notice.due_at.clone().unwrap_or_else(|| "~".into());
        notices.sort_by_cached_key(|notice| (notice.severity, due(notice), notice.key()));
        let first = notices.first();
        let is_one = notices.len() == 1 && what.is_none();
        let usual = if is_one { first.map_or("", |notice| notice.what.name()) } else { "alerts" };
        Self {
            id: id(target, about, what),
            target: target.to_owned(),
            what: what.unwrap_or(usual).to_owned(),
            severity: first.map(|notice| notice.severity),
            at: notices.iter().map(|notice| notice.at.clone()).max().unwrap_or_default(),
            group: first.filter(|_| what.is_none()).and_then(|notice| notice.group.clone()),
            count: notices.len(),
            alerts: notices.iter().take(NAMED_MAX).map(|notice| Line::of(notice, public_url)).collect(),
        }
    }

    /// A message that only shows that messages arrive.
    pub(super) fn test(target: &str, id: &str, now_ms: i64) -> Self {
        Self {
            id: id.to_owned(),
            target: target.to_owned(),
            what: "test".into(),
            severity: None,
            at: text_of(now_ms),
            group: None,
            count: 0,
            alerts: Vec::new(),
        }
    }

    pub(super) fn is_test(&self) -> bool {
        self.what == "test"
    }

    /// The one alert it is about, if it is one.
    pub(super) fn one(&self) -> Option<&Line> {
        self.alerts.first().filter(|_| self.count == 1 && self.what != "digest")
    }

    /// One line of it.
    pub(super) fn headline(&self) -> String {
        let severity = self.severity.map_or("", Severity::name);
        if self.is_test() {
            return "Test message from NexusFlow".into();
        }
        if let Some(line) = self.one() {
            return format!("{severity} {}: {}", changed(line), plain(&line.why));
        }
        match (self.what.as_str(), &self.group) {
            ("digest", _) => format!("Digest: {} alerts that can wait", self.count),
            (_, Some(group)) => format!("{severity} {} alerts of {}", self.count, plain(group)),
            (_, None) => format!("{severity} {} alerts", self.count),
        }
    }

    /// The alerts in lines of plain text.
    pub(super) fn lines(&self) -> Vec<String> {
        let line = |line: &Line| {
            let (severity, customer, why) = (line.severity.name(), plain(&line.customer), plain(&line.why));
            let owner = line.owner.as_ref().map(|owner| format!(", with {}", plain(owner))).unwrap_or_default();
            let due = line.due_at.as_ref().map(|due| format!(", due {due}")).unwrap_or_default();
            let times = if line.count > 1 { format!(", {} times", line.count) } else { String::new() };
            format!("{severity} {} for {customer}: {why}{owner}{due}{times}", changed(line))
        };
        let mut lines: Vec<String> = self.alerts.iter().map(line).collect();
        if self.count > self.alerts.len() {
            lines.push(format!("... and {} more", self.count - self.alerts.len()));
        }
        lines
    }
}

/// What happened to what.
fn changed(line: &Line) -> String {
    let kind = line.kind.replace('_', " ");
    match line.what.as_str() {
        "raised" => kind,
        "raised_severity" => format!("{kind}, now {}", line.severity.name()),
        what => format!("{kind}, {}", what.replace('_', " ")),
    }
}

/// On one line.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(300).collect()
}

/// Made of what the message follows from, so that who decides it a second time says the same.
fn id(target: &str, about: &[(&str, &Notice)], what: Option<&str>) -> String {
    let first = about.first().map_or("", |(id, _)| id);
    if let (1, None) = (about.len(), what) {
        return format!("msg_{first}_{target}");
    }
    let all: Vec<&str> = about.iter().map(|(id, _)| *id).collect();
    let all = xxhash_rust::xxh3::xxh3_64(all.join(" ").as_bytes());
    format!("msg_{first}_{}_{all:016x}_{target}", what.unwrap_or("alerts"))
}
