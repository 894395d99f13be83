//! What programs read about the API says what the program does: no route without its description, no description without its route.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod harness;

use harness::browse::{can_browse, pictures, script};
use harness::{Nexusflow, root};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// The committed documents are those of the code. `make documents` writes them anew.
#[test]
fn the_committed_documents_are_those_of_the_code() {
    let write = std::env::var_os("NEXUSFLOW_WRITE_DOCUMENTS").is_some();
    for (name, document) in
        [("openapi.json", nexusflow_gateway::openapi()), ("asyncapi.json", nexusflow_gateway::asyncapi())]
    {
        let path = root().join("docs").join(name);
        let fresh = serde_json::to_string_pretty(&document).unwrap() + "\n";
        if write {
            std::fs::write(&path, &fresh).unwrap();
        }
        assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), fresh, "run `make documents`");
    }
}

fn documented() -> BTreeSet<(String, String)> {
    let document = nexusflow_gateway::openapi();
    let paths = document["paths"].as_object().unwrap().clone();
    let of = |(path, operations): (String, Value)| {
        let methods: Vec<String> = operations.as_object().unwrap().keys().cloned().collect();
        methods.into_iter().map(move |method| (method, path.clone()))
    };
    paths.into_iter().flat_map(of).collect()
}

/// Every `.route("PATH", METHODS)` of the crates that serve HTTP.
fn routed() -> BTreeSet<(String, String)> {
    fn sources(folder: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = std::fs::read_to_string(path).unwrap();
                found.push(text.split("#[cfg(test)]").next().unwrap().to_owned());
            }
        }
    }
    let mut texts = Vec::new();
    sources(&root().join("dashboards/gateway/src"), &mut texts);
    sources(&root().join("connectors/src"), &mut texts);
    let mut routes = BTreeSet::new();
    for text in &texts {
        for route in text.split(".route(").skip(1) {
            let (path, rest) = route.trim_start().strip_prefix('"').unwrap().split_once('"').unwrap();
            // Up to where the call ends, or the next route begins.
            let rest = rest.split([';', '\n']).next().unwrap();
            let methods = ["get", "post", "put", "delete", "patch"];
            let named: Vec<&str> = methods.into_iter().filter(|method| rest.contains(&format!("{method}("))).collect();
            match (path, named.as_slice()) {
                // What answers to whatever is nothing else.
                ("/api/{*rest}", _) => {}
                // Named elsewhere, or all methods of which one is meant.
                (path, []) => drop(routes.insert(("*".to_owned(), path.to_owned()))),
                (path, named) => routes.extend(named.iter().map(|method| ((*method).to_owned(), path.to_owned()))),
            }
        }
    }
    routes
}

#[test]
fn every_route_is_documented_and_every_documented_one_is_a_route() {
    let (documented, routed) = (documented(), routed());
    assert!(routed.len() > 20, "{routed:?}");
    for (method, path) in &routed {
        let is_there = documented.iter().any(|(own, other)| other == path && (method == "*" || own == method));
        assert!(is_there, "{method} {path} is not in dashboards/gateway/src/documents/operations.rs");
    }
    for (method, path) in &documented {
        let is_there = routed.iter().any(|(own, other)| other == path && (own == "*" || own == method));
        assert!(is_there, "{method} {path} is documented, and no router has it");
    }
}

/// The real program, asked for each of them: none is answered as what there is not, and all that is answered is documented.
#[test]
fn the_program_answers_what_is_documented() {
    let nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    let _up = nexusflow.up(&[]);
    let document = nexusflow.json("/api/openapi.json").unwrap();
    assert_eq!(document, nexusflow_gateway::openapi());
    assert_eq!(nexusflow.json("/api/asyncapi.json").unwrap(), nexusflow_gateway::asyncapi());
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    for (method, path) in documented() {
        let asked = path
            .replace("{type}", "order.placed")
            .replace("{topic}", "figures")
            .replace("{group}", "a")
            .replace(['{', '}'], "");
        let url = nexusflow.url(&format!("{asked}{}", if path == "/api/stream" { "?topic=figures" } else { "" }));
        let mut answer = match method.as_str() {
            "get" => agent.get(url).call().unwrap(),
            "delete" => agent.delete(url).call().unwrap(),
            _ => agent.post(url).header("content-type", "application/json").send("{}").unwrap(),
        };
        let status = answer.status().as_u16();
        let known = &document["paths"][&path][&method]["responses"][status.to_string()];
        assert!(known.is_object(), "{method} {path} answered {status}, which is not documented");
        if path != "/api/stream" {
            let body = answer.body_mut().read_to_string().unwrap();
            assert!(!body.contains("there is no such request"), "{method} {path}: {body}");
        }
    }
}

/// Validators that people know, over what is committed.
#[test]
fn the_documents_are_valid() {
    let python = root().join(".tools/venv/bin/python");
    let has = Command::new(&python)
        .args(["-c", "import openapi_spec_validator"])
        .status()
        .is_ok_and(|status| status.success());
    let schema = root().join("dashboards/web/node_modules/@asyncapi/specs/schemas/3.0.0.json");
    if !has || !schema.is_file() {
        assert!(
            std::env::var_os("CI").is_none(),
            "validators are missing: make validators, and npm ci in dashboards/web"
        );
        return;
    }
    let output =
        Command::new(python).arg("tests/documents/validate.py").arg(schema).current_dir(root()).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}\n{err}");
}

/// The pages for publishers in a real browser, large and small; nothing is loaded from elsewhere.
#[test]
fn publishers_find_their_way_in_a_browser() {
    if !can_browse() {
        return;
    }
    let nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    let _up = nexusflow.up(&[]);
    let output = script("connect.mjs").arg(nexusflow.url("/")).arg(pictures(&nexusflow)).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}\n{err}\n{}", nexusflow.logs());
}
