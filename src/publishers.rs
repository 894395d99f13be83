//! Upstream systems on NexusFlow's own NATS server: each has a user of its own, in an account of its own, from which one subject leads
//! to NexusFlow's and nothing else does.
//!
//! Permissions in one account would not do: who may publish where a stream listens names the subject that its acknowledgement goes to,
//! and the server writes it there with its own rights, into the log too.

use crate::nats_server::NatsError;
use nexusflow_connectors::broker::nats::check_subject;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// The account that NexusFlow's own streams are in where there are others.
const ACCOUNT: &str = "NEXUSFLOW";
/// The account that they are in where there are none: the server's own.
const ONLY_ACCOUNT: &str = "$G";
/// Our user in that account; its password is the token.
pub(crate) const USER: &str = "nexusflow";

/// An upstream system that publishes to NexusFlow's own server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Publisher {
    /// The name of its user.
    pub(crate) name: String,
    /// The one subject that it may publish on; `*` and `>` are allowed.
    pub(crate) subject: String,
    /// A file with its password, or with the bcrypt hash of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) password_file: Option<PathBuf>,
    /// Or its public NKey, which begins with U.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) nkey: Option<String>,
}

/// Whether publishers can be as they are configured.
pub(crate) fn check(publishers: &[Publisher], prefix: &str) -> Result<(), String> {
    let mut names = BTreeSet::new();
    for publisher in publishers {
        let Publisher { name, subject, password_file, nkey } = publisher;
        let wrong = |what: &str| Err(format!("{name:?}: {what}"));
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if name.is_empty() || name.len() > 40 || !name.bytes().all(plain) || name == USER {
            return wrong("name must be 1 to 40 lower-case letters, digits and -, and not that of NexusFlow itself");
        }
        if !names.insert(name) {
            return wrong("there are two of that name");
        }
        if let Err(reason) = check_subject(subject) {
            return wrong(&format!("subject {reason}"));
        }
        if subject.split('.').next() == Some(prefix) {
            return wrong("subject begins like NexusFlow's own");
        }
        let is_key = |key: &String| {
            key.len() == 56 && key.starts_with('U') && key.bytes().all(|b| matches!(b, b'A'..=b'Z' | b'2'..=b'7'))
        };
        match (password_file, nkey) {
            (Some(_), None) => {}
            (None, Some(key)) if is_key(key) => {}
            (None, Some(_)) => {
                return wrong("nkey must be a user's public key: 56 letters and digits that begin with U");
            }
            _ => return wrong("set password_file, or nkey"),
        }
    }
    Ok(())
}

/// Whether NexusFlow's streams are in an account beside others: since the first publisher was configured, and from then on.
pub(crate) fn are_there(publishers: &[Publisher], store: &Path) -> bool {
    !publishers.is_empty() || account(store, ACCOUNT).exists()
}

/// The part of the server's configuration that says who may do what. What was stored before there were publishers moves with us.
pub(crate) fn configuration(publishers: &[Publisher], token: &str, store: &Path) -> Result<String, NatsError> {
    if !are_there(publishers, store) {
        return Ok(format!("authorization {{ token: {token:?} }}\n"));
    }
    let (before, now) = (account(store, ONLY_ACCOUNT), account(store, ACCOUNT));
    if before.exists() && !now.exists() {
        std::fs::rename(&before, &now).map_err(|cause| NatsError::File { path: before, cause })?;
    }
    let subjects: BTreeSet<&str> = publishers.iter().map(|publisher| publisher.subject.as_str()).collect();
    let exports: Vec<String> = subjects.iter().map(|subject| format!("{{ service: {subject:?} }}")).collect();
    let mut text = format!(
        "accounts {{\n  {ACCOUNT} {{\n    jetstream: enabled\n    users: [ {{ user: {USER:?}, password: {token:?} }} ]\n    exports: [ {} ]\n  }}\n",
        exports.join(", ")
    );
    for publisher in publishers {
        let Publisher { name, subject, .. } = publisher;
        // Answers come to inboxes, which nobody else is in the account to listen to.
        let rights = format!("permissions: {{ publish: [{subject:?}], subscribe: [\"_INBOX.>\"] }}");
        let user = format!("{{ {}, {rights} }}", proof(publisher)?);
        let import = format!("{{ service: {{ account: {ACCOUNT}, subject: {subject:?} }} }}");
        // Writing to a text can't fail.
        let _written =
            write!(text, "  \"publisher-{name}\" {{\n    users: [ {user} ]\n    imports: [ {import} ]\n  }}\n");
    }
    text.push_str("}\n");
    Ok(text)
}

/// How a publisher proves that it is who it says.
fn proof(publisher: &Publisher) -> Result<String, NatsError> {
    let Publisher { name, password_file, nkey, .. } = publisher;
    let Some(path) = password_file else { return Ok(format!("nkey: {:?}", nkey.as_deref().unwrap_or_default())) };
    let read = std::fs::read_to_string(path).map_err(|cause| NatsError::File { path: path.clone(), cause })?;
    match read.trim() {
        "" => Err(NatsError::File { path: path.clone(), cause: std::io::Error::other("the password is empty") }),
        password => Ok(format!("user: {name:?}, password: {password:?}")),
    }
}

fn account(store: &Path, name: &str) -> PathBuf {
    store.join("jetstream").join(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn publisher(name: &str, subject: &str) -> Publisher {
        Publisher {
            name: name.into(),
            subject: subject.into(),
            password_file: None,
            nkey: Some(format!("U{}", "A".repeat(55))),
        }
    }

    #[test]
    fn a_publisher_stays_out_of_what_is_not_its_own() {
        let check = |publishers: &[Publisher]| check(publishers, "nexusflow");
        assert_eq!(check(&[publisher("shop", "shop.>"), publisher("crm", "crm.*.events")]), Ok(()));
        let nobody = Publisher { nkey: None, ..publisher("shop", "shop.>") };
        let short = Publisher { nkey: Some("UABC".into()), ..publisher("shop", "shop.>") };
        for (publishers, told) in [
            (vec![publisher("shop", "nexusflow.log.0")], "NexusFlow's own"),
            (vec![publisher("shop", ">")], "must begin with a word"),
            (vec![publisher("shop", "$JS.API.>")], "must begin with a word"),
            (vec![publisher("nexusflow", "shop.>")], "name must be"),
            (vec![publisher("a \" }", "shop.>")], "name must be"),
            (vec![publisher("shop", "a.>"), publisher("shop", "b.>")], "two of that name"),
            (vec![nobody], "set password_file, or nkey"),
            (vec![short], "public key"),
        ] {
            let error = check(&publishers).unwrap_err();
            assert!(error.contains(told), "{publishers:?}: {error}");
        }
    }
}
