//! What is signed is believed, and nothing else is: not with a bit flipped, not with another secret, not too late.

use crate::fixture::{SECRETS, arrival, now, open};
use crate::sign::{Message, sign};
use bytes::Bytes;
use nexusflow_connectors::arrival::Headers;
use nexusflow_connectors::hook::{Request, Unverified, Verify};
use nexusflow_connectors::source::{CONNECTORS, Sample, Way};
use nexusflow_model::Timestamp;
use proptest::prelude::*;

const URL: &str = "https://hooks.example.com";
/// Systems whose signature says nothing of when: what is sent again counts once by its ids.
const TIMELESS: [&str; 5] = ["shopify", "intercom", "typeform", "twilio", "segment"];

/// A webhook, and what its system signed.
struct Hook {
    kind: &'static str,
    verify: Box<dyn Verify>,
    path: String,
    headers: Headers,
    body: Bytes,
}

impl Hook {
    fn new(kind: &'static str, verify: Box<dyn Verify>, sample: &Sample, secret: &str) -> Self {
        let arrival = arrival(sample, now());
        let path = format!("/hooks/{kind}");
        let message = Message { url: URL, path: &path, body: &arrival.body, at_ms: now().as_ms() };
        let proof = sign(kind, secret, &message);
        let proof = proof.unwrap_or_else(|| panic!("{kind} is a webhook: say in sign.rs how it signs"));
        let proof = proof.into_iter().map(|(name, value)| (name.to_owned(), value));
        let headers = arrival.headers.into_iter().chain(proof).collect();
        Self { kind, verify, path, headers, body: arrival.body }
    }

    fn ask(&self, headers: &Headers, body: &Bytes, at: Timestamp) -> Result<(), Unverified> {
        let request = Request { method: "POST", path: &self.path, public_url: URL, headers, body, at };
        assert_eq!(self.verify.greet(&request), None, "{}: a message is taken for a greeting", self.kind);
        self.verify.verify(&request)
    }
}

/// Every webhook with its first sample, signed with `secret`.
fn hooks(secret: &str) -> Vec<Hook> {
    let hook = |connector: &&'static nexusflow_connectors::source::Connector| match open(connector).way {
        Way::Hook(verify) => Some(Hook::new(connector.kind, verify, &connector.samples[0], secret)),
        Way::Read(_) => None,
    };
    CONNECTORS.iter().filter_map(hook).collect()
}

#[test]
fn both_secrets_hold_and_no_other_does() {
    for secret in SECRETS {
        for hook in hooks(secret) {
            assert_eq!(hook.ask(&hook.headers, &hook.body, now()), Ok(()), "{}", hook.kind);
        }
    }
    for hook in hooks("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA") {
        assert_eq!(hook.ask(&hook.headers, &hook.body, now()), Err(Unverified::Wrong), "{}", hook.kind);
    }
}

#[test]
fn every_sample_is_believed_as_its_system_signs_it() {
    for connector in CONNECTORS {
        for sample in connector.samples {
            if let Way::Hook(verify) = open(connector).way {
                let hook = Hook::new(connector.kind, verify, sample, SECRETS[0]);
                assert_eq!(hook.ask(&hook.headers, &hook.body, now()), Ok(()), "{}: {}", hook.kind, sample.what);
            }
        }
    }
}

/// The fields of a form, as far as a signature of it goes: `%2B` and `%2b` are the same.
fn fields(body: &[u8]) -> Vec<(String, String)> {
    let mut fields: Vec<_> = url::form_urlencoded::parse(body).into_owned().collect();
    fields.sort();
    fields
}

#[test]
fn a_flipped_bit_of_the_body_is_refused() {
    for hook in hooks(SECRETS[0]) {
        for bit in 0..hook.body.len() * 8 {
            let mut body = hook.body.to_vec();
            body[bit / 8] ^= 1 << (bit % 8);
            if hook.kind == "twilio" && fields(&body) == fields(&hook.body) {
                continue;
            }
            let answer = hook.ask(&hook.headers, &body.into(), now());
            assert_eq!(answer, Err(Unverified::Wrong), "{}: bit {bit}", hook.kind);
        }
    }
}

#[test]
fn a_flipped_bit_of_what_proves_it_is_refused() {
    for hook in hooks(SECRETS[0]) {
        let is_proof = |name: &&String| !["content-type", "x-shopify-topic"].contains(&name.as_str());
        for name in hook.headers.keys().filter(is_proof) {
            let value = hook.headers[name].as_bytes();
            for bit in 0..value.len() * 8 {
                let mut flipped = value.to_vec();
                flipped[bit / 8] ^= 1 << (bit % 8);
                // What is no text is no header, and hexadecimal has no case.
                let Ok(flipped) = String::from_utf8(flipped) else { continue };
                let is_hex = ["hmac", "stripe", "intercom", "segment"].contains(&hook.kind);
                if is_hex && flipped.as_bytes().eq_ignore_ascii_case(value) {
                    continue;
                }
                let mut headers = hook.headers.clone();
                headers.insert(name.clone(), flipped);
                assert!(hook.ask(&headers, &hook.body, now()).is_err(), "{}: {name}: bit {bit}", hook.kind);
            }
            let mut headers = hook.headers.clone();
            headers.remove(name);
            let answer = hook.ask(&headers, &hook.body, now());
            assert_eq!(answer, Err(Unverified::Missing(name.clone())), "{}", hook.kind);
            headers.insert(name.clone(), String::new());
            assert!(hook.ask(&headers, &hook.body, now()).is_err(), "{}: {name} is empty", hook.kind);
        }
    }
}

#[test]
fn what_is_too_old_or_from_the_future_is_refused_where_the_time_is_signed() {
    for hook in hooks(SECRETS[0]) {
        let is_timeless = TIMELESS.contains(&hook.kind);
        for (minutes, is_recent) in [(-6, false), (-4, true), (4, true), (6, false)] {
            let at = now().plus_ms(minutes * 60_000);
            let expected = if is_recent || is_timeless { Ok(()) } else { Err(Unverified::Time) };
            assert_eq!(hook.ask(&hook.headers, &hook.body, at), expected, "{}: {minutes} minutes", hook.kind);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Random values in the headers that prove something, and random bodies.
    #[test]
    fn nothing_random_is_believed(
        body in proptest::collection::vec(any::<u8>(), 0..200),
        value in "(v1,|v1=|t=[0-9]{1,12},v1=|sha1=|sha256=|v0=)?[A-Za-z0-9+/=]{0,64}|\\PC{0,40}",
        other in "[0-9]{0,20}|\\PC{0,20}",
    ) {
        for hook in hooks(SECRETS[0]) {
            for name in hook.headers.keys() {
                for replace_all in [false, true] {
                    let mut headers = hook.headers.clone();
                    if replace_all {
                        headers.values_mut().for_each(|old| old.clone_from(&other));
                    }
                    headers.insert(name.clone(), value.clone());
                    let answer = hook.ask(&headers, &body.clone().into(), now());
                    prop_assert!(answer.is_err(), "{}", hook.kind);
                }
            }
        }
    }
}
