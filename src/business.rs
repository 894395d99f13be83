//! The configuration of the business, from its files: `business.toml`, and `alerts.toml` for how alerts are raised.

use crate::line;
use nexusflow_domain::Business;
use nexusflow_domain::alert::Alerting;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// What holds without the files.
const BUILT_IN: &str = include_str!("../config/business.toml");
const BUILT_IN_ALERTS: &str = include_str!("../config/alerts.toml");

/// Why the configuration of the business can't be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BusinessError {
    #[error("{}: {cause}", path.display())]
    Read { path: PathBuf, cause: std::io::Error },
    #[error("{}: {cause}", path.display())]
    Content { path: PathBuf, cause: toml::de::Error },
    #[error("{}, line {line}: {key} {says}", path.display())]
    Meaning { path: PathBuf, line: usize, key: String, says: String },
}

/// The configuration and a digest of it, which tells one version from another.
pub(crate) fn load(path: &Path, alerts: &Path) -> Result<(Business, String), BusinessError> {
    let text = read(path, BUILT_IN)?;
    let mut business: Business =
        toml::from_str(&text).map_err(|cause| BusinessError::Content { path: path.to_owned(), cause })?;
    let wrong = |path: &Path, text: &str, key: &str, says: &str| {
        let line = line::of(text, key);
        Err(BusinessError::Meaning { path: path.to_owned(), line, key: key.to_owned(), says: says.to_owned() })
    };
    // History that was written before there was such a section does without; what is configured now does not.
    business.identity.get_or_insert_default();
    if business.alerting != Alerting::default() {
        return wrong(path, &text, "alerting", "has a file of its own, alerts.toml: move it there");
    }
    if let Err(fault) = business.voice.check() {
        return wrong(path, &text, &fault.path, &fault.says);
    }
    if let Err(fault) = business.health.check() {
        return wrong(path, &text, &fault.path, &fault.says);
    }
    let text = read(alerts, BUILT_IN_ALERTS)?;
    business.alerting =
        toml::from_str(&text).map_err(|cause| BusinessError::Content { path: alerts.to_owned(), cause })?;
    if let Err(fault) = business.alerting.check() {
        return wrong(alerts, &text, &fault.path, &fault.says);
    }
    // Of the content, not of the text: a comment is no new version.
    let content = serde_json::to_vec(&business).unwrap_or_default();
    let digest: String = Sha256::digest(&content).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    Ok((business, digest))
}

