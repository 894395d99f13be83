//! Text with limits: short labels and long messages.

use crate::limits::{LABEL_BYTES_MAX, TEXT_BYTES_MAX};

/// Why a text was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing in it.
    #[error("{what} must not be empty")]
    Empty {
        /// What was expected.
        what: &'static str,
    },
    /// Longer than its limit.
    #[error("{what} must be at most {max} bytes long, this one has {got}")]
    TooLong {
        /// What was expected.
        what: &'static str,
        /// The limit in bytes.
        max: usize,
        /// What was given, in bytes.
        got: usize,
    },
    /// A control character in it.
    #[error("{what} must not contain control characters (one is at byte {at})")]
    Control {
        /// What was expected.
        what: &'static str,
        /// The byte at which the first one stands.
        at: usize,
    },
    /// A space at an end.
    #[error("{what} must not begin or end with a space")]
    Padded {
        /// What was expected.
        what: &'static str,
    },
}

/// The check behind every short text: not empty, not too long, printable, not padded.
pub(crate) fn check_short(text: &str, max: usize, what: &'static str) -> Result<(), TextError> {
    if text.is_empty() {
        return Err(TextError::Empty { what });
    }
    if text.len() > max {
        return Err(TextError::TooLong { what, max, got: text.len() });
    }
    // Printable ASCII is most of what comes.
    if text.bytes().all(|byte| (b' '..0x7f).contains(&byte)) {
        let is_padded = text.starts_with(' ') || text.ends_with(' ');
        return if is_padded { Err(TextError::Padded { what }) } else { Ok(()) };
    }
    if let Some((at, _)) = text.char_indices().find(|(_, c)| c.is_control()) {
        return Err(TextError::Control { what, at });
    }
    if text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace) {
        return Err(TextError::Padded { what });
    }
    Ok(())
}

/// A validated short string type: `check_short` on every way in, transparent JSON, its limits in the schema.
macro_rules! short_text {
    ($(#[$doc:meta])* pub struct $name:ident(max_bytes = $max:expr, what = $what:literal);) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
        #[serde(transparent)]
        pub struct $name(compact_str::CompactString);

        impl $name {
            /// Checks and keeps `text`.
            ///
            /// # Errors
            /// Where `text` is empty, too long, padded with space or holds control characters.
            pub fn new(text: &str) -> Result<Self, $crate::text::TextError> {
                $crate::text::check_short(text, $max, $what)?;
                Ok(Self(text.into()))
            }

            /// The text itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{:?}", self.0.as_str())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::text::TextError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::new(text)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <compact_str::CompactString as serde::Deserialize>::deserialize(deserializer)?;
                $crate::text::check_short(&text, $max, $what).map_err(serde::de::Error::custom)?;
                Ok(Self(text))
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": "string", "minLength": 1, "maxLength": $max, "pattern": "^\\S(.*\\S)?$"
                })
            }
        }
    };
}
pub(crate) use short_text;

short_text! {
    /// A short text that people read: a name, a stage, a channel, a category. 1 to 200 bytes, one line.
    pub struct Label(max_bytes = LABEL_BYTES_MAX, what = "a label");
}

/// Free text as somebody wrote it: a message, comment or review, up to 16 KiB. May be empty and may have several lines.
#[derive(Clone, PartialEq, Eq, serde::Serialize)]
#[serde(transparent)]
pub struct Text(Box<str>);

impl Text {
    /// Checks and keeps `text`.
    ///
    /// # Errors
    /// Where it is longer than [`TEXT_BYTES_MAX`].
    pub fn new(text: &str) -> Result<Self, TextError> {
        Self::checked(text.into())
    }

    fn checked(text: Box<str>) -> Result<Self, TextError> {
        if text.len() > TEXT_BYTES_MAX {
            return Err(TextError::TooLong { what: "a text", max: TEXT_BYTES_MAX, got: text.len() });
        }
        Ok(Self(text))
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", &self.0)
    }
}

impl<'de> serde::Deserialize<'de> for Text {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::checked(Box::<str>::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl schemars::JsonSchema for Text {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Text".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "maxLength": TEXT_BYTES_MAX})
    }
}
