//! What webhooks say, word by word: the events of every sample as they stand in the log.

use crate::fixture::{arrival, now, open};
use nexusflow_connectors::source::{CONNECTORS, Way};
use nexusflow_model::cloudevents::encode;

#[test]
fn samples_are_these_events() {
    for connector in CONNECTORS {
        let opened = open(connector);
        if matches!(opened.way, Way::Read(_)) {
            continue;
        }
        let mut text = String::new();
        for sample in connector.samples {
            text += &format!("# {}\n", sample.what);
            for incoming in opened.decoder.decode(&arrival(sample, now())) {
                let json = incoming.event.map(|envelope| encode(&envelope)).unwrap();
                text += &format!("{}\n", String::from_utf8(json).unwrap());
            }
        }
        insta::with_settings!({prepend_module_to_snapshot => false, omit_expression => true}, {
            insta::assert_snapshot!(connector.kind, text);
        });
    }
}
