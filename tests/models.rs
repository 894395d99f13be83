//! A model from a file of labelled texts to the texts that it judges, in every partition, and still after a crash.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod harness;

use harness::{Nexusflow, SOON, eventually};
use serde_json::{Value, json};
use std::fmt::Write;

/// Customers enough to be in every partition.
const CUSTOMERS: usize = 24;

/// Texts in words that no lexicon has: whoever judges them has learned it here.
fn labelled() -> String {
    let mut file = String::from("what,stars\n");
    for at in 0..60 {
        let machine = ["grinder", "kettle", "boiler", "pump", "filter"][at % 5];
        let (word, stars) = [("zorky", 1), ("usual", 3), ("blimful", 5)][at % 3];
        writeln!(file, "the {machine} is {word} and came on day {at},{stars}").unwrap();
    }
    file
}

/// The same words of every customer, each time in another text.
fn write(nexusflow: &Nexusflow, when: &str, words: &str) {
    for who in 0..CUSTOMERS {
        let data = json!({"feedback": format!("{when}-{who}"), "channel": "web", "text": words});
        let event = json!({
            "specversion": "1.0", "id": format!("{when}-{who}"), "source": "/a-test", "type": "feedback.received",
            "subject": format!("c-{who}"), "data": data
        });
        let (status, body) = nexusflow.publish(&event);
        assert_eq!(status, 201, "{body}");
    }
}

/// How the texts of that time are meant, once all are there: each customer's class.
fn classes(nexusflow: &Nexusflow, words: &str) -> Vec<Value> {
    eventually(SOON, "all texts are listed", || {
        let answer = nexusflow.json("/api/v1/texts?limit=100").ok_or("no answer")?;
        let items = answer["items"].as_array().ok_or("no items")?;
        let own = items.iter().filter(|item| item["text"] == words);
        let classes: Vec<Value> = own.map(|item| item["sentiment"].clone()).collect();
        if classes.len() == CUSTOMERS { Ok(classes) } else { Err(format!("{} of them", classes.len())) }
    })
}

fn in_force(nexusflow: &Nexusflow, model: &str) {
    eventually(SOON, "the model is in force everywhere", || {
        // It fails as long as nobody looks after a partition.
        let status = String::from_utf8(nexusflow.run(&["model", "status"]).stdout).unwrap();
        let with_it = status.lines().filter(|line| line.contains(&format!("sentiment by {model} and"))).count();
        if with_it == status.lines().count() && with_it > 1 { Ok(()) } else { Err(status) }
    });
}

#[test]
fn a_trained_model_judges_every_text_that_comes_after_it_and_none_before() {
    let nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    let file = nexusflow.folder().join("labelled.csv");
    std::fs::write(&file, labelled()).unwrap();
    let (from, to) = (file.to_str().unwrap(), nexusflow.folder().join("coffee.model"));
    let to = to.to_str().unwrap();
    let said =
        nexusflow.run_well(&["train", "sentiment", "--from", from, "--text", "what", "--label", "stars", "--to", to]);
    assert!(said.contains("accuracy") && said.contains("coffee.model"), "{said}");

    let _nats = nexusflow.nats();
    let worker = nexusflow.spawn("worker", &["worker"]);
    let _gateway = nexusflow.spawn("gateway", &["gateway"]);
    nexusflow.wait_until_ready();
    write(&nexusflow, "before", "my grinder is zorky");
    assert!(classes(&nexusflow, "my grinder is zorky").iter().all(|class| class != "negative"));
    let refused = nexusflow.run(&["model", "apply", "sentiment", from]);
    let why = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success() && why.contains("labelled.csv") && why.contains("nexusflow train"), "{why}");

    nexusflow.run_well(&["model", "apply", "sentiment", to]);
    in_force(&nexusflow, "coffee");
    write(&nexusflow, "after", "this pump is zorky");
    assert_eq!(classes(&nexusflow, "this pump is zorky"), vec![json!("negative"); CUSTOMERS]);
    assert!(classes(&nexusflow, "my grinder is zorky").iter().all(|class| class != "negative"));

    worker.kill();
    let _worker = nexusflow.spawn("worker", &["worker"]);
    in_force(&nexusflow, "coffee");
    write(&nexusflow, "again", "the filter is blimful");
    assert_eq!(classes(&nexusflow, "the filter is blimful"), vec![json!("positive"); CUSTOMERS]);
}
