//! HTTPS at the door, with a certificate that is renewed while it is open.

use crate::harness::{Nexusflow, SOON, eventually};
use std::path::Path;
use std::process::Command;

/// Makes a certificate for 127.0.0.1 called `name` that signs itself.
fn certificate(folder: &Path, name: &str) {
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"])
        .args(["-keyout", "key.pem", "-out", "cert.pem", "-subj", &format!("/CN={name}")])
        .args(["-addext", "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE"])
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

/// Status line, headers and body of a request over TLS, its certificate checked.
fn curl(nexusflow: &Nexusflow, arguments: &[&str], path: &str) -> Result<String, String> {
    let output = Command::new("curl")
        .args(["-sS", "-i", "--max-time", "10", "--cacert", "cert.pem"])
        .args(arguments)
        .arg(format!("https://127.0.0.1:{}{path}", nexusflow.port))
        .current_dir(nexusflow.folder())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() { Ok(text) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

#[test]
fn the_door_speaks_tls_and_takes_a_renewed_certificate() {
    let mut nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    certificate(nexusflow.folder(), "first");
    nexusflow.set("GATEWAY__TLS_CERTIFICATE_FILE", "cert.pem");
    let half = nexusflow.run(&["config", "check"]);
    assert!(String::from_utf8_lossy(&half.stderr).contains("gateway.tls_certificate_file needs gateway.tls_key_file"));
    nexusflow.set("GATEWAY__TLS_KEY_FILE", "key.pem");
    nexusflow.set("ACCESS__VIEW_TOKEN", "view-token-of-a-test");
    let up = nexusflow.spawn("up", &["up"]);
    eventually(SOON, "it is ready", || match curl(&nexusflow, &[], "/readyz") {
        Ok(answer) if answer.starts_with("HTTP/1.1 200") => Ok(()),
        other => Err(format!("{other:?}\n{}", nexusflow.logs())),
    });
    assert!(nexusflow.get("/readyz").is_none(), "nothing is answered in the clear");
    assert!(nexusflow.run_well(&["doctor", "--gateway"]).contains("is ready"));
    let signed_in = ["-H", "content-type: application/json", "-d", r#"{"token": "view-token-of-a-test"}"#];
    let answer = curl(&nexusflow, &signed_in, "/api/v1/session").unwrap();
    assert!(answer.starts_with("HTTP/1.1 204") && answer.contains("; Secure"), "{answer}");

    // The old one is not trusted any more from here on: only the new one is in cert.pem.
    certificate(nexusflow.folder(), "second");
    eventually(SOON, "the new certificate is shown", || curl(&nexusflow, &[], "/healthz").map(drop));
    // A broken one changes nothing.
    let good = std::fs::read(nexusflow.folder().join("cert.pem")).unwrap();
    std::fs::write(nexusflow.folder().join("cert.pem"), "nonsense").unwrap();
    eventually(SOON, "it is said", || {
        if nexusflow.logs().contains("the one before stays") { Ok(()) } else { Err(nexusflow.logs()) }
    });
    std::fs::write(nexusflow.folder().join("cert.pem"), good).unwrap();
    curl(&nexusflow, &[], "/healthz").unwrap();
    up.stop();
}

#[test]
fn a_certificate_that_is_none_is_named() {
    let mut nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    std::fs::write(nexusflow.folder().join("cert.pem"), "nonsense").unwrap();
    nexusflow.set("GATEWAY__TLS_CERTIFICATE_FILE", "cert.pem");
    nexusflow.set("GATEWAY__TLS_KEY_FILE", "missing.pem");
    let _nats = nexusflow.nats();
    let said = nexusflow.run(&["gateway"]);
    let said = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(
        said.contains("gateway.tls_certificate_file: cert.pem can't be used: there is no certificate in it"),
        "{said}"
    );
}
