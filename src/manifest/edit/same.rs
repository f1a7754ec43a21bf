//! Comparing a text with data while it is read, without making data of it.

use std::borrow::Cow;
use std::fmt;

use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, Value};

/// What is to be found in a text. Reading fails at the first difference.
#[derive(Clone, Copy)]
pub(super) struct Same<'a>(pub &'a Value);

impl Same<'_> {
    fn told<E: de::Error>(is_same: bool) -> Result<(), E> {
        if is_same {
            Ok(())
        } else {
            Err(E::custom("it differs"))
        }
    }
}

impl<'de> DeserializeSeed<'de> for Same<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Same<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("what was planned")
    }

    fn visit_bool<E: de::Error>(self, found: bool) -> Result<(), E> {
        Self::told(*self.0 == Value::Bool(found))
    }

    fn visit_i64<E: de::Error>(self, found: i64) -> Result<(), E> {
        Self::told(self.0.as_number() == Some(&found.into()))
    }

    fn visit_u64<E: de::Error>(self, found: u64) -> Result<(), E> {
        Self::told(self.0.as_number() == Some(&found.into()))
    }

    fn visit_f64<E: de::Error>(self, found: f64) -> Result<(), E> {
        // What is no number to JSON becomes null, as in data.
        let found = Number::from_f64(found).map_or(Value::Null, Value::Number);
        Self::told(*self.0 == found)
    }

    fn visit_str<E: de::Error>(self, found: &str) -> Result<(), E> {
        Self::told(self.0.as_str() == Some(found))
    }

    fn visit_none<E: de::Error>(self) -> Result<(), E> {
        Self::told(self.0.is_null())
    }

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        Self::told(self.0.is_null())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut found: A) -> Result<(), A::Error> {
        let Value::Array(items) = self.0 else {
            return Self::told(false);
        };
        for item in items {
            let is_there = found.next_element_seed(Same(item))?.is_some();
            Self::told::<A::Error>(is_there)?;
        }
        Self::told(found.next_element::<de::IgnoredAny>()?.is_none())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut found: A) -> Result<(), A::Error> {
        let Value::Object(entries) = self.0 else {
            return Self::told(false);
        };
        let mut left = entries.len();
        while let Some(Key(key)) = found.next_key()? {
            let Some(value) = entries.get(&*key) else {
                return Self::told(false);
            };
            found.next_value_seed(Same(value))?;
            // Neither reader gives a key twice.
            left = left.saturating_sub(1);
        }
        Self::told(left == 0)
    }
}

/// A key; copied only where the text does not have it as it is.
struct Key<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = Cow<'de, str>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a key")
            }

            fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Self::Value, E> {
                Ok(Cow::Borrowed(key))
            }

            fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
                Ok(Cow::Owned(key.to_owned()))
            }
        }
        deserializer.deserialize_str(Text).map(Key)
    }
}
