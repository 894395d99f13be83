//! A connection to a server: who we are, statements, and the stream of changes. The messages are those of `postgres-protocol`, the
//! library below `tokio-postgres`, which itself does not speak replication.

use super::pgoutput::{Cell, Column};
use super::settings::Database;
use bytes::{Buf, Bytes, BytesMut};
use fallible_iterator::FallibleIterator;
use postgres_protocol::authentication::{md5_hash, sasl};
use postgres_protocol::message::backend::{ErrorFields, Header, Message};
use postgres_protocol::message::frontend;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

/// How long a server may take to answer when it is called.
const CALL: Duration = Duration::from_secs(15);
/// The longest message: a row with all of its values.
const MESSAGE_BYTES_MAX: usize = 64 << 20;
/// So much is read at a time.
const READ_BYTES: usize = 64 << 10;
/// The server begins to send what it has both ways; `postgres-protocol` has no word for it.
const COPY_BOTH_TAG: u8 = b'W';
/// How values are to be written, and that nothing we wait for is cut short.
const SESSION: [(&str, &str); 9] = [
    ("application_name", "nexusflow"),
    ("client_encoding", "UTF8"),
    ("datestyle", "ISO"),
    ("timezone", "UTC"),
    ("intervalstyle", "iso_8601"),
    ("bytea_output", "hex"),
    ("extra_float_digits", "3"),
    ("statement_timeout", "0"),
    ("idle_in_transaction_session_timeout", "0"),
];

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub(super) struct Fault {
    /// The server's code of it (SQLSTATE), where it said it.
    pub(super) code: Option<String>,
    pub(super) text: String,
}

impl Fault {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self { code: None, text: text.into() }
    }

    pub(super) fn is(&self, code: &str) -> bool {
        self.code.as_deref() == Some(code)
    }
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        Self::new(format!("the connection to PostgreSQL broke: {error}"))
    }
}

/// What a server says.
#[derive(Debug)]
pub(super) enum Said {
    /// The columns of the rows that follow.
    Columns(Vec<Column>),
    Row(Vec<Cell>),
    /// From now on it sends changes.
    Streaming,
    Change(Bytes),
    /// It has done what it was asked for.
    Ready,
}

trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}

/// A connection.
pub(super) struct Client {
    wire: Box<dyn Wire>,
    inbox: BytesMut,
    outbox: BytesMut,
}

impl Client {
    /// Calls a server and says who we are.
    pub(super) async fn connect(to: &Database) -> Result<Self, Fault> {
        let silent = |_| Fault::new(format!("{}:{} does not answer", to.host, to.port));
        tokio::time::timeout(CALL, Self::call(to)).await.map_err(silent)?
    }

    async fn call(to: &Database) -> Result<Self, Fault> {
        let stream = TcpStream::connect((to.host.as_str(), to.port)).await;
        let mut stream =
            stream.map_err(|error| Fault::new(format!("can't connect to {}:{}: {error}", to.host, to.port)))?;
        stream.set_nodelay(true)?;
        let mut outbox = BytesMut::new();
        let wire: Box<dyn Wire> = match &to.tls {
            None => Box::new(stream),
            Some(tls) => {
                frontend::ssl_request(&mut outbox);
                stream.write_all_buf(&mut outbox).await?;
                if stream.read_u8().await? != b'S' {
                    return Err(Fault::new("the server does not speak TLS: set `ssl = on` in its postgresql.conf"));
                }
                let secured = tls.connector.connect(tls.name.clone(), stream).await;
                Box::new(secured.map_err(|error| untrusted(&error))?)
            }
        };
        let mut client = Self { wire, inbox: BytesMut::new(), outbox };
        let who = [("user", to.user.as_str()), ("database", &to.database), ("replication", "database")];
        frontend::startup_message(who.into_iter().chain(SESSION), &mut client.outbox)?;
        client.send().await?;
        client.prove(to).await?;
        match client.said().await? {
            Said::Ready => Ok(client),
            _ => Err(Fault::new("the server answered something else than it was asked")),
        }
    }

    /// Proves who we are, as the server asks for it.
    async fn prove(&mut self, to: &Database) -> Result<(), Fault> {
        let password = || {
            let missing = || Fault::new("the server asks for a password: set password_file or password_env");
            to.password.as_ref().map(|password| password.0.as_bytes()).ok_or_else(missing)
        };
        let mut scram = None;
        loop {
            match self.message().await? {
                Message::AuthenticationOk => return Ok(()),
                Message::AuthenticationCleartextPassword if to.tls.is_some() => {
                    frontend::password_message(password()?, &mut self.outbox)?;
                }
                Message::AuthenticationMd5Password(body) => {
                    let hash = md5_hash(to.user.as_bytes(), password()?, body.salt());
                    frontend::password_message(hash.as_bytes(), &mut self.outbox)?;
                }
                Message::AuthenticationSasl(body) => {
                    if !body.mechanisms().any(|mechanism| Ok(mechanism == sasl::SCRAM_SHA_256))? {
                        return Err(Fault::new("the server asks for a proof other than SCRAM-SHA-256"));
                    }
                    let begun = sasl::ScramSha256::new(password()?, sasl::ChannelBinding::unsupported());
                    frontend::sasl_initial_response(sasl::SCRAM_SHA_256, begun.message(), &mut self.outbox)?;
                    scram = Some(begun);
                }
                Message::AuthenticationSaslContinue(body) => {
                    let scram = scram.as_mut().ok_or_else(unasked)?;
                    scram.update(body.data())?;
                    frontend::sasl_response(scram.message(), &mut self.outbox)?;
                }
                Message::AuthenticationSaslFinal(body) => {
                    // The server has proved, too, that it knows the password.
                    scram.as_mut().ok_or_else(unasked)?.finish(body.data())?;
                    continue;
                }
                Message::ErrorResponse(body) => return Err(fault(body.fields())),
                _ => return Err(Fault::new("the server asks for a proof that is not known here; SCRAM-SHA-256 is")),
            }
            self.send().await?;
        }
    }

