//! Targets behind TLS: those whose certificate is trusted are told, others are not.

use crate::harness::{Nexusflow, SOON, eventually, free_port, root};
use crate::wire::{SECRET, Wire, configured};
use serde_json::json;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Speaks HTTPS on one port and SMTP with STARTTLS on another, and writes down what came.
const SERVER: &str = r#"
import socket, ssl, sys, threading
tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
tls.load_cert_chain("cert.pem", "key.pem")

def serve(port, talk):
    listener = socket.create_server(("127.0.0.1", port))
    while True:
        connection = listener.accept()[0]
        threading.Thread(target=attempt, args=(talk, connection), daemon=True).start()

def attempt(talk, connection):
    try:
        talk(connection)
    except (OSError, ssl.SSLError):
        pass

def web(connection):
    stream = tls.wrap_socket(connection, server_side=True).makefile("rwb")
    length = 0
    while (line := stream.readline().strip()):
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    with open("web.txt", "ab") as file:
        file.write(stream.read(length) + b"\n")
    stream.write(b"HTTP/1.1 204 Taken\r\n\r\n")
    stream.flush()

def mail(connection):
    stream, secured = connection.makefile("rwb"), False
    def say(text):
        stream.write(text + b"\r\n")
        stream.flush()
    say(b"220 mail of a test")
    while (line := stream.readline().strip()):
        word = line.split()[0].upper()
        if word == b"EHLO":
            say(b"250-mail\r\n250 AUTH PLAIN" if secured else b"250-mail\r\n250 STARTTLS")
        elif word == b"STARTTLS":
            say(b"220 go on")
            stream, secured = tls.wrap_socket(connection, server_side=True).makefile("rwb"), True
        elif word == b"DATA":
            say(b"354 go on")
            with open("mail.txt", "ab") as file:
                while (line := stream.readline()) != b".\r\n":
                    file.write(line if secured else b"IN THE CLEAR")
            say(b"250 taken")
        else:
            say(b"250 good")

threading.Thread(target=serve, args=(int(sys.argv[1]), web), daemon=True).start()
serve(int(sys.argv[2]), mail)
"#;

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// A certificate for 127.0.0.1 that signs itself.
fn certificate(folder: &Path) {
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"])
        .args(["-keyout", "key.pem", "-out", "cert.pem", "-subj", "/CN=127.0.0.1"])
        .args(["-addext", "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE"])
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

fn targets(web: u16, mail: u16, trusted: &str) -> String {
    let (hook, letter) = (
        format!("kind = \"webhook\"\nurl = \"https://127.0.0.1:{web}/in\"\nsecret_env = \"CRM_SECRET\""),
        format!(
            "kind = \"email\"\nhost = \"127.0.0.1\"\nport = {mail}\nfrom = \"flow@example.org\"\nto = [\"cx@example.org\"]"
        ),
    );
    [
        ("web", &hook, "tls_ca_file = \"cert.pem\""),
        ("mail", &letter, "tls_ca_file = \"cert.pem\""),
        ("stranger", &hook, trusted),
        ("strange-mail", &letter, trusted),
    ]
    .iter()
    .map(|(name, what, trusted)| format!("[[notify.target]]\nname = {name:?}\n{what}\n{trusted}\nwhen = \"always\"\n"))
    .collect()
}

#[test]
fn https_and_starttls_reach_who_is_trusted_and_nobody_else() {
    let (web, mail) = (free_port(), free_port());
    let mut nexusflow: Nexusflow = configured(&targets(web, mail, ""), "group_wait_s = 0");
    nexusflow.set_outside("CRM_SECRET", SECRET);
    certificate(nexusflow.folder());
    let python = root().join(".tools/venv/bin/python");
    let (web, mail) = (web.to_string(), mail.to_string());
    let mut command = Command::new(python);
    command.args(["-c", SERVER, &web, &mail]).current_dir(nexusflow.folder()).stdout(Stdio::null());
    let _server = Server(command.spawn().unwrap());
    let nats = nexusflow.nats();
    let worker = nexusflow.spawn("worker", &["worker"]);
    let wire = Wire::to(&nexusflow);
    wire.is_told();
    wire.notice("c-1", "raised", &json!({}));
    let came = |file: &str| std::fs::read_to_string(nexusflow.folder().join(file)).unwrap_or_default();
    eventually(SOON, "both are told", || {
        let (web, mail) = (came("web.txt"), came("mail.txt"));
        if web.contains("\"c-1\"") && mail.contains("for c-1") {
            Ok(())
        } else {
            Err(format!("{web}\n{mail}\n{:?}", wire.targets()))
        }
    });
    for (name, said) in [("stranger", "TLS: invalid peer certificate"), ("strange-mail", "SMTP: TLS failed")] {
        let refused = eventually(SOON, "it is not told", || wire.target(name).last_error.ok_or_else(String::new));
        assert!(refused.starts_with(said), "{name}: {refused}");
        assert_eq!(wire.target(name).last_ok_at, None);
    }
    assert_eq!(came("web.txt").lines().count(), 1);
    assert!(!came("mail.txt").contains("IN THE CLEAR") && came("mail.txt").matches("Message-ID").count() == 1);
    worker.stop();
    nats.stop();
}
