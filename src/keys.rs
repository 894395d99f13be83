//! `nexusflow keys`: keys with which other systems publish.

use crate::config::Config;
use crate::{ago, nats_server, out, process};
use clap::Subcommand;
use nexusflow_connectors::keys::{Key, Keys, NewKey, line};
use nexusflow_log::Log;
use nexusflow_model::Timestamp;
use std::error::Error;
use std::num::NonZeroU32;
use std::process::ExitCode;

/// A key lets one source publish at /api/v1/events: events whose `source` is /sources/NAME or lies under it.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Make a key and print it. It is shown this once: what is kept is a hash. As soon as there is a key, nobody publishes over HTTP
    /// without one or access.publish_token, also on this machine.
    Create {
        /// The source that it lets in: lower-case letters, digits and -. A source may have several, while they are changed.
        name: String,
        /// Events a second; without it, http.events_per_s.
        #[arg(long, value_name = "N")]
        events_per_s: Option<NonZeroU32>,
        /// When it ends by itself, such as 90d; without it, never.
        #[arg(long, value_name = "LENGTH", value_parser = ago::length_ms)]
        expires: Option<i64>,
        /// Print an object with all there is to know, the key among it.
        #[arg(long)]
        json: bool,
    },
    /// List the keys there ever were: whose, how they stand, when they were used last.
    List {
        /// Print an object a line.
        #[arg(long)]
        json: bool,
    },
    /// Take back a key, or all of a source. It holds within a second, on every gateway.
    Revoke {
        /// The id of a key, or the name of a source.
        which: String,
    },
}

pub(crate) async fn run(config: &Config, command: Command) -> Result<ExitCode, Box<dyn Error>> {
    nats_server::must_have_run(config)?;
    let log = Log::connect(&nats_server::settings(config), config.log.clone(), "keys").await?;
    let keys = Keys::open(&log, config.http.events_per_s, process::now).await?;
    match command {
        Command::Create { name, events_per_s, expires, json } => {
            let expires_at = expires.map(|ms| process::now().plus_ms(ms));
            create(&keys, NewKey { name, events_per_s, expires_at, by: process::person() }, json).await?;
        }
        Command::List { json } => list(&keys.list().await?, json),
        Command::Revoke { which } => {
            for key in keys.revoke(&which, &process::person()).await? {
                out::say(&format!("{} of {} lets nobody in any more.", key.id, key.name));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn create(keys: &Keys, new: NewKey, json: bool) -> Result<(), Box<dyn Error>> {
    let is_first = keys.list().await?.is_empty();
    let (key, shown) = keys.create(new).await?;
    if json {
        let mut told = line(&key, None, process::now());
        told["key"] = shown.reveal().into();
        out::say(&told.to_string());
        return Ok(());
    }
    out::say(shown.reveal());
    out::hint(&format!(
        "This key is shown once. With it {} publishes events whose source is /sources/{} or lies under it:",
        key.name, key.name
    ));
    out::hint("  curl -H \"Authorization: Bearer nxf_...\" ...");
    if is_first {
        out::hint(
            "It is the first: from now on nobody publishes over HTTP without a key or access.publish_token, also on this machine.",
        );
    }
    Ok(())
}

fn list(all: &[(Key, Option<Timestamp>)], json: bool) {
    let now = process::now();
    if json {
        return all.iter().for_each(|(key, used_at)| out::say(&line(key, *used_at, now).to_string()));
    }
    if all.is_empty() {
        return out::say("There is no key: `nexusflow keys create NAME` makes one.");
    }
    let dash = || "-".to_owned();
    let time = |at: Option<Timestamp>| at.map_or_else(dash, |at| at.to_string());
    out::say(&format!(
        "{:<14} {:<24} {:<8} {:>9} {:<24} {:<24} {:<24}",
        "ID", "SOURCE", "STATE", "EVENTS/S", "MADE", "ENDS", "USED LAST"
    ));
    for (key, used_at) in all {
        out::say(&format!(
            "{:<14} {:<24} {:<8} {:>9} {:<24} {:<24} {:<24}",
            key.id,
            key.name,
            key.standing(now).as_str(),
            key.events_per_s.map_or_else(dash, |rate| rate.to_string()),
            time(Some(key.created_at)),
            time(key.revoked_at.or(key.expires_at)),
            time(*used_at),
        ));
    }
}
