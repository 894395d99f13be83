//! A server of HTTP whose behaviour a test changes while it runs.

use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// What it does with a request.
#[derive(Debug, Clone)]
pub(crate) enum Mood {
    Good,
    /// Good, after a while.
    Slow(Duration),
    /// A status, and more headers.
    Says(u16, &'static str),
    /// Reads, and never answers.
    Hangs,
}

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) at_ms: i64,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
    /// Whether it was answered with 200.
    pub(crate) taken: bool,
}

impl Request {
    pub(crate) fn id(&self) -> &str {
        &self.headers["webhook-id"]
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

struct Shared {
    mood: Mutex<Mood>,
    requests: Mutex<Vec<Request>>,
    is_over: AtomicBool,
}

pub(crate) struct Server {
    pub(crate) port: u16,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

impl Server {
    pub(crate) fn start(port: u16, mood: Mood) -> Self {
        let shared =
            Shared { mood: Mutex::new(mood), requests: Mutex::new(Vec::new()), is_over: AtomicBool::new(false) };
        let mut server = Self { port, shared: Arc::new(shared), accepting: None };
        server.come_back();
        server
    }

    /// Nobody listens any more.
    pub(crate) fn go(&mut self) {
        self.shared.is_over.store(true, Ordering::SeqCst);
        // Wakes the one who accepts.
        drop(TcpStream::connect(("127.0.0.1", self.port)));
        self.accepting.take().into_iter().for_each(|thread| drop(thread.join()));
    }

    pub(crate) fn come_back(&mut self) {
        self.shared.is_over.store(false, Ordering::SeqCst);
        let listener = TcpListener::bind(("127.0.0.1", self.port)).unwrap();
        let shared = Arc::clone(&self.shared);
        self.accepting = Some(std::thread::spawn(move || {
            for stream in listener.incoming() {
                if shared.is_over.load(Ordering::SeqCst) {
                    return;
                }
                let shared = Arc::clone(&shared);
                std::thread::spawn(move || drop(shared.serve(&stream.unwrap())));
            }
        }));
    }

    pub(crate) fn set(&self, mood: Mood) {
        *self.shared.mood.lock().unwrap() = mood;
    }

    /// Everything that came so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.shared.requests.lock().unwrap().clone()
    }

    pub(crate) fn taken(&self) -> Vec<Request> {
        self.requests().into_iter().filter(|request| request.taken).collect()
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/in", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.go();
    }
}

impl Shared {
    fn serve(&self, mut stream: &TcpStream) -> std::io::Result<()> {
        let mut reader = BufReader::new(stream);
        line(&mut reader)?;
        let mut headers = BTreeMap::new();
        while let Some((name, value)) = line(&mut reader)?.split_once(": ") {
            headers.insert(name.to_lowercase(), value.to_owned());
        }
        let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let mood = self.mood.lock().unwrap().clone();
        let at_ms = now_ms();
        let taken = matches!(mood, Mood::Good | Mood::Slow(_));
        let body = String::from_utf8(body).unwrap();
        self.requests.lock().unwrap().push(Request { at_ms, headers, body, taken });
        match mood {
            Mood::Good => answer(stream, 200, ""),
            Mood::Slow(pause) => {
                std::thread::sleep(pause);
                answer(stream, 200, "")
            }
            Mood::Says(status, more) => answer(stream, status, more),
            // Until the other side has had enough.
            Mood::Hangs => stream.read(&mut [0]).map(drop),
        }
    }
}

/// A whole line. One who is killed may have connected and said nothing, or half of it: that is no request.
fn line(reader: &mut impl BufRead) -> std::io::Result<String> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    if line.ends_with('\n') { Ok(line.trim_end().to_owned()) } else { Err(ErrorKind::UnexpectedEof.into()) }
}

fn answer(mut stream: &TcpStream, status: u16, more: &str) -> std::io::Result<()> {
    write!(stream, "HTTP/1.1 {status} As it is\r\n{more}content-length: 2\r\nconnection: close\r\n\r\nok")
}

pub(crate) fn now_ms() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as i64
}

/// The moment after which a test may say that nothing came.
pub(crate) fn quiet_for(server: &Server, pause: Duration) {
    let before = server.requests().len();
    let began = Instant::now();
    while began.elapsed() < pause {
        assert_eq!(server.requests().len(), before, "something came");
        std::thread::sleep(Duration::from_millis(20));
    }
}
