//! Slack, mail, tests, what a target asks for, what is given up, and what a set-up is told.

use crate::harness::{SOON, eventually, free_port};
use crate::server::{Mood, Server};
use crate::smtp::MailServer;
use crate::wire::{Wire, configured, webhook};
use nexusflow_log::Outcome;
use serde_json::json;

#[test]
fn slack_and_mail_say_what_happened_and_where_to_look() {
    let slack = Server::start(free_port(), Mood::Good);
    let mail = MailServer::start(free_port());
    let targets = format!(
        "[[notify.target]]\nname = \"channel\"\nkind = \"slack\"\nurl_file = \"slack-url\"\nwhen = \"always\"\n\
         [[notify.target]]\nname = \"mail\"\nkind = \"email\"\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\nwhen = \"always\"\n\
         user = \"flow\"\npassword_env = \"MAIL_PASSWORD\"\nfrom = \"NexusFlow <flow@example.org>\"\nto = [\"cx@example.org\", \"b@example.org\"]\n",
        mail.port
    );
    let mut nexusflow = configured(&targets, "group_wait_s = 0");
    nexusflow.set_outside("MAIL_PASSWORD", "secret of a test");
    std::fs::write(nexusflow.folder().join("slack-url"), format!("{}\n", slack.url())).unwrap();
    let nats = nexusflow.nats();
    let worker = nexusflow.spawn("worker", &["worker"]);
    let wire = Wire::to(&nexusflow);
    wire.is_told();
    mail.refuse(2);
    wire.notice(
        "c-<1>",
        "raised",
        &json!({"why": "CSAT 1 & \"bad\" <of> 5", "due_at": "2026-03-02T12:00:00Z", "alert": "recovery:c-1:a/b"}),
    );
    let said = eventually(SOON, "Slack is told", || slack.taken().pop().ok_or_else(|| nexusflow.logs()));
    let (text, block) = (said.json()["text"].clone(), said.json()["blocks"][0]["text"]["text"].clone());
    assert_eq!(text, "S2 recovery: CSAT 1 &amp; \"bad\" &lt;of&gt; 5");
    let link = "https://flow.example.org/alerts/c-%3C1%3E/recovery:c-1:a%2Fb";
    assert!(block.as_str().unwrap().contains(&format!("<{link}|open>")), "{block}");
    let letters = eventually(SOON, "mail is there", || {
        if mail.taken().is_empty() { Err(nexusflow.logs()) } else { Ok(mail.taken()) }
    });
    let [letter] = &letters[..] else { panic!("{letters:?}") };
    assert_eq!(letter.to, ["<cx@example.org>", "<b@example.org>"]);
    let id = wire.newest(10, "mail")[0].id.clone();
    assert!(letter.text.contains(&format!("Message-ID: <{id}@example.org>")), "{}", letter.text);
    for part in [
        "Subject: S2 recovery: CSAT 1 & \"bad\" <of> 5",
        "Auto-Submitted: auto-generated",
        "for c-<1>",
        "due 2026-03-02T12",
        link,
    ] {
        assert!(letter.text.replace("=\r\n", "").replace("=3D", "=").contains(part), "{part}: {}", letter.text);
    }
    assert_eq!(letter.user, "flow secret of a test");
    // It was refused twice before, with the same id.
    let attempts: Vec<_> =
        wire.newest(10, "mail").iter().map(|entry| (entry.outcome, entry.status, entry.attempt)).collect();
    let expected =
        [(Outcome::Delivered, Some(250), 3), (Outcome::Failed, Some(451), 2), (Outcome::Failed, Some(451), 1)];
    assert_eq!(attempts, expected);
    assert!(!nexusflow.logs().contains("secret of a test"));
    worker.stop();
    nats.stop();
}

