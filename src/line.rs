//! On which line of a TOML file a key stands.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The line, from 1, of a key such as `policy[2].calendar`; of what it is missing in where it is not said; 1 where nothing is.
pub(crate) fn of(text: &str, path: &str) -> usize {
    let Ok(document) = DeTable::parse(text) else { return 1 };
    let mut at = 0;
    let mut table = Some(document.get_ref());
    for step in path.split('.') {
        let (key, place) = match step.split_once('[') {
            Some((key, place)) => (key, place.trim_end_matches(']').parse::<usize>().ok()),
            None => (step, None),
        };
        let Some((name, value)) = table.and_then(|table| table.get_key_value(key)) else { break };
        at = name.span().start;
        let found = match place {
            None => Some(value),
            Some(place) => value.get_ref().get(place),
        };
        let Some(found) = found else { break };
        if place.is_some() {
            at = start(found);
        }
        table = found.get_ref().as_table();
    }
    text.get(..at).unwrap_or_default().matches('\n').count() + 1
}

fn start(value: &Spanned<DeValue<'_>>) -> usize {
    value.span().start
}

#[cfg(test)]
mod tests {
    #[test]
    fn keys_are_found_where_they_stand() {
        let text = "# about\n[notify]\nunseen_s = 1\n\n[[policy]]\nname = \"a\"\n[[policy]]\nname = \"b\"\nwhen = {\n  tier = [\"x\"] }\n";
        let lines = [
            ("notify", 2),
            ("notify.unseen_s", 3),
            ("notify.digest_at", 2),
            ("policy[0]", 5),
            ("policy[0].calendar", 5),
            ("policy[1].name", 8),
            ("policy[1].when.tier", 10),
            ("ladder[0]", 1),
        ];
        for (path, line) in lines {
            assert_eq!(super::of(text, path), line, "{path}");
        }
    }
}
