//! `nexusflow doctor`: what is wrong with a set-up, and how to mend it.

mod pinned;

use crate::config::{Config, ConfigError};
use crate::{nats_server, out};
use nexusflow_connectors::notify;
use nexusflow_log::{Log, NatsSettings};
use std::io::Write;
use std::net::TcpListener;
use std::process::ExitCode;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

/// How long anything may take to answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

struct Examination {
    quiet: bool,
    faults: u32,
}

impl Examination {
    fn good(&self, what: &str) {
        self.line("ok   ", what);
    }

    fn note(&self, what: &str) {
        self.line("-    ", what);
    }

    /// What is weaker than it is meant to be, and yet works.
    fn weak(&self, what: &str) {
        self.line("WEAK ", what);
    }

    fn bad(&mut self, what: &str) {
        self.faults += 1;
        self.line("WRONG", what);
    }

    fn line(&self, mark: &str, what: &str) {
        if !self.quiet {
            out::say(&format!("{mark} {what}"));
        }
    }

    fn end(&self) -> ExitCode {
        match self.faults {
            0 => self.line("     ", "everything is well"),
            n => self.line("     ", &format!("{n} to mend")),
        }
        if self.faults == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

/// The configuration itself is wrong.
pub(crate) fn misconfigured(error: &ConfigError, quiet: bool) -> ExitCode {
    let mut examination = Examination { quiet, faults: 0 };
    examination.bad(&format!("configuration: {error}"));
    examination.end()
}

/// Looks at everything that can be looked at.
pub(crate) async fn examine(config: &Config, quiet: bool, needs_gateway: bool) -> ExitCode {
    let mut examination = Examination { quiet, faults: 0 };
    examination.good("the configuration is good");
    data_folder(config, &mut examination);
    if config.nats.url.is_empty() {
        own_server(config, &mut examination).await;
    }
    log(config, &mut examination).await;
    gateway(config, needs_gateway, &mut examination).await;
    if !quiet {
        targets(config, &mut examination).await;
    }
    examination.end()
}

fn data_folder(config: &Config, examination: &mut Examination) {
    let folder = &config.data_dir;
    let probe = folder.join(".doctor");
    let removed = |result: std::io::Result<()>| match result {
        // Several workers may share the folder, and somebody else's doctor was faster.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        other => other,
    };
    let tried = std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::File::create(&probe))
        .and_then(|mut file| file.write_all(b"ok"))
        .and_then(|()| removed(std::fs::remove_file(&probe)));
    match tried {
        Ok(()) => examination.good(&format!("the data folder {} can be written", folder.display())),
        Err(error) => {
            examination.bad(&format!("the data folder {} can't be written: {error}. Set data_dir", folder.display()))
        }
    }
}

/// Whether the targets of messages are there; nothing is sent to them.
async fn targets(config: &Config, examination: &mut Examination) {
    if let Err(error) = notify::check(&config.notify) {
        return examination.bad(&error.to_string());
    }
    for target in &config.notify.target {
        let (name, Ok(place)) = (&target.name, target.place()) else {
            examination.note(&format!("target {}: its address stands elsewhere and was not looked at", target.name));
            continue;
        };
        let connected = TcpStream::connect((place.host.as_str(), place.port));
        match tokio::time::timeout(ANSWER_WITHIN, connected).await {
            Ok(Ok(_)) => examination.good(&format!("target {name}: {place} can be reached")),
            Ok(Err(error)) => examination.weak(&format!("target {name}: {place} can't be reached: {error}")),
            Err(_) => examination.weak(&format!("target {name}: {place} does not answer")),
        }
    }
}

async fn own_server(config: &Config, examination: &mut Examination) {
    let found = match nats_server::find(&config.own_nats) {
        Ok(binary) => nats_server::version(&binary).await.map(|version| (binary, version)),
        Err(error) => Err(error),
    };
    match found {
        Ok((binary, version)) => examination.good(&format!("nats-server {version} at {}", binary.display())),
        Err(error) => examination.bad(&error.to_string()),
    }
}

async fn log(config: &Config, examination: &mut Examination) {
    let settings = nats_server::settings(config);
    let is_own = config.nats.url.is_empty();
    if is_own && TcpStream::connect(("127.0.0.1", config.own_nats.port)).await.is_err() {
        return examination.note("NexusFlow isn't running (`nexusflow up` starts it): the log was not looked at");
    }
    let connected = Log::connect(&settings, config.log.clone(), "doctor");
    let log = match tokio::time::timeout(ANSWER_WITHIN, connected).await {
        Ok(Ok(log)) => log,
        Ok(Err(error)) => return examination.bad(&error.to_string()),
        Err(_) => return examination.bad(&format!("NATS at {} does not answer", settings.shown_url())),
    };
    let info = log.client().server_info();
    let cluster = info.cluster.map(|name| format!(", of the cluster {name}")).unwrap_or_default();
    examination.good(&format!("NATS {} answers: server {}{cluster}", info.version, info.server_name));
    // Of interest to people only: who asks quietly wants to know whether this part works, and any one address will do for that.
    if !examination.quiet {
        addresses(config, &settings, examination).await;
    }
    match tokio::time::timeout(ANSWER_WITHIN, log.look()).await {
        Ok(Ok(condition)) if !condition.is_made => examination
            .note(&format!("there is no log with prefix {} yet: NexusFlow makes it when it starts", log.prefix())),
        Ok(Ok(condition)) => {
            let (partitions, prefix, copies) = (log.partitions(), log.prefix(), log.settings().replicas);
            examination
                .good(&format!("the log is there: {partitions} partitions, prefix {prefix}, log.replicas {copies}"));
            condition.weak.iter().for_each(|what| examination.weak(what));
        }
        Ok(Err(error)) => examination.bad(&error.to_string()),
        Err(_) => examination.bad("JetStream does not answer: is a majority of its servers up?"),
    }
    if !is_own {
        examination.note(
            "how often these servers write to the disk for good can't be seen from here: \"What an acknowledged event survives\" in \
             README.md says what sync_interval should be",
        );
    } else if config.own_nats.sync != "always" {
        examination.weak(&format!(
            "own_nats.sync is {}: what was acknowledged in that time is lost where the machine loses power. \"always\" loses nothing",
            config.own_nats.sync
        ));
    }
}

/// Where there are several addresses, each is tried by itself: the client is content with any one.
async fn addresses(config: &Config, settings: &NatsSettings, examination: &Examination) {
    let all = settings.each_address();
    if all.len() < 2 {
        return;
    }
    for one in all {
        let connected = Log::connect(&one, config.log.clone(), "doctor");
        match tokio::time::timeout(ANSWER_WITHIN, connected).await {
            Ok(Ok(log)) => examination.good(&format!(
                "{} answers: server {}",
                one.shown_url(),
                log.client().server_info().server_name
            )),
            Ok(Err(error)) => examination.weak(&error.to_string()),
            Err(_) => examination.weak(&format!("NATS at {} does not answer", one.shown_url())),
        }
    }
}

async fn gateway(config: &Config, is_needed: bool, examination: &mut Examination) {
    let listen = config.gateway.listen;
    if TcpStream::connect(listen).await.is_err() {
        if is_needed {
            return examination.bad(&format!("no gateway is listening on {listen}"));
        }
        match TcpListener::bind(listen) {
            Ok(_) => examination.note(&format!("no gateway is listening on {listen}; the address is free")),
            Err(error) => examination.bad(&format!("{listen} can't be listened on: {error}. Set gateway.listen")),
        }
        return;
    }
    match tokio::time::timeout(ANSWER_WITHIN, readiness(config)).await {
        Ok(Ok((true, _))) => examination.good(&format!("the gateway on {listen} is ready")),
        Ok(Ok((false, why))) => examination.bad(&format!("the gateway on {listen} is not ready: {why}")),
        Ok(Err(error)) => examination.bad(&format!("what listens on {listen} is no gateway: {error}")),
        Err(_) => examination.bad(&format!("the gateway on {listen} does not answer")),
    }
}

async fn ask(mut stream: impl AsyncRead + AsyncWrite + Unpin) -> std::io::Result<String> {
    stream.write_all(b"GET /readyz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}

/// Asks `GET /readyz`: (ready, what it said).
async fn readiness(config: &Config) -> std::io::Result<(bool, String)> {
    let stream = TcpStream::connect(config.gateway.listen).await?;
    let answer = match &config.gateway.tls_certificate_file {
        None => ask(stream).await?,
        Some(certificate) => ask(pinned::connect(stream, certificate).await?).await?,
    };
    let said = answer.rsplit("\r\n\r\n").next().unwrap_or_default().trim().to_owned();
    match answer.split(' ').nth(1) {
        Some("200") => Ok((true, said)),
        Some("503") => Ok((false, said)),
        _ => Err(std::io::Error::other("it does not answer as one")),
    }
}
