//! Clients that are slow on purpose.

use crate::harness::{Nexusflow, SOON};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Instant;

/// What is answered to `begin`, after which nothing more is sent, and until the connection is closed.
fn answered(nexusflow: &Nexusflow, begin: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", nexusflow.port)).unwrap();
    stream.set_read_timeout(Some(SOON)).unwrap();
    stream.write_all(begin.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn nobody_keeps_a_connection_by_not_finishing() {
    let nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    let up = nexusflow.up(&[]);
    let began = Instant::now();
    let body = "POST /api/v1/events HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{";
    let (headers, body, nothing) = std::thread::scope(|scope| {
        let headers = scope.spawn(|| answered(&nexusflow, "GET /healthz HTTP/1.1\r\nhost: local"));
        let body = scope.spawn(|| answered(&nexusflow, body));
        let nothing = scope.spawn(|| answered(&nexusflow, ""));
        (headers.join().unwrap(), body.join().unwrap(), nothing.join().unwrap())
    });
    assert!(headers.is_empty() || headers.starts_with("HTTP/1.1 408"), "{headers}");
    assert!(body.starts_with("HTTP/1.1 408") && body.contains("the body stopped coming"), "{body}");
    assert_eq!(nothing, "");
    assert!(began.elapsed() < SOON);
    assert_eq!(nexusflow.get("/healthz").as_deref(), Some("ok\n"));
    up.stop();
}
