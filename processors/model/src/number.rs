//! Numbers with limits.

/// A whole number between two bounds, checked on every way in and stated in the schema.
macro_rules! bounded {
    ($(#[$doc:meta])* pub struct $name:ident($repr:ty, $min:expr, $max:expr);) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name($repr);

        impl $name {
            /// Checks and keeps `number`.
            ///
            /// # Errors
            /// A sentence that names the bounds, where it lies outside of them.
            pub fn new(number: i64) -> Result<Self, String> {
                <$repr>::try_from(number).ok().filter(|n| ($min..=$max).contains(n)).map(Self).ok_or_else(|| {
                    format!("must be a whole number from {} to {}, not {number}", $min, $max)
                })
            }

            /// The number itself.
            pub const fn get(self) -> $repr {
                self.0
            }
        }

        // Written as it is read: a form that does not say what it holds would be read as another number.
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                i64::from(self.0).serialize(serializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::new(i64::deserialize(deserializer)?).map_err(serde::de::Error::custom)
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({"type": "integer", "minimum": $min, "maximum": $max})
            }
        }
    };
}

bounded! {
    /// How many of something: 0 to 1,000,000,000.
    pub struct Quantity(i64, 0_i64, 1_000_000_000_i64);
}
bounded! {
    /// A share or probability in basis points: 0 (never) to 10,000 (certain).
    pub struct BasisPoints(u16, 0_u16, 10_000_u16);
}
bounded! {
    /// A whole score on the scale that stands beside it: -1,000 to 1,000.
    pub struct Score(i16, -1_000_i16, 1_000_i16);
}
bounded! {
    /// Points of a loyalty programme: 0 to 1,000,000,000.
    pub struct Points(i64, 0_i64, 1_000_000_000_i64);
}
bounded! {
    /// A length of time in whole seconds: 0 to ten years.
    pub struct Seconds(i64, 0_i64, 315_576_000_i64);
}

#[cfg(test)]
mod tests {
    use super::{BasisPoints, Score};

    #[test]
    fn a_number_is_the_same_in_a_form_that_does_not_say_its_width() {
        let (share, score) = (BasisPoints::new(7_000).unwrap(), Score::new(-3).unwrap());
        let bytes = postcard::to_stdvec(&(share, score)).unwrap();
        assert_eq!(postcard::from_bytes::<(BasisPoints, Score)>(&bytes).unwrap(), (share, score));
        assert_eq!(serde_json::to_string(&(share, score)).unwrap(), "[7000,-3]");
    }
}
