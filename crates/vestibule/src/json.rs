//! Strict JSON for everything that comes from outside.

use std::{cell::Cell, fmt};

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Reads one JSON object: UTF-8, no byte order mark, unique member names at every level, at most [`MAX_DEPTH`] levels
/// deep, nothing after it (RFC 7519 section 4, RFC 8725 section 3.7, checklist A03).
///
/// A number that no `f64` can hold, such as `1e400`, is a syntax error.
pub(crate) fn parse_object(bytes: &[u8]) -> Result<Map<String, Value>, JsonFault> {
    let fault = Cell::new(JsonFault::Syntax);
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = Strict { depth: MAX_DEPTH, fault: &fault }
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value));
    match value {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(JsonFault::NotAnObject),
        Err(_) => Err(fault.get()),
    }
}

/// How many levels of objects and lists an outside document may have, the outermost counted.
pub(crate) const MAX_DEPTH: u8 = 32;

/// Why a document was refused. It never quotes the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum JsonFault {
    #[error("the text is not JSON in UTF-8")]
    Syntax,
    #[error("the JSON text is not an object")]
    NotAnObject,
    #[error("a JSON object has two members of the same name")]
    RepeatedName,
    #[error("the JSON text is nested too deeply")]
    TooDeep,
}

#[derive(Clone, Copy)]
struct Strict<'a> {
    depth: u8,
    /// What to report if reading ends early.
    fault: &'a Cell<JsonFault>,
}

impl Strict<'_> {
    fn refuse<T, E: Error>(self, fault: JsonFault) -> Result<T, E> {
        self.fault.set(fault);
        Err(E::custom(fault))
    }

    fn inner<E: Error>(self) -> Result<Self, E> {
        match self.depth.checked_sub(1) {
            Some(depth) => Ok(Self { depth, ..self }),
            None => self.refuse(JsonFault::TooDeep),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value)
            .map_or_else(|| self.refuse(JsonFault::Syntax), |number| Ok(Value::Number(number)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let inner = self.inner()?;
        let mut list = Vec::new();
        while let Some(element) = elements.next_element_seed(inner)? {
            list.push(element);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let inner = self.inner()?;
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let value = members.next_value_seed(inner)?;
            if object.insert(name, value).is_some() {
                return self.refuse(JsonFault::RepeatedName);
            }
        }
        match arbitrary_precision_number(&object) {
            None => Ok(Value::Object(object)),
            Some(number) if number.as_f64().is_some_and(f64::is_finite) => Ok(Value::Number(number)),
            Some(_) => self.refuse(JsonFault::Syntax),
        }
    }
}

/// The number that this object stands for under `serde_json/arbitrary_precision`, which any crate of an application may
/// switch on for all of them: numbers then arrive as objects with one private member. Without it that is just a name.
fn arbitrary_precision_number(object: &Map<String, Value>) -> Option<Number> {
    const PRIVATE_NAME: &str = "$serde_json::private::Number";
    match (object.len(), object.get(PRIVATE_NAME)) {
        (1, Some(Value::String(digits))) if serde_json::from_str::<Number>("1e400").is_ok() => {
            serde_json::from_str(digits).ok()
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: impl AsRef<[u8]>) -> JsonFault {
        parse_object(text.as_ref()).unwrap_err()
    }

    fn nested(levels: usize) -> String {
        format!("{{\"a\":{}{}}}", "[".repeat(levels - 1), "]".repeat(levels - 1))
    }

    #[test]
    fn an_object_is_read_as_serde_json_reads_it() {
        let text = r#"{"a":[1,-2,3.5,"x",null,true,{"b":{}}],"c":"\u00e9"}"#;
        let expected: Value = serde_json::from_str(text).unwrap();
        assert_eq!(Value::Object(parse_object(text.as_bytes()).unwrap()), expected);
    }

    #[test]
    fn a03_names_are_unique_at_every_level() {
        assert_eq!(fault(r#"{"a":1,"a":1}"#), JsonFault::RepeatedName);
        assert_eq!(fault(r#"{"a":{"b":1,"b":2}}"#), JsonFault::RepeatedName);
        assert_eq!(fault(r#"{"a":[{"b":1,"\u0062":2}]}"#), JsonFault::RepeatedName);
        assert!(parse_object(br#"{"a":{"a":{"a":1}},"b":{"a":1}}"#).is_ok());
    }

    #[test]
    fn a03_depth_ends_at_32() {
        assert!(parse_object(nested(32).as_bytes()).is_ok());
        assert_eq!(fault(nested(33)), JsonFault::TooDeep);
        assert_eq!(fault(nested(100_000)), JsonFault::TooDeep);
        assert_eq!(fault(format!("{}1{}", r#"{"a":"#.repeat(33), "}".repeat(33))), JsonFault::TooDeep);
    }

    #[test]
    fn a03_only_objects() {
        for text in ["[]", "null", "1", r#""{}""#, "true"] {
            assert_eq!(fault(text), JsonFault::NotAnObject, "{text}");
        }
    }

    #[test]
    fn a03_only_utf8_without_mark_and_nothing_after() {
        assert_eq!(fault("\u{feff}{}"), JsonFault::Syntax);
        assert_eq!(fault(b"\xff\xfe{\0}\0"), JsonFault::Syntax);
        assert_eq!(fault(b"{\"a\":\"\xff\"}"), JsonFault::Syntax);
        assert_eq!(fault(r#"{"a":"\ud800"}"#), JsonFault::Syntax);
        for text in ["", " ", "{", "{} {}", "{}x", "{'a':1}", r#"{"a":1,}"#, r#"{"a":NaN}"#, r#"{"a":01}"#] {
            assert_eq!(fault(text), JsonFault::Syntax, "{text}");
        }
    }

    #[test]
    fn a19_a_number_beyond_f64_is_a_syntax_error() {
        assert_eq!(fault(r#"{"exp":1e400}"#), JsonFault::Syntax);
    }

    #[test]
    fn the_private_number_name_of_serde_json_means_nothing() {
        let object = parse_object(br#"{"exp":{"$serde_json::private::Number":"5"}}"#).unwrap();
        assert!(object["exp"].is_object());
    }
}
