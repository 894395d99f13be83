//! Where a target is, and whether it may be spoken to there.

use super::settings::MailTls;
use std::fmt;
use url::{Host, Url};

/// A host and a port, which is all that is shown of an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            return write!(f, "[{}]:{}", self.host, self.port);
        }
        write!(f, "{}:{}", self.host, self.port)
    }
}

/// What an address says: https, or http on loopback; nothing of it is repeated in an error.
pub(super) fn of_url(text: &str) -> Result<(Url, Place), String> {
    let url = Url::parse(text).map_err(|error| format!("is no address ({error})"))?;
    let host = match url.host() {
        Some(Host::Domain(name)) => name.to_owned(),
        Some(Host::Ipv4(address)) => address.to_string(),
        Some(Host::Ipv6(address)) => address.to_string(),
        None => return Err("names no host".into()),
    };
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&host) => {}
        _ => return Err("must begin with https:// (http:// only on loopback)".into()),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not hold a user or a password".into());
    }
    let port = url.port_or_known_default().ok_or("names no port")?;
    Ok((url, Place { host, port }))
}

/// The server of mail.
pub(super) fn mail(host: &str, port: Option<u16>, tls: MailTls) -> Place {
    let usual = match tls {
        MailTls::Starttls => 587,
        MailTls::Implicit => 465,
        MailTls::None => 25,
    };
    Place { host: host.to_owned(), port: port.unwrap_or(usual) }
}

/// Whether a host is this machine.
pub(super) fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::of_url;

    #[test]
    fn only_https_or_loopback() {
        for good in ["https://example.org/a?b=c", "http://127.0.0.1:8080/", "http://localhost/x", "http://[::1]:9/"] {
            assert!(of_url(good).is_ok(), "{good}");
        }
        for bad in [
            "http://example.org/",
            "ftp://example.org",
            "example.org",
            "https://me:pass@example.org",
            "http://127.0.0.1.example.org/",
        ] {
            let said = of_url(bad).unwrap_err();
            assert!(!said.contains("example.org") && !said.contains("pass@"), "{said}");
        }
        assert_eq!(of_url("http://[::1]:9/").unwrap().1.to_string(), "[::1]:9");
    }
}
