//! A server of mail, as small as it can be: it signs in, takes letters, and refuses as many as a test wants.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

#[derive(Debug, Clone, Default)]
pub(crate) struct Mail {
    pub(crate) user: String,
    pub(crate) to: Vec<String>,
    pub(crate) text: String,
}

#[derive(Default)]
struct Shared {
    taken: Mutex<Vec<Mail>>,
    refused: AtomicU32,
    is_over: AtomicBool,
}

pub(crate) struct MailServer {
    pub(crate) port: u16,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

impl MailServer {
    pub(crate) fn start(port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let shared = Arc::new(Shared::default());
        let serving = Arc::clone(&shared);
        let accepting = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if serving.is_over.load(Ordering::SeqCst) {
                    return;
                }
                let shared = Arc::clone(&serving);
                std::thread::spawn(move || drop(shared.serve(&stream.unwrap())));
            }
        });
        Self { port, shared, accepting: Some(accepting) }
    }

    /// Refuses the next letters.
    pub(crate) fn refuse(&self, letters: u32) {
        self.shared.refused.store(letters, Ordering::SeqCst);
    }

    pub(crate) fn taken(&self) -> Vec<Mail> {
        self.shared.taken.lock().unwrap().clone()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(("127.0.0.1", self.port)));
        self.accepting.take().into_iter().for_each(|thread| drop(thread.join()));
    }
}

impl Shared {
    fn serve(&self, mut stream: &TcpStream) -> std::io::Result<()> {
        let mut lines = BufReader::new(stream);
        let mut mail = Mail::default();
        write!(stream, "220 mail of a test\r\n")?;
        loop {
            let mut line = String::new();
            if lines.read_line(&mut line)? == 0 {
                return Ok(());
            }
            let word = line.split_whitespace().next().unwrap_or_default().to_uppercase();
            match word.as_str() {
                "EHLO" => write!(stream, "250-mail of a test\r\n250-AUTH PLAIN\r\n250 8BITMIME\r\n")?,
                "AUTH" => {
                    mail.user = plain(line.split_whitespace().nth(2).unwrap_or_default());
                    write!(stream, "235 it is you\r\n")?;
                }
                "RCPT" => {
                    mail.to.push(line.trim().split_once(':').unwrap().1.split(' ').next().unwrap().to_owned());
                    write!(stream, "250 good\r\n")?;
                }
                "DATA" => {
                    write!(stream, "354 go on\r\n")?;
                    loop {
                        let mut line = String::new();
                        lines.read_line(&mut line)?;
                        if line == ".\r\n" {
                            break;
                        }
                        mail.text.push_str(&line);
                    }
                    let refuses =
                        self.refused.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
                    if refuses.is_ok() {
                        write!(stream, "451 not now, mr <cx@example.org>\r\n")?;
                    } else {
                        self.taken.lock().unwrap().push(std::mem::take(&mut mail));
                        write!(stream, "250 taken\r\n")?;
                    }
                }
                "QUIT" => return write!(stream, "221 bye\r\n"),
                _ => write!(stream, "250 good\r\n")?,
            }
        }
    }
}

/// User and password of `AUTH PLAIN`, which is base64 of both behind zeros.
fn plain(encoded: &str) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = encoded.bytes().filter_map(|byte| ALPHABET.iter().position(|digit| *digit == byte));
    let digits: Vec<usize> = digits.collect();
    let bytes = digits.chunks(4).flat_map(|four| {
        let all = four.iter().fold(0, |all, digit| all << 6 | digit) << (6 * (4 - four.len()));
        [(all >> 16) as u8, (all >> 8) as u8, all as u8].into_iter().take(four.len() * 6 / 8).collect::<Vec<u8>>()
    });
    String::from_utf8(bytes.collect()).unwrap().trim_start_matches('\0').replace('\0', " ")
}
