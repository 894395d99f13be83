//! Incoming webhooks of Slack, and of what understands the same (Mattermost, Rocket.Chat, Discord's `/slack`).

use super::Failure;
use super::post::Post;
use crate::notify::message::Message;
use serde_json::{Value, json};

/// What a block of text may hold.
const BLOCK_CHARS_MAX: usize = 2_900;

/// A POST that Slack understands.
#[derive(Debug)]
pub(in crate::notify) struct Slack(pub(super) Post);

impl Slack {
    pub(super) async fn tell(&self, message: &Message) -> Result<u16, Failure> {
        self.0.send(&[], body(message).to_string().into()).await
    }
}

/// The three characters that mean something to Slack.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn body(message: &Message) -> Value {
    let headline = escaped(&message.headline());
    let mut text = format!("*{headline}*");
    let links = message.alerts.iter().map(|line| line.link.as_deref());
    for (line, link) in message.lines().iter().zip(links.chain(std::iter::repeat(None))) {
        let line = match link {
            Some(link) => format!("\n• {} <{}|open>", escaped(line), escaped(link)),
            None => format!("\n• {}", escaped(line)),
        };
        if text.chars().count() + line.chars().count() > BLOCK_CHARS_MAX {
            text.push_str("\n• ...");
            break;
        }
        text.push_str(&line);
    }
    let id = json!({"type": "context", "elements": [{"type": "mrkdwn", "text": escaped(&message.id)}]});
    json!({"text": headline, "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": text}}, id]})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_something_to_slack_is_escaped() {
        let mut message = Message::test("a", "test_1", 0);
        message.what = "digest".into();
        message.id = "<!channel> & co".into();
        let said = body(&message).to_string();
        assert!(said.contains("&lt;!channel&gt; &amp; co") && !said.contains("<!"), "{said}");
    }
}
