//! What matches an alert, and what holds its messages back.

use super::notice::{Notice, SilenceSet, ms_of};
use super::settings::Inhibit;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `kind=delay,carrier=DHL`: labels and the value each must have (or, with `!=`, must not have). All must hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(super) struct Matchers {
    text: String,
    matchers: Vec<Matcher>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Matcher {
    label: String,
    value: String,
    is_equal: bool,
}

impl TryFrom<String> for Matchers {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let one = |part: &str| {
            let (label, value) = part.split_once('=')?;
            let (label, is_equal) = match label.strip_suffix('!') {
                Some(label) => (label, false),
                None => (label, true),
            };
            let (label, value) = (label.trim().to_owned(), value.trim().trim_matches('"').to_owned());
            (!label.is_empty() && !value.is_empty()).then_some(Matcher { label, value, is_equal })
        };
        let matchers: Option<Vec<Matcher>> = text.split(',').map(one).collect();
        match matchers {
            Some(matchers) => Ok(Self { text, matchers }),
            None => Err("must be labels and their values, such as \"kind=delay,carrier=DHL\"".into()),
        }
    }
}

impl From<Matchers> for String {
    fn from(matchers: Matchers) -> Self {
        matchers.text
    }
}

impl Matchers {
    pub(super) fn match_notice(&self, notice: &Notice) -> bool {
        self.matchers.iter().all(|matcher| (notice.label(&matcher.label) == Some(&matcher.value)) == matcher.is_equal)
    }
}

/// A silence that was not lifted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Silence {
    matches: Matchers,
    pub(super) from_ms: i64,
    pub(super) until_ms: i64,
}

impl Silence {
    /// None where it is lifted, or makes no sense.
    pub(super) fn of(set: &SilenceSet) -> Option<Self> {
        let (from_ms, until_ms) = (ms_of(&set.from)?, ms_of(&set.until)?);
        match Matchers::try_from(set.matches.clone()) {
            Ok(matches) => (until_ms > from_ms).then_some(Self { matches, from_ms, until_ms }),
            Err(error) => {
                tracing::warn!(silence = set.silence, %error, "a silence that matches nothing");
                None
            }
        }
    }
}

/// What holds messages back at a moment.
pub(super) struct Holds<'a> {
    silences: Vec<(&'a String, &'a Silence)>,
    /// A rule, and the open alerts that it begins with, by the values that must be equal.
    inhibitors: Vec<(&'a Inhibit, BTreeMap<Vec<&'a str>, &'a Notice>)>,
}

impl<'a> Holds<'a> {
    pub(super) fn at(
        now_ms: i64,
        silences: &'a BTreeMap<String, Silence>,
        rules: &'a [Inhibit],
        open: &'a BTreeMap<String, Notice>,
    ) -> Self {
        let is_on = |silence: &Silence| silence.from_ms <= now_ms && now_ms < silence.until_ms;
        let silences = silences.iter().filter(|(_, silence)| is_on(silence)).collect();
        let sources = |rule: &'a Inhibit| {
            let mut by_values: BTreeMap<Vec<&str>, &Notice> = BTreeMap::new();
            for notice in open.values().filter(|notice| rule.by == notice.kind) {
                by_values.insert(values(rule, notice), notice);
            }
            (rule, by_values)
        };
        Self { silences, inhibitors: rules.iter().map(sources).collect() }
    }

    /// What holds a notice back, if anything.
    pub(super) fn of(&self, notice: &Notice) -> Option<String> {
        if let Some((name, _)) = self.silences.iter().find(|(_, silence)| silence.matches.match_notice(notice)) {
            return Some(format!("silence {name}"));
        }
        self.inhibitors.iter().find_map(|(rule, by_values)| {
            if !rule.holds.contains(&notice.kind) {
                return None;
            }
            let source = by_values.get(&values(rule, notice))?;
            (source.key() != notice.key()).then(|| source.alert.clone())
        })
    }
}

fn values<'n>(rule: &Inhibit, notice: &'n Notice) -> Vec<&'n str> {
    rule.equal.iter().map(|label| notice.label(label).unwrap_or_default()).collect()
}
