//! What is listened for in what customers write: `[voice]` of `config/business.toml`.

use crate::alert::Fault;
use crate::voice::names::Names;
use nexusflow_learn::themes;
use nexusflow_model::Label;
use nexusflow_model::partition::hash_of;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Themes that can be configured at the most: each is counted in every pane.
pub const THEMES_MAX: usize = 64;
/// Competitors that can be configured at the most.
pub const COMPETITORS_MAX: usize = 64;

/// What is listened for, as it is written, and made ready for looking.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub struct Voice {
    /// As it is written.
    written: Arc<Written>,
    names: Arc<Names>,
    seeds: Arc<Seeds>,
}

/// The themes as their seed words have them.
#[derive(Debug)]
struct Seeds {
    /// Tells these seeds from others.
    version: String,
    model: themes::Model,
}

/// `[voice]`, as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Written {
    /// What we and our products are called: a competitor's name within one of these is none.
    pub own_names: Vec<Label>,
    /// How sure a theme must be to be counted, in thousandths.
    pub theme_sure_milli: u16,
    /// For how many days a text that is hard to judge waits to be looked at.
    pub review_days: u16,
    /// Whether the models learn from what people correct.
    pub learn: bool,
    /// What texts may be about.
    #[serde(rename = "theme")]
    pub themes: Vec<Theme>,
    /// Who else is in the market.
    #[serde(rename = "competitor")]
    pub competitors: Vec<Competitor>,
}

/// Something that texts may be about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Theme {
    /// Its name, as corrections say it.
    pub name: Label,
    /// Words and phrases that speak of it.
    pub words: Vec<Label>,
}

/// Somebody else in the market.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Competitor {
    /// The name.
    pub name: Label,
    /// What else they are called.
    #[serde(default)]
    pub aliases: Vec<Label>,
    /// Phrases with the name in them that mean something else.
    #[serde(default)]
    pub unless: Vec<Label>,
}

impl Default for Written {
    fn default() -> Self {
        Self {
            own_names: Vec::new(),
            theme_sure_milli: 300,
            review_days: 14,
            learn: true,
            themes: Vec::new(),
            competitors: Vec::new(),
        }
    }
}

impl Default for Voice {
    fn default() -> Self {
        Written::default().into()
    }
}

impl PartialEq for Voice {
    fn eq(&self, other: &Self) -> bool {
        self.written == other.written
    }
}

impl From<Written> for Voice {
    fn from(written: Written) -> Self {
        let words = |theme: &Theme| theme.words.iter().map(ToString::to_string).collect::<Vec<_>>();
        let lists: Vec<(String, Vec<String>)> =
            written.themes.iter().map(|theme| (theme.name.to_string(), words(theme))).collect();
        let refs: Vec<(&str, Vec<&str>)> =
            lists.iter().map(|(name, words)| (name.as_str(), words.iter().map(String::as_str).collect())).collect();
        let themes: Vec<(&str, &[&str])> = refs.iter().map(|(name, words)| (*name, words.as_slice())).collect();
        // Not of the order of keys in a file, but of what is meant.
        let told = lists.iter().flat_map(|(name, words)| std::iter::once(name).chain(words));
        let version = format!("seeds-{:08x}", hash_of(&told.map(String::as_str).collect::<Vec<_>>().join("\n")) as u32);
        let seeds = Seeds { version, model: themes::Model::empty(&themes) };
        let names = Names::new(&written.own_names, &written.competitors);
        Self { written: Arc::new(written), names: Arc::new(names), seeds: Arc::new(seeds) }
    }
}

impl From<Voice> for Written {
    fn from(voice: Voice) -> Self {
        Arc::unwrap_or_clone(voice.written)
    }
}

impl std::ops::Deref for Voice {
    type Target = Written;

    fn deref(&self) -> &Written {
        &self.written
    }
}

impl Voice {
    /// Finds the names of competitors.
    pub(crate) fn names(&self) -> &Names {
        &self.names
    }

    /// What is known of the themes without having learned: their seed words.
    pub(crate) fn seeds(&self) -> &themes::Model {
        &self.seeds.model
    }

    /// Tells these seed words from others.
    pub(crate) fn seeds_version(&self) -> &str {
        &self.seeds.version
    }

