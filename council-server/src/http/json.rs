//! Reading the JSON of a request with all its faults: a fault is noted, and the reading continues.
//!
//! Serde stops at the first fault, and clients receive all faults. So an object is read field by field, every field by its type.

use council_core::near_name;
use serde_json::{Map, Value};

use super::faults::Faults;
use crate::wire::check::Warning;
use crate::wire::fault::{Location, RequestFault};

/// A type that can be read from the JSON of a request.
pub(crate) trait ReadJson: Sized {
    /// Reads a value; `None` once its faults have been noted.
    fn read(json: Json<'_>) -> Option<Self>;
}

/// A value in a request, its location, and the faults that have been noted.
pub(crate) struct Json<'j> {
    value: &'j Value,
    at: Location,
    faults: &'j mut Faults,
}

impl<'j> Json<'j> {
    /// The body of a request.
    pub(crate) fn body(value: &'j Value, faults: &'j mut Faults) -> Self {
        Self { value, at: Location::body(), faults }
    }

    pub(crate) fn value(&self) -> &'j Value {
        self.value
    }

    /// The fields of the value, which has to be an object.
    pub(crate) fn fields(self) -> Option<Fields<'j>> {
        self.fields_or(RequestFault::not_an_object)
    }

    /// The fields of the value, with another fault if it is not an object.
    pub(crate) fn fields_or(self, fault: fn(Location, &Value) -> RequestFault) -> Option<Fields<'j>> {
        match self.value {
            Value::Object(object) => Some(Fields { object, at: self.at, faults: self.faults, known: Vec::new() }),
            _ => self.note(fault),
        }
    }

    /// Reads a word, and returns its meaning.
    pub(crate) fn word<T: Copy>(self, words: &[(&str, T)]) -> Option<T> {
        let found = words.iter().find(|(word, _)| self.value.as_str() == Some(word));
        match found {
            Some((_, meaning)) => Some(*meaning),
            None => self.note(|at, value| RequestFault::no_such_word(at, value, words.iter().map(|(word, _)| *word))),
        }
    }

    /// Notes that the value has this fault.
    pub(crate) fn note<T>(self, fault: impl FnOnce(Location, &Value) -> RequestFault) -> Option<T> {
        self.faults.add(|| fault(self.at, self.value));
        None
    }
}

/// The fields of an object in a request.
pub(crate) struct Fields<'j> {
    object: &'j Map<String, Value>,
    at: Location,
    faults: &'j mut Faults,
    /// The names of the fields that were read.
    known: Vec<&'static str>,
}

impl<'j> Fields<'j> {
    /// A required field. If it cannot be read, the default is returned.
    pub(crate) fn required<T: ReadJson + Default>(&mut self, name: &'static str) -> T {
        if !self.object.contains_key(name) {
            self.faults.add(|| RequestFault::missing(self.at.then(name), &Value::Object(self.object.clone())));
        }
        self.given(name).unwrap_or_default()
    }

    /// A field that may be left out. Null is refused.
    pub(crate) fn given<T: ReadJson>(&mut self, name: &'static str) -> Option<T> {
        self.known.push(name);
        let value = self.object.get(name)?;
        T::read(Json { value, at: self.at.then(name), faults: self.faults })
    }

    /// A field that may be left out or null.
    pub(crate) fn optional<T: ReadJson>(&mut self, name: &'static str) -> Option<T> {
        if self.object.get(name).is_some_and(Value::is_null) {
            self.known.push(name);
            return None;
        }
        self.given(name)
    }

    /// Warns of all fields that were not read. `unused` are fields that need not be read. Returns the faults that have been noted.
    pub(crate) fn warn_of_others(self, unused: &[&'static str]) -> &'j mut Faults {
        let Self { object, at, faults, known } = self;
        let known = || known.iter().chain(unused).copied();
        for name in object.keys().filter(|name| !known().any(|known| known == name.as_str())) {
            faults.warn(|| Warning::unknown_field(at.then(name.as_str()), name, near_name(name, known())));
        }
        faults
    }

    /// Refuses all fields that were not read.
    pub(crate) fn refuse_others(self) {
        for (name, value) in self.object.iter().filter(|(name, _)| !self.known.contains(&name.as_str())) {
            self.faults.add(|| RequestFault::forbidden(self.at.then(name.as_str()), value));
        }
    }
}

impl ReadJson for String {
    fn read(json: Json<'_>) -> Option<Self> {
        match json.value {
            Value::String(text) => Some(text.clone()),
            _ => json.note(RequestFault::not_a_string),
        }
    }
}

/// Reads the values that pydantic accepts in its lax mode. All booleans of all requests accept the same values.
impl ReadJson for bool {
    fn read(json: Json<'_>) -> Option<Self> {
        match json.value {
            Value::Bool(value) => Some(*value),
            Value::String(text) => match text.to_ascii_lowercase().as_str() {
                "1" | "true" | "t" | "yes" | "y" | "on" => Some(true),
                "0" | "false" | "f" | "no" | "n" | "off" => Some(false),
                _ => json.note(RequestFault::unclear_boolean),
            },
            Value::Number(number) => match number.as_f64() {
                Some(1.0) => Some(true),
                Some(0.0) => Some(false),
                Some(number) if number.fract() == 0.0 => json.note(RequestFault::unclear_boolean),
                _ => json.note(RequestFault::not_a_boolean),
            },
            _ => json.note(RequestFault::not_a_boolean),
        }
    }
}

impl ReadJson for f64 {
    fn read(json: Json<'_>) -> Option<Self> {
        json.value.as_f64().or_else(|| json.note(RequestFault::not_a_number))
    }
}

impl ReadJson for u64 {
    fn read(json: Json<'_>) -> Option<Self> {
        json.value.as_u64().or_else(|| json.note(RequestFault::not_an_integer))
    }
}

impl ReadJson for u32 {
    fn read(json: Json<'_>) -> Option<Self> {
        let number = json.value.as_u64().and_then(|number| Self::try_from(number).ok());
        number.or_else(|| json.note(RequestFault::not_an_integer))
    }
}

/// Reads all items that can be read, and notes the faults of the others.
impl<T: ReadJson> ReadJson for Vec<T> {
    fn read(json: Json<'_>) -> Option<Self> {
        let Json { value: Value::Array(items), at, faults } = json else { return json.note(RequestFault::not_a_list) };
        let read = |(place, value)| T::read(Json { value, at: at.then(place), faults });
        Some(items.iter().enumerate().filter_map(read).collect())
    }
}

/// A text of 1 to `MAX` characters.
#[derive(Default)]
pub(crate) struct BoundedText<const MAX: usize>(pub(crate) String);

impl<const MAX: usize> ReadJson for BoundedText<MAX> {
    fn read(json: Json<'_>) -> Option<Self> {
        match json.value {
            Value::String(text) if text.is_empty() => json.note(RequestFault::empty),
            Value::String(text) if text.chars().count() > MAX => {
                json.note(|at, value| RequestFault::too_long(at, value, MAX))
            }
            Value::String(text) => Some(Self(text.clone())),
            _ => json.note(RequestFault::not_a_string),
        }
    }
}
