//! The operator's pages, in a real browser.

use crate::harness::browse::{can_browse, pictures, script};
use crate::shop::{self, mapping, order, post, wait_for_letters};

#[test]
fn the_operator_decides_and_makes_keys_in_the_browser() {
    if !can_browse() {
        return;
    }
    let nexusflow = shop::nexusflow();
    let up = nexusflow.up(&[]);
    post(&nexusflow, &order("A-1", "c-1").to_string());
    wait_for_letters(&nexusflow, 1);
    post(&nexusflow, "{\"id\": \"A-2\", \"note\": \"<img src=x onerror=alert(1)>\"}");
    wait_for_letters(&nexusflow, 2);
    // Its mapping is mended, and a gateway that is started reads it.
    up.stop();
    std::fs::write(nexusflow.folder().join("shop.toml"), mapping("sum")).unwrap();
    let _up = nexusflow.up(&[]);
    let output = script("door.mjs").arg(nexusflow.url("/")).arg(pictures(&nexusflow)).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}\n{err}\n{}", nexusflow.logs());
}
