//! `--set PATH=VALUE`.

use serde_json::Value;
use std::str::FromStr;

/// Another value for a field.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Setting {
    path: String,
    steps: Vec<Step>,
    value: Value,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Field(String),
    Item(usize),
}

impl FromStr for Setting {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (path, value) = text.split_once('=').ok_or("must be PATH=VALUE, such as total.minor=1250")?;
        // `data.` may be said or not: it is the path that errors name.
        let inner = path.strip_prefix("data.").unwrap_or(path);
        let steps = steps(inner).ok_or_else(|| format!("{path:?} is no path such as total.minor or lines[0].name"))?;
        let value = serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.to_owned()));
        Ok(Self { path: inner.to_owned(), steps, value })
    }
}

fn steps(path: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    for part in path.split('.') {
        let mut pieces = part.split('[');
        let name = pieces.next().filter(|name| !name.is_empty())?;
        steps.push(Step::Field(name.to_owned()));
        for index in pieces {
            steps.push(Step::Item(index.strip_suffix(']')?.parse().ok()?));
        }
    }
    Some(steps)
}

impl Setting {
    /// Puts the value where it belongs; null takes what is there out.
    ///
    /// # Errors
    /// Where the path leads through what is neither object nor array, or past the end of one.
    pub(super) fn apply(&self, data: &mut Value) -> Result<(), String> {
        let lost = || format!("--set {}: there is no such place in the example", self.path);
        let (last, way) = self.steps.split_last().ok_or_else(lost)?;
        let mut at = data;
        for step in way {
            at = match step {
                Step::Field(name) => at
                    .as_object_mut()
                    .ok_or_else(lost)?
                    .entry(name)
                    .or_insert_with(|| Value::Object(Default::default())),
                Step::Item(index) => at.as_array_mut().and_then(|items| items.get_mut(*index)).ok_or_else(lost)?,
            };
        }
        match (last, at) {
            (Step::Field(name), Value::Object(fields)) if self.value.is_null() => drop(fields.remove(name)),
            (Step::Field(name), Value::Object(fields)) => drop(fields.insert(name.clone(), self.value.clone())),
            (Step::Item(index), Value::Array(items)) if *index < items.len() && self.value.is_null() => {
                items.remove(*index);
            }
            (Step::Item(index), Value::Array(items)) if *index < items.len() => items[*index] = self.value.clone(),
            (Step::Item(index), Value::Array(items)) if *index == items.len() => items.push(self.value.clone()),
            _ => return Err(lost()),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn after(setting: &str) -> Result<Value, String> {
        let mut data = json!({"total": {"minor": 1}, "lines": [{"name": "Tea"}]});
        setting.parse::<Setting>()?.apply(&mut data)?;
        Ok(data)
    }

    #[test]
    fn a_path_leads_to_a_value() {
        assert_eq!(after("total.minor=9900").unwrap()["total"]["minor"], json!(9_900));
        assert_eq!(after("data.lines[0].name=Green tea").unwrap()["lines"], json!([{"name": "Green tea"}]));
        assert_eq!(after("lines[1]={\"name\":\"x\"}").unwrap()["lines"][1]["name"], json!("x"));
        assert_eq!(after("channel=web").unwrap()["channel"], json!("web"));
        assert_eq!(after("total.currency=\"EUR\"").unwrap()["total"]["currency"], json!("EUR"));
        assert_eq!(after("total=null").unwrap(), json!({"lines": [{"name": "Tea"}]}));
    }

    #[test]
    fn a_path_that_leads_nowhere_is_refused() {
        for wrong in ["total", "=1", "a..b=1", "lines[x]=1", "lines[0=1"] {
            assert!(wrong.parse::<Setting>().is_err(), "{wrong}");
        }
        for lost in ["lines[7]=1", "lines.name=1", "total.minor.more=1"] {
            assert!(after(lost).unwrap_err().contains("no such place"), "{lost}");
        }
    }
}
