//! Delivering: how each kind of target is spoken to.

mod circuit;
mod mail;
mod post;
mod slack;
mod task;
mod webhook;

pub(super) use task::Task;

use super::message::Message;
use super::settings::{Target, TargetKind};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Why a target has not taken a message. Repeats nothing of what the target said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    /// The status of HTTP or SMTP, where there was one.
    pub(super) status: Option<u16>,
    pub(super) detail: String,
    /// When the target wants to hear from us again.
    pub(super) retry_after: Option<Duration>,
    /// Whether it is this message that it does not take, rather than any.
    pub(super) is_about_message: bool,
}

impl Failure {
    pub(super) fn new(detail: impl Into<String>) -> Self {
        Self { status: None, detail: detail.into(), retry_after: None, is_about_message: false }
    }
}

/// A target, ready to be spoken to.
#[derive(Debug)]
pub(super) enum Way {
    Webhook(webhook::Webhook),
    Slack(slack::Slack),
    Mail(Box<mail::Mail>),
}

impl Way {
    /// Reads the secrets of a target.
    ///
    /// # Errors
    /// The key of what is wrong, and what it is; never a secret.
    pub(super) fn to(target: &Target, timeout: Duration) -> Result<Self, String> {
        let authority = target.tls_ca_file.as_deref().map(|path| read("tls_ca_file", path)).transpose()?;
        match target.kind {
            TargetKind::Email => Ok(Self::Mail(Box::new(mail::Mail::to(target, authority.as_deref(), timeout)?))),
            TargetKind::Webhook => {
                let secrets = secret(("secret_file", &target.secret_file), ("secret_env", &target.secret_env))?;
                let secrets = secrets.ok_or("secret_file must be set, or secret_env")?;
                Ok(Self::Webhook(webhook::Webhook::new(
                    post::Post::to(&url(target)?, authority.as_deref())?,
                    &secrets,
                )?))
            }
            TargetKind::Slack => Ok(Self::Slack(slack::Slack(post::Post::to(&url(target)?, authority.as_deref())?))),
        }
    }

    /// Tells the target; its status, if it has one.
    pub(super) async fn tell(&self, message: &Message, now_s: i64) -> Result<Option<u16>, Failure> {
        match self {
            Self::Webhook(webhook) => webhook.tell(message, now_s).await.map(Some),
            Self::Slack(slack) => slack.tell(message).await.map(Some),
            Self::Mail(mail) => mail.tell(message).await,
        }
    }
}

fn url(target: &Target) -> Result<String, String> {
    let elsewhere = secret(("url_file", &target.url_file), ("url_env", &target.url_env))?;
    Ok(elsewhere.map_or_else(|| target.url.clone(), |url| url.trim().to_owned()))
}

/// What stands in a file or a variable.
pub(super) fn secret(
    (file_key, file): (&str, &Option<PathBuf>),
    (variable_key, variable): (&str, &Option<String>),
) -> Result<Option<String>, String> {
    if let Some(path) = file {
        return read(file_key, path).map(Some);
    }
    let Some(name) = variable else { return Ok(None) };
    match std::env::var(name) {
        Ok(value) => Ok(Some(value)),
        Err(_) => Err(format!("{variable_key}: the environment has no {name}")),
    }
}

fn read(key: &str, path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{key}: can't read {}: {error}", path.display()))
}
