//! Mail, by SMTP.

use super::{Failure, secret};
use crate::notify::message::Message;
use crate::notify::place;
use crate::notify::settings::{MailTls, Target};
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message as Letter};
use lettre::transport::smtp;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use std::fmt;
use std::time::Duration;

/// A server, and who writes to whom.
pub(in crate::notify) struct Mail {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    to: Vec<Mailbox>,
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail").finish_non_exhaustive()
    }
}

impl Mail {
    pub(super) fn to(target: &Target, authority: Option<&str>, timeout: Duration) -> Result<Self, String> {
        let place = place::mail(&target.host, target.port, target.tls);
        let parameters = || {
            let mut builder = TlsParameters::builder(place.host.clone());
            if let Some(pem) = authority {
                let certificate = Certificate::from_pem(pem.as_bytes());
                builder = builder.add_root_certificate(certificate.map_err(|_| "tls_ca_file: no certificate")?);
            }
            builder.build().map_err(|_| "host: TLS can't be prepared")
        };
        let tls = match target.tls {
            MailTls::None => Tls::None,
            MailTls::Starttls => Tls::Required(parameters()?),
            MailTls::Implicit => Tls::Wrapper(parameters()?),
        };
        let mailbox = |text: &String| text.parse::<Mailbox>().map_err(|_| "from, to: must be addresses");
        let from = mailbox(&target.from)?;
        let to = target.to.iter().map(mailbox).collect::<Result<_, _>>()?;
        let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&place.host)
            .port(place.port)
            .tls(tls)
            .hello_name(ClientId::Domain(from.email.domain().to_owned()))
            .timeout(Some(timeout));
        if let Some(user) = &target.user {
            let password = secret(("password_file", &target.password_file), ("password_env", &target.password_env))?;
            let password = password.ok_or("user needs password_file or password_env")?;
            transport = transport.credentials(Credentials::new(user.clone(), password.trim().to_owned()));
        }
        Ok(Self { transport: transport.build(), from, to })
    }

    pub(super) async fn tell(&self, message: &Message) -> Result<Option<u16>, Failure> {
        let letter = self.letter(message)?;
        match self.transport.send(letter).await {
            Ok(answer) => Ok(Some(u16::from(answer.code()))),
            Err(error) => Err(failure(&error)),
        }
    }

    fn letter(&self, message: &Message) -> Result<Letter, Failure> {
        let mut text = vec![message.headline(), String::new()];
        text.extend(message.lines());
        text.push(String::new());
        text.extend(message.alerts.iter().filter_map(|line| line.link.clone()));
        // The same over all attempts: who gets it twice can tell.
        let id = format!("<{}@{}>", message.id, self.from.email.domain());
        let mut letter = Letter::builder()
            .from(self.from.clone())
            .subject(message.headline())
            .message_id(Some(id))
            .raw_header(automatic())
            .header(ContentType::TEXT_PLAIN);
        for to in &self.to {
            letter = letter.to(to.clone());
        }
        letter.body(text.join("\r\n")).map_err(|_| Failure::new("no mail can be made of it"))
    }
}

/// So that nobody's absence is answered to us.
fn automatic() -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".into())
}

/// What the server said may repeat addresses: the code is enough.
fn failure(error: &smtp::Error) -> Failure {
    let status = error.status().map(u16::from);
    let detail = match status {
        Some(status) => format!("SMTP: answered {status}"),
        None if error.is_timeout() => "SMTP: no answer in time".into(),
        None if error.is_tls() || is_of_tls(error) => "SMTP: TLS failed".into(),
        None if error.is_client() => {
            "SMTP: the server does not offer what is needed (STARTTLS, a way to sign in)".into()
        }
        None => "SMTP: can't connect, or the connection broke".into(),
    };
    Failure { status, ..Failure::new(detail) }
}

/// Whether it was TLS that broke the connection: a certificate that is not trusted, above all.
fn is_of_tls(error: &smtp::Error) -> bool {
    let first: &(dyn std::error::Error + 'static) = error;
    std::iter::successors(Some(first), |error| error.source()).any(|error| {
        let inner = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        error.is::<rustls::Error>() || inner.is_some_and(|inner| inner.is::<rustls::Error>())
    })
}