    /// The first mistake there is.
    ///
    /// # Errors
    /// Where it is and how to mend it.
    pub fn check(&self) -> Result<(), Fault> {
        let fault = |path: String, says: String| Err(Fault { path: format!("voice.{path}"), says });
        if self.theme_sure_milli > 1_000 {
            return fault("theme_sure_milli".into(), "is in thousandths: from 0 to 1000".into());
        }
        if !(1..=366).contains(&self.review_days) {
            return fault("review_days".into(), "must lie from 1 to 366".into());
        }
        if self.themes.len() > THEMES_MAX {
            let says =
                format!("is said {} times, {THEMES_MAX} at the most: each is counted in every hour", self.themes.len());
            return fault(format!("theme[{THEMES_MAX}]"), says);
        }
        if self.competitors.len() > COMPETITORS_MAX {
            let says = format!("is said {} times, {COMPETITORS_MAX} at the most", self.competitors.len());
            return fault(format!("competitor[{COMPETITORS_MAX}]"), says);
        }
        self.check_themes()?;
        self.check_competitors()
    }

    fn check_themes(&self) -> Result<(), Fault> {
        let fault = |path: String, says: String| Err(Fault { path: format!("voice.{path}"), says });
        let mut names = BTreeSet::new();
        for (at, theme) in self.themes.iter().enumerate() {
            if !names.insert(theme.name.as_str()) {
                return fault(
                    format!("theme[{at}].name"),
                    format!("{:?} is the name of another theme too", theme.name.as_str()),
                );
            }
            if theme.words.is_empty() {
                let says = "has no words, so that nothing would be of it: give it some, such as words = [\"late\", \"courier\"]";
                return fault(format!("theme[{at}].words"), says.into());
            }
            if let Some(word) = theme.words.iter().find(|word| !word.as_str().chars().any(char::is_alphanumeric)) {
                return fault(
                    format!("theme[{at}].words"),
                    format!("names {:?}, in which there is no word", word.as_str()),
                );
            }
        }
        Ok(())
    }

    fn check_competitors(&self) -> Result<(), Fault> {
        let fault = |path: String, says: String| Err(Fault { path: format!("voice.{path}"), says });
        let own: BTreeSet<Vec<u64>> = self.own_names.iter().map(|name| Names::words(name.as_str())).collect();
        let mut known: BTreeSet<Vec<u64>> = BTreeSet::new();
        for (at, competitor) in self.competitors.iter().enumerate() {
            for (key, name) in std::iter::once(("name", &competitor.name))
                .chain(competitor.aliases.iter().map(|alias| ("aliases", alias)))
            {
                let (path, words) = (format!("competitor[{at}].{key}"), Names::words(name.as_str()));
                if words.is_empty() {
                    return fault(path, format!("names {:?}, in which there is no word", name.as_str()));
                }
                if own.contains(&words) {
                    return fault(path, format!("names {:?}, which is one of own_names", name.as_str()));
                }
                if !known.insert(words) {
                    let says = format!("names {:?}, which is said of a competitor already", name.as_str());
                    return fault(path, says);
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(json: serde_json::Value) -> String {
        let voice: Voice = serde_json::from_value(json).unwrap();
        let Fault { path, says } = voice.check().unwrap_err();
        format!("{path} {says}")
    }

    #[test]
    fn mistakes_are_told_with_the_key() {
        use serde_json::json;
        let themes = |themes: serde_json::Value| fault(json!({"theme": themes}));
        assert!(themes(json!([{"name": "a", "words": []}])).starts_with("voice.theme[0].words has no words"));
        assert!(themes(json!([{"name": "a", "words": ["!?"]}])).contains("no word"));
        let twice = json!([{"name": "a", "words": ["b"]}, {"name": "a", "words": ["c"]}]);
        assert!(themes(twice).starts_with("voice.theme[1].name"));
        assert!(fault(json!({"theme_sure_milli": 1001})).contains("thousandths"));
        assert!(fault(json!({"review_days": 0})).contains("review_days"));
        let rivals = json!({"own_names": ["Café Uno"], "competitor": [{"name": "CAFE uno"}]});
        assert!(fault(rivals).contains("own_names"));
        let twice = json!({"competitor": [{"name": "Tosta-Mar"}, {"name": "b", "aliases": ["tosta mar"]}]});
        assert!(fault(twice).starts_with("voice.competitor[1].aliases"));
    }

    #[test]
    fn it_is_written_as_it_was_read() {
        let json = serde_json::json!({"theme": [{"name": "delivery", "words": ["late"]}], "own_names": ["A"]});
        let voice: Voice = serde_json::from_value(json).unwrap();
        let again: Voice = serde_json::from_value(serde_json::to_value(&voice).unwrap()).unwrap();
        assert_eq!(voice, again);
        assert_ne!(voice, Voice::default());
        assert_eq!(voice.seeds_version(), again.seeds_version());
        assert_ne!(voice.seeds_version(), Voice::default().seeds_version());
    }
}