    /// Asks for something; what it says to that comes from [`said`](Self::said).
    pub(super) async fn ask(&mut self, statement: &str) -> Result<(), Fault> {
        frontend::query(statement, &mut self.outbox)?;
        self.send().await
    }

    /// The rows that a statement gives, as text.
    pub(super) async fn query(&mut self, statement: &str) -> Result<Vec<Vec<Option<String>>>, Fault> {
        self.ask(statement).await?;
        let mut rows = Vec::new();
        loop {
            match self.said().await? {
                Said::Row(cells) => rows.push(cells.into_iter().map(text).collect()),
                Said::Columns(_) => {}
                Said::Ready => return Ok(rows),
                Said::Streaming | Said::Change(_) => return Err(unasked()),
            }
        }
    }

    /// What the server says next. Nothing is lost where this is not waited for to its end.
    pub(super) async fn said(&mut self) -> Result<Said, Fault> {
        loop {
            let Some(message) = self.next().await? else { return Ok(Said::Streaming) };
            match message {
                Message::RowDescription(body) => {
                    let column = |field: postgres_protocol::message::backend::Field<'_>| {
                        Ok(Column { name: field.name().to_owned(), kind: field.type_oid(), is_key: false })
                    };
                    return Ok(Said::Columns(body.fields().map(column).collect()?));
                }
                Message::DataRow(body) => {
                    let bytes = body.buffer_bytes();
                    let cell = |range: Option<std::ops::Range<usize>>| {
                        Ok(range.map_or(Cell::Null, |range| Cell::Text(bytes.slice(range))))
                    };
                    return Ok(Said::Row(body.ranges().map(cell).collect()?));
                }
                Message::CopyData(body) => return Ok(Said::Change(body.into_bytes())),
                Message::ReadyForQuery(_) => return Ok(Said::Ready),
                Message::ErrorResponse(body) => return Err(fault(body.fields())),
                _ => {}
            }
        }
    }

    /// Whether a whole message of the server is here already.
    pub(super) fn has_more(&self) -> bool {
        matches!(Header::parse(&self.inbox), Ok(Some(header)) if self.inbox.len() > header.len() as usize)
    }

    /// Sends bytes along the stream of changes.
    pub(super) async fn tell(&mut self, data: &[u8]) -> Result<(), Fault> {
        frontend::CopyData::new(data)?.write(&mut self.outbox);
        self.send().await
    }

    async fn send(&mut self) -> Result<(), Fault> {
        self.wire.write_all_buf(&mut self.outbox).await?;
        Ok(self.wire.flush().await?)
    }

    async fn message(&mut self) -> Result<Message, Fault> {
        self.next().await?.ok_or_else(unasked)
    }

    /// The next message; none where it is that streaming begins.
    async fn next(&mut self) -> Result<Option<Message>, Fault> {
        loop {
            if let Some(header) = Header::parse(&self.inbox)? {
                let bytes = header.len() as usize;
                if bytes > MESSAGE_BYTES_MAX {
                    return Err(Fault::new(
                        "the server sent a row of more than 64 MiB: publish the table without its large columns",
                    ));
                }
                if self.has_more() && header.tag() == COPY_BOTH_TAG {
                    self.inbox.advance(1 + bytes);
                    return Ok(None);
                }
                if self.has_more() {
                    return Ok(Message::parse(&mut self.inbox)?);
                }
            }
            self.inbox.reserve(READ_BYTES);
            if self.wire.read_buf(&mut self.inbox).await? == 0 {
                return Err(Fault::new("the server closed the connection"));
            }
        }
    }
}

/// Why TLS fails, and what the usual reason is.
fn untrusted(error: &std::io::Error) -> Fault {
    let text = error.to_string();
    let help = if text.contains("CaUsedAsEndEntity") {
        " - the server's certificate is made as an authority's (CA:TRUE, as `openssl req -x509` makes them): make it with \
         `-addext basicConstraints=critical,CA:FALSE`, or have it signed by an authority"
    } else if text.contains("UnknownIssuer") {
        " - set ca_file to the certificate of the authority that signed the server's"
    } else {
        ""
    };
    Fault::new(format!("TLS: {text}{help}"))
}

fn text(cell: Cell) -> Option<String> {
    match cell {
        Cell::Text(bytes) => Some(String::from_utf8_lossy(&bytes).into_owned()),
        Cell::Null | Cell::Unchanged => None,
    }
}

fn unasked() -> Fault {
    Fault::new("the server sent what it was not asked for")
}

/// What the server says is wrong: its code and its one line about it. Its details may hold values.
fn fault(mut fields: ErrorFields<'_>) -> Fault {
    let (mut code, mut text) = (None, "the server refused".to_owned());
    while let Ok(Some(field)) = fields.next() {
        match field.type_() {
            b'C' => code = Some(String::from_utf8_lossy(field.value_bytes()).into_owned()),
            b'M' => text = String::from_utf8_lossy(field.value_bytes()).into_owned(),
            _ => {}
        }
    }
    Fault { code, text: format!("PostgreSQL says: {text}") }
}