fn read(path: &Path, built_in: &str) -> Result<String, BusinessError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(built_in.to_owned()),
        Err(cause) => Err(BusinessError::Read { path: path.to_owned(), cause }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nexusflow_domain::retention::health::HealthConfig;
    use nexusflow_domain::retention::health::indicators::INDICATORS;

    fn said(alerts: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let (business, path) = (folder.path().join("business.toml"), folder.path().join("alerts.toml"));
        std::fs::write(&path, alerts).unwrap();
        load(&business, &path).unwrap_err().to_string()
    }

    #[test]
    fn what_is_built_in_is_good_and_says_every_section() {
        let nowhere = Path::new("/nowhere");
        let (business, _) = load(nowhere, nowhere).unwrap();
        assert_eq!(business.alerting.calendars.len(), 2);
        let sections = serde_json::to_value(&business.alerting).unwrap();
        for (section, value) in sections.as_object().unwrap() {
            assert!(value.as_array().is_none_or(|list| !list.is_empty()), "config/alerts.toml has no {section}");
            let heads = [format!("\n[{section}]\n"), format!("\n[[{section}]]\n")];
            assert!(heads.iter().any(|head| BUILT_IN_ALERTS.contains(head)), "config/alerts.toml has no {section}");
            for key in value.as_object().into_iter().flat_map(|table| table.keys()) {
                assert!(BUILT_IN_ALERTS.contains(&format!("\n{key} = ")), "config/alerts.toml: {section}.{key}");
            }
        }
    }

    #[test]
    fn a_mistake_about_the_voice_is_answered_with_file_line_and_key() {
        let folder = tempfile::tempdir().unwrap();
        let (path, alerts) = (folder.path().join("business.toml"), folder.path().join("alerts.toml"));
        let said = |text: &str| {
            std::fs::write(&path, text).unwrap();
            load(&path, &alerts).unwrap_err().to_string()
        };
        let theme = "[[voice.theme]]\nname = \"a\"\nwords = [\"b\"]\n\n";
        let error = said(&format!("{theme}[[voice.theme]]\nname = \"c\"\nwords = []\n"));
        assert!(error.contains("business.toml, line 7: voice.theme[1].words has no words"), "{error}");
        let error = said("[voice]\nreview_days = 14\ntheme_sure_milli = 2000\n");
        assert!(error.contains("line 3: voice.theme_sure_milli"), "{error}");
        let error = said("[voice]\nmornings = false\n");
        assert!(error.contains("line 2") && error.contains("mornings"), "{error}");
        let error = said("[[voice.competitor]]\nname = \"A\"\n[[voice.competitor]]\nname = \"a\"\n");
        assert!(error.contains("line 4: voice.competitor[1].name"), "{error}");
    }

    #[test]
    fn what_is_built_in_says_every_indicator_as_it_is_without_the_file() {
        let text = BUILT_IN.replace("[health.kind", "[nothing.kind");
        let (_, health) = text.split_once("\n[health]\n").unwrap();
        let table: toml::Table = toml::from_str(&format!("[health]\n{health}")).unwrap();
        let said: HealthConfig = table["health"].clone().try_into().unwrap();
        assert_eq!(said.check(), Ok(()));
        assert_eq!(said.scale(None), HealthConfig::default().scale(None));
        assert_eq!(
            (said.edges_milli(), said.dead_zone_milli(), said.coverage_min_bp()),
            (HealthConfig::default().edges_milli(), HealthConfig::default().dead_zone_milli(), 2_000)
        );
        let names = table["health"]["indicators"].as_table().unwrap();
        for indicator in &INDICATORS {
            let own = names[&indicator.key.replace('.', "_")].as_table().unwrap();
            assert!(own.contains_key("weight") && own.contains_key("curve"), "{}", indicator.key);
            assert_eq!(own.contains_key("valid_days"), indicator.valid_days.is_some(), "{}", indicator.key);
        }
        assert_eq!(names.len(), INDICATORS.len());
    }

    fn said_of_business(text: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("business.toml");
        std::fs::write(&path, text).unwrap();
        load(&path, Path::new("/nowhere")).unwrap_err().to_string()
    }

    #[test]
    fn a_mistake_about_health_is_answered_with_line_and_key() {
        let mistakes = [
            (
                "[health]\nnps = 12\n",
                "line 2: health.nps is said in another way now: under [health.indicators] write nps = { weight = 12 }",
            ),
            (
                "[health.indicators]\ncsat = { weight = 5 }\nsmile = { weight = 1 }\n",
                "line 3: health.indicators.smile is no indicator; there are order_recency",
            ),
            (
                "[health.indicators]\ncsat = { weight = 5 }\nnps = { curve = [[0, 0]] }\n",
                "line 3: health.indicators.nps.curve has 1 points",
            ),
            ("[health.indicators]\nnps = { curve = [[0, 0], [10, 1001]] }\n", "gives 10 the value 1001"),
            (
                "[health.indicators]\ntickets_open = { valid_days = 5 }\n",
                "line 2: health.indicators.tickets_open.valid_days means nothing here",
            ),
            (
                "[health.kind.business]\nnps = { weight = 1001 }\n",
                "line 2: health.kind.business.nps.weight is 1001, and must be from 0 to 1000",
            ),
            ("[health]\nbands = [40, 40, 80]\n", "line 2: health.bands must be three numbers that rise"),
            ("[health]\n\ndead_zone = 10\n", "line 3: health.dead_zone must be less than half"),
            ("[health]\ncoverage_min_bp = 10001\n", "line 2: health.coverage_min_bp is 10001"),
        ];
        for (text, says) in mistakes {
            let error = said_of_business(text);
            assert!(error.contains(says), "{text} says: {error}");
        }
        let error = said_of_business("[health]\nbends = [1, 2, 3]\n");
        assert!(error.contains("line 2") && error.contains("bends"), "{error}");
    }

    #[test]
    fn a_mistake_is_answered_with_file_line_and_key() {
        let error = said("[[policy]]\nname = \"a\"\nfirst_reply_min = 5\n# Which hours?\ncalendar = \"offce\"\n");
        assert!(error.contains("alerts.toml, line 5: policy[0].calendar names the calendar \"offce\""), "{error}");
        // What is not said is told by what it is missing in.
        let error = said("[thresholds]\nhealth_drop = 3\n\n[[policy]]\nname = \"none\"\n");
        assert!(error.contains("line 4: policy[0] has no target"), "{error}");
        // What can't be read at all is told by the parser.
        let error =
            said("[[calendar]]\nname = \"a\"\ntime_zone = \"UTC\"\nmonday = [\"09:00-14:00\",\n  \"13:00-15:00\"]\n");
        assert!(error.contains("line 4") && error.contains("overlap") && error.contains("monday"), "{error}");
        let error = said("[[calendar]]\nname = \"a\"\ntime_zone = \"UTC\"\nfriday = [\"9-17\"]\n");
        assert!(error.contains("line 4") && error.contains("\"09:00-17:30\""), "{error}");
        let error = said("[[rule]]\nkind = \"delay\"\nseverty = \"S1\"\n");
        assert!(error.contains("line 3") && error.contains("severty"), "{error}");
        let error = said("[[ladder]\n");
        assert!(error.contains("line 1"), "{error}");
    }
}
