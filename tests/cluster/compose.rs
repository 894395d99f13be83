//! What `docker-compose.yml` says, read as Docker Compose reads it. What is not understood here is an error: it would not be
//! tested.

use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// The file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Compose {
    #[serde(rename = "name")]
    _name: String,
    pub(crate) services: BTreeMap<String, Service>,
    /// Volumes, each as Docker makes it when nothing more is said.
    pub(crate) volumes: BTreeMap<String, ()>,
    pub(crate) configs: BTreeMap<String, Config>,
}

/// A service. What only concerns containers is read so that it is known, and checked where it can be.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Service {
    pub(crate) image: String,
    pub(crate) build: Option<String>,
    pub(crate) command: Vec<String>,
    #[serde(default)]
    pub(crate) environment: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) configs: Vec<Mounted>,
    /// `volume:/path/in/the/container`
    #[serde(default)]
    pub(crate) volumes: Vec<String>,
    /// `published:port`
    #[serde(default)]
    pub(crate) ports: Vec<String>,
    #[serde(default)]
    pub(crate) depends_on: BTreeMap<String, Dependency>,
    pub(crate) healthcheck: Option<HealthCheck>,
    pub(crate) restart: String,
    #[serde(default, rename = "init")]
    _init: bool,
    pub(crate) cap_drop: Vec<String>,
    pub(crate) security_opt: Vec<String>,
    pub(crate) stop_grace_period: String,
}

/// A config that is put into a container as a file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mounted {
    pub(crate) source: String,
    pub(crate) target: String,
}

/// What must hold of another service before this one starts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Dependency {
    pub(crate) condition: String,
}

/// How Docker asks whether a service is well.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HealthCheck {
    pub(crate) test: Vec<String>,
    pub(crate) interval: String,
    pub(crate) timeout: String,
    pub(crate) retries: u32,
    pub(crate) start_period: String,
}

/// A config whose content stands in the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    pub(crate) content: String,
}

impl Compose {
    /// Reads the file, with `environment` for its variables.
    pub(crate) fn read(text: &str, environment: &BTreeMap<&str, &str>) -> Result<Self, String> {
        // YAML's own anchors, aliases and merge keys are undone by the reader.
        let mut file: Value = serde_saphyr::from_str(text).map_err(|error| format!("it is not YAML: {error}"))?;
        // Compose ignores what begins with x-: it is there to be referred to.
        let top = file.as_object_mut().ok_or("it is not a mapping")?;
        top.retain(|key, _| !key.starts_with("x-"));
        substitute_all(&mut file, environment)?;
        let compose: Self = serde_path_to_error::deserialize(file)
            .map_err(|error| format!("{}: {}; tests/cluster does not understand it", error.path(), error.inner()))?;
        compose.check()?;
        Ok(compose)
    }

    /// Whether what it refers to is there.
    fn check(&self) -> Result<(), String> {
        for (name, service) in &self.services {
            for volume in &service.volumes {
                let named = volume.split_once(':').filter(|(volume, target)| {
                    self.volumes.contains_key(*volume) && target.starts_with('/') && !target.contains(':')
                });
                named.ok_or(format!("services.{name}.volumes: {volume} is not a volume of the file and a path"))?;
            }
            if let Some(missing) = service.configs.iter().find(|mounted| !self.configs.contains_key(&mounted.source)) {
                return Err(format!("services.{name}.configs: there is no config {}", missing.source));
            }
            for (other, dependency) in &service.depends_on {
                if !self.services.contains_key(other) || dependency.condition != "service_healthy" {
                    return Err(format!("services.{name}.depends_on.{other}: {} of that", dependency.condition));
                }
            }
        }
        Ok(())
    }
}

fn substitute_all(value: &mut Value, environment: &BTreeMap<&str, &str>) -> Result<(), String> {
    match value {
        Value::String(text) => *text = substitute(text, environment)?,
        Value::Array(items) => items.iter_mut().try_for_each(|item| substitute_all(item, environment))?,
        Value::Object(fields) => fields.values_mut().try_for_each(|field| substitute_all(field, environment))?,
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
    Ok(())
}

/// Puts variables in: `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME:?why it is needed}`; `$$` is a dollar.
pub(crate) fn substitute(text: &str, environment: &BTreeMap<&str, &str>) -> Result<String, String> {
    let (mut out, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        if let Some(after) = after.strip_prefix('$') {
            out.push('$');
            rest = after;
        } else if let Some(braced) = after.strip_prefix('{') {
            let (inside, after) = braced.split_once('}').ok_or(format!("{text}: a brace is not closed"))?;
            out.push_str(&value_of(inside, environment)?);
            rest = after;
        } else {
            let end = after.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(after.len());
            out.push_str(&value_of(&after[..end], environment)?);
            rest = &after[end..];
        }
    }
    Ok(out + rest)
}

fn value_of(inside: &str, environment: &BTreeMap<&str, &str>) -> Result<String, String> {
    let end = inside.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(inside.len());
    let (name, form) = inside.split_at(end);
    let value = environment.get(name).map(|value| (*value).to_owned());
    let some = value.clone().filter(|value| !value.is_empty());
    if name.is_empty() {
        Err(format!("${{{inside}}} names no variable"))
    } else if form.is_empty() {
        value.ok_or(format!("{name} is not set, and the file gives no default"))
    } else if let Some(default) = form.strip_prefix(":-") {
        Ok(some.unwrap_or(default.to_owned()))
    } else if let Some(why) = form.strip_prefix(":?") {
        some.ok_or(format!("{name} is needed: {why}"))
    } else {
        Err(format!("${{{inside}}} is a form that tests/cluster does not understand"))
    }
}

#[test]
fn variables_are_put_in_as_compose_does() {
    let set = BTreeMap::from([("A", "one"), ("EMPTY", "")]);
    for (text, is) in [
        ("$A-${A}", "one-one"),
        ("${A:-two}${B:-two}${EMPTY:-three}", "onetwothree"),
        ("${A:?is needed}", "one"),
        ("5 $$ for ${A}", "5 $ for one"),
        ("none", "none"),
    ] {
        assert_eq!(substitute(text, &set).as_deref(), Ok(is), "{text}");
    }
    for (text, why) in
        [("${B:?say it}", "say it"), ("$B", "not set"), ("${A/x}", "does not understand"), ("${A", "brace")]
    {
        let error = substitute(text, &set).unwrap_err();
        assert!(error.contains(why), "{text}: {error}");
    }
}

#[test]
fn what_is_not_understood_is_an_error_with_its_place() {
    let whole = "name: x\nx-a: &a {image: i, restart: always, cap_drop: [ALL], security_opt: [], stop_grace_period: 1s}\n\
                 services:\n  one:\n    <<: *a\n    command: [run]\nvolumes: {v: }\nconfigs: {}\n";
    let none = BTreeMap::new();
    let read = Compose::read(whole, &none).unwrap();
    assert_eq!((read.services["one"].image.as_str(), &*read.services["one"].command), ("i", &["run".to_owned()][..]));
    for (changed, why) in [
        (whole.replace("command: [run]", "command: [run]\n    network_mode: host"), "network_mode"),
        (whole.replace("command: [run]", "command: run"), "services.one.command"),
        (whole.replace("{v: }", "{v: {driver: local}}"), "volumes.v"),
        (whole.replace("command: [run]", "command: [run]\n    volumes: [\"./here:/there\"]"), "./here"),
        (whole.replace("[run]", "[$RUN]"), "RUN is not set"),
    ] {
        let error = Compose::read(&changed, &none).unwrap_err();
        assert!(error.contains(why), "{error}");
    }
}
