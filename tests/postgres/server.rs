//! A PostgreSQL server of a test's own, with TLS and passwords.

use crate::harness::{SOON, eventually, free_port};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// What an administrator proves himself with.
const PASSWORD: &str = "a word that is only here";

/// It ends with the test.
pub(crate) struct Server {
    folder: tempfile::TempDir,
    programs: PathBuf,
    pub(crate) port: u16,
    running: Option<Child>,
}

/// Where PostgreSQL is installed. Where it is not, a test is skipped with a message, but on CI it fails.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let found = versions.map(|version| version.path().join("bin")).filter(|bin| bin.join("initdb").is_file()).max();
    if found.is_none() {
        assert!(std::env::var_os("CI").is_none(), "PostgreSQL is missing: apt install postgresql");
        eprintln!("skipped: PostgreSQL is not installed; on Debian: apt install postgresql");
    }
    found
}

impl Server {
    /// None where PostgreSQL is not installed.
    pub(crate) fn start(settings: &[&str]) -> Option<Self> {
        let programs = programs()?;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        std::fs::write(path.join("password"), PASSWORD).unwrap();
        certify(path);
        std::fs::set_permissions(path, PermissionsExt::from_mode(0o755)).unwrap();
        if is_root() {
            let status = Command::new("chown").args(["-R", "postgres"]).arg(path).status().unwrap();
            assert!(status.success());
        }
        let server = Self { programs, port: free_port(), running: None, folder };
        let (data, word) = (server.folder.path().join("data"), server.folder.path().join("password"));
        let mut initdb = server.as_postgres("initdb");
        initdb.arg("-D").arg(&data).arg("--pwfile").arg(&word).stdout(Stdio::null());
        initdb.args(["-U", "postgres", "-E", "UTF8", "--locale", "C", "-A", "scram-sha-256", "-N"]);
        assert!(initdb.status().unwrap().success(), "initdb failed");
        let mut server = server;
        server.run(settings);
        Some(server)
    }

    /// Runs it on the data that it has, and waits until it answers.
    pub(crate) fn run(&mut self, settings: &[&str]) {
        let path = self.folder.path();
        let log = std::fs::File::options().create(true).append(true).open(path.join("log")).unwrap();
        let port = self.port.to_string();
        let mut command = self.as_postgres("postgres");
        command.arg("-D").arg(path.join("data")).args(["-p", &port, "-k", "", "-c", "listen_addresses=127.0.0.1"]);
        // Only the process may die here, not the machine.
        for setting in ["fsync=off", "ssl=on", "ssl_cert_file=../cert.pem", "ssl_key_file=../key.pem"] {
            command.args(["-c", setting]);
        }
        for setting in settings {
            command.args(["-c", setting]);
        }
        self.running = Some(command.stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap());
        eventually(SOON, "PostgreSQL answers", || self.try_sql("postgres", "SELECT 1").map(drop));
    }

    /// Stops it as an administrator does who can't wait.
    pub(crate) fn stop(&mut self) {
        if let Some(mut running) = self.running.take() {
            // A parent of it may be the one that changed the user: the server names its own process.
            let pid = std::fs::read_to_string(self.folder.path().join("data/postmaster.pid")).unwrap_or_default();
            let pid = pid.lines().next().unwrap_or_default().to_owned();
            drop(Command::new("kill").args(["-INT", &pid]).status());
            drop(running.wait());
        }
    }

    /// What a statement gives, a line a row. It must succeed.
    pub(crate) fn sql(&self, database: &str, statement: &str) -> String {
        self.try_sql(database, statement).unwrap()
    }

    pub(crate) fn try_sql(&self, database: &str, statement: &str) -> Result<String, String> {
        let output = Command::new(self.programs.join("psql"))
            .args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "-U", "postgres", "-d", database])
            .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", statement])
            .env("PGPASSWORD", PASSWORD)
            .output()
            .unwrap();
        if output.status.success() {
            return Ok(String::from_utf8(output.stdout).unwrap().trim().to_owned());
        }
        Err(format!("{} {}", String::from_utf8_lossy(&output.stderr), self.log()))
    }

    /// The certificate of its authority: its own.
    pub(crate) fn certificate(&self) -> PathBuf {
        self.folder.path().join("cert.pem")
    }

    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// A program of it, as somebody who is not root: it refuses to run as root.
    fn as_postgres(&self, program: &str) -> Command {
        let program = self.programs.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.current_dir(self.folder.path()).stdin(Stdio::null());
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout.trim_ascii() == b"0"
}

/// Writes a key and a certificate for it.
fn certify(folder: &Path) {
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"])
        .args([
            "-subj",
            "/CN=a test",
            "-addext",
            "subjectAltName=IP:127.0.0.1",
            "-addext",
            "basicConstraints=critical,CA:FALSE",
            "-keyout",
            "key.pem",
            "-out",
            "cert.pem",
        ])
        .current_dir(folder)
        .stderr(Stdio::null())
        .status();
    assert!(made.unwrap().success(), "openssl failed");
    std::fs::set_permissions(folder.join("key.pem"), PermissionsExt::from_mode(0o600)).unwrap();
}
