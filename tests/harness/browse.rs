//! A browser, and the scripts that drive it.

use super::root;
use std::path::PathBuf;
use std::process::Command;

/// The front end, with its browser tests.
pub(crate) fn web() -> PathBuf {
    root().join("dashboards/web")
}

/// Whether there is a browser and what drives it. Where not, a test is skipped with a message, but on CI it fails.
pub(crate) fn can_browse() -> bool {
    let chromium = std::env::var_os("CHROMIUM").map_or_else(|| PathBuf::from("/usr/bin/chromium"), PathBuf::from);
    let node = Command::new("node").arg("--version").output().is_ok_and(|output| output.status.success());
    let missing = if !chromium.is_file() {
        format!("no Chromium at {}: install it, or set CHROMIUM to where it is", chromium.display())
    } else if !node {
        "no Node on the PATH: get 20.19 or later from https://nodejs.org".to_owned()
    } else if !web().join("node_modules/playwright-core").is_dir() {
        "the packages of the front end are not installed: `make browser` does it, or `npm ci` in dashboards/web".into()
    } else {
        return true;
    };
    assert!(std::env::var_os("CI").is_none(), "{missing}");
    eprintln!("skipped: {missing}");
    false
}

/// One of the scripts of `e2e`.
pub(crate) fn script(name: &str) -> Command {
    let mut command = Command::new("node");
    command.arg(format!("e2e/{name}")).current_dir(web()).env_remove("NEXUSFLOW_TOKEN");
    command
}

/// Where pictures go: to be looked at, if somebody says where, else beside the logs.
pub(crate) fn pictures(nexusflow: &super::Nexusflow) -> PathBuf {
    std::env::var_os("NEXUSFLOW_SCREENSHOTS")
        .map_or_else(|| nexusflow.folder().join("screenshots"), |folder| root().join(folder))
}