#[test]
fn a_test_is_sent_at_once_even_to_a_target_that_is_left_alone() {
    let server = Server::start(free_port(), Mood::Says(500, "retry-after: 3600\r\n"));
    let nexusflow = configured(&webhook("crm", &server.url()), "group_wait_s = 0");
    let nats = nexusflow.nats();
    let worker = nexusflow.spawn("worker", &["worker"]);
    let wire = Wire::to(&nexusflow);
    wire.is_told();
    wire.notice("c-1", "raised", &json!({}));
    // The target says itself that it wants to be left alone for an hour.
    eventually(SOON, "it is left alone", || match wire.target("crm").state.as_str() {
        "open" => Ok(()),
        other => Err(other.to_owned()),
    });
    assert_eq!(server.requests().len(), 1);
    let outcome = |id: &str| {
        eventually(SOON, "it says what became of the test", || {
            let found = wire.newest(100, "crm").into_iter().find(|entry| entry.id == id);
            found.map(|entry| (entry.outcome, entry.what)).ok_or_else(|| nexusflow.logs())
        })
    };
    let failed = wire.test("crm");
    assert_eq!(outcome(&failed), (Outcome::GivenUp, "test".to_owned()));
    // Somebody mends it, and tries.
    server.set(Mood::Good);
    let id = wire.test("crm");
    assert_eq!(outcome(&id), (Outcome::Delivered, "test".to_owned()));
    let arrived = server.taken();
    assert_eq!((arrived[0].id(), &arrived[0].json()["type"]), (id.as_str(), &json!("test")));
    eventually(SOON, "no test waits", || match wire.target("crm") {
        // The first message is to be tried again in an hour, as the target wished.
        state if state.waiting == 1 && state.state == "closed" => Ok(()),
        state => Err(format!("{state:?}")),
    });
    assert_eq!(server.requests().iter().filter(|request| request.id() == id).count(), 1, "a test was sent twice");
    worker.stop();
    nats.stop();
}

#[test]
fn what_is_never_taken_is_given_up_and_kept() {
    let server = Server::start(free_port(), Mood::Says(422, ""));
    let mut nexusflow = configured(&webhook("crm", &server.url()), "group_wait_s = 0");
    nexusflow.set("NOTIFY__GIVE_UP_AFTER_MS", "400");
    let nats = nexusflow.nats();
    let worker = nexusflow.spawn("worker", &["worker"]);
    let wire = Wire::to(&nexusflow);
    wire.is_told();
    wire.notice("c-1", "raised", &json!({}));
    eventually(SOON, "it is given up", || {
        let newest = wire.newest(1, "crm");
        if newest.first().is_some_and(|entry| entry.outcome == Outcome::GivenUp) {
            Ok(())
        } else {
            Err(format!("{newest:?}"))
        }
    });
    assert!(server.requests().len() > 3);
    assert_eq!((wire.holds("NEXUSFLOW_DEAD"), wire.holds("NEXUSFLOW_DELIVERIES")), (1, 0));
    // That it does not take one message says nothing of others.
    assert_eq!(wire.target("crm").state, "closed");
    server.set(Mood::Says(302, "location: http://127.0.0.1:1/\r\n"));
    wire.notice("c-2", "raised", &json!({}));
    eventually(SOON, "a redirect is not followed", || match wire.newest(1, "crm").first() {
        Some(entry) if entry.detail.as_deref() == Some("answered 302: redirects are not followed") => Ok(()),
        other => Err(format!("{other:?}")),
    });
    worker.stop();
    nats.stop();
}

#[test]
fn a_set_up_that_cannot_work_is_told_so_before_it_runs() {
    let nexusflow = configured(&webhook("crm", "https://127.0.0.1:1/in"), "");
    assert!(nexusflow.run_well(&["config", "check"]).contains("good"));
    let shown = nexusflow.run_well(&["config", "show"]);
    assert!(shown.contains("127.0.0.1:1 (its path is not shown)") && !shown.contains("/in"), "{shown}");
    let doctor = nexusflow.run(&["doctor"]);
    let doctor = String::from_utf8_lossy(&doctor.stdout);
    assert!(doctor.contains("target crm: 127.0.0.1:1 can't be reached"), "{doctor}");
    std::fs::write(nexusflow.folder().join("secret"), "not a good secret").unwrap();
    for command in [&["config", "check"][..], &["worker"], &["up"]] {
        let output = nexusflow.run(command);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            !output.status.success() && said.contains("notify.target \"crm\"") && said.contains("whsec_"),
            "{said}"
        );
        assert!(!said.contains("not a good secret"));
    }
    let file = nexusflow.folder().join("config/nexusflow.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("https://127.0.0.1:1/in", "http://example.org/in")).unwrap();
    let output = nexusflow.run(&["config", "check"]);
    let said = String::from_utf8_lossy(&output.stderr);
    let line = 1 + text.lines().position(|line| line.starts_with("url")).unwrap();
    assert!(said.contains(&format!("line {line}")) && said.contains("https"), "{said}");
}
