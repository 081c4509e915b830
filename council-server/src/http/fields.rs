//! Reading a JSON object field by field, so that all its faults are found and not only the first.

use serde_json::{Map, Value, json};

use crate::wire::fault::{Location, RequestFault};

/// An object of a request, where it is, and the faults found so far.
pub(crate) struct Fields<'f> {
    object: &'f Map<String, Value>,
    loc: Location,
    faults: &'f mut Vec<RequestFault>,
}

impl<'f> Fields<'f> {
    pub(crate) fn new(object: &'f Map<String, Value>, loc: Location, faults: &'f mut Vec<RequestFault>) -> Self {
        Self { object, loc, faults }
    }

    /// A text that has to be there; empty where it is not, and that is a fault.
    pub(crate) fn required_text(&mut self, name: &str) -> String {
        let text = self.text(name);
        if text.is_none() && !self.is_given(name) {
            self.faults.push(RequestFault::missing(self.loc.then(name), &Value::Object(self.object.clone())));
        }
        text.unwrap_or_default()
    }

    /// A text of so many characters that has to be there.
    pub(crate) fn bounded_text(&mut self, name: &str, most: usize) -> String {
        let text = self.required_text(name);
        if self.object.get(name).is_some_and(Value::is_string) {
            let bounded = bounded(self.loc.then(name), &text, most);
            self.faults.extend(bounded.err());
        }
        text
    }

    pub(crate) fn text(&mut self, name: &str) -> Option<String> {
        self.read(name, RequestFault::string)
    }

    pub(crate) fn boolean(&mut self, name: &str) -> Option<bool> {
        self.read(name, |loc, value| {
            value.as_bool().ok_or_else(|| RequestFault::new("bool_type", loc, "Input should be a valid boolean", value))
        })
    }

    pub(crate) fn number(&mut self, name: &str) -> Option<f64> {
        self.read(name, |loc, value| {
            value.as_f64().ok_or_else(|| RequestFault::new("float_type", loc, "Input should be a valid number", value))
        })
    }

    pub(crate) fn whole(&mut self, name: &str) -> Option<u32> {
        self.read(name, |loc, value| {
            let whole = value.as_u64().and_then(|number| u32::try_from(number).ok());
            whole.ok_or_else(|| RequestFault::new("int_type", loc, "Input should be a valid integer", value))
        })
    }

    /// One of these words.
    pub(crate) fn word<T: Copy>(&mut self, name: &str, words: &[(&str, T)]) -> Option<T> {
        self.read(name, |loc, value| {
            let found = words.iter().find(|(word, _)| value.as_str() == Some(word));
            found
                .map(|(_, meaning)| *meaning)
                .ok_or_else(|| RequestFault::no_word(loc, value, words.iter().map(|word| word.0)))
        })
    }

    /// What an object in this field is made into.
    pub(crate) fn object<T>(&mut self, name: &str, make: impl FnOnce(&mut Fields<'_>) -> T) -> Option<T> {
        let value = self.given(name)?;
        let loc = self.loc.then(name);
        match value {
            Value::Object(object) => Some(make(&mut Fields::new(object, loc, self.faults))),
            other => {
                self.faults.push(RequestFault::no_object(loc, other));
                None
            }
        }
    }

    /// What the objects in a list are made into.
    pub(crate) fn objects<T>(&mut self, name: &str, mut make: impl FnMut(usize, &mut Fields<'_>) -> T) -> Vec<T> {
        let Some(value) = self.given(name) else { return Vec::new() };
        let loc = self.loc.then(name);
        let Value::Array(items) = value else {
            self.faults.push(RequestFault::new("list_type", loc, "Input should be a valid list", value));
            return Vec::new();
        };
        let mut results = Vec::with_capacity(items.len());
        for (place, item) in items.iter().enumerate() {
            let loc = loc.then(place);
            match item {
                Value::Object(object) => results.push(make(place, &mut Fields::new(object, loc, self.faults))),
                other => self.faults.push(RequestFault::no_object(loc, other)),
            }
        }
        results
    }

    fn read<T>(&mut self, name: &str, read: impl FnOnce(Location, &Value) -> Result<T, RequestFault>) -> Option<T> {
        let value = self.given(name)?;
        read(self.loc.then(name), value).map_err(|fault| self.faults.push(fault)).ok()
    }

    fn is_given(&self, name: &str) -> bool {
        self.given(name).is_some()
    }

    /// What is null is not there.
    fn given(&self, name: &str) -> Option<&'f Value> {
        self.object.get(name).filter(|value| !value.is_null())
    }
}

/// A text that is not empty and has at most so many characters.
pub(crate) fn bounded(loc: Location, text: &str, most: usize) -> Result<(), RequestFault> {
    let input = Value::from(text);
    if text.is_empty() {
        let msg = "String should have at least 1 character";
        return Err(RequestFault::new("string_too_short", loc, msg, &input).context(json!({ "min_length": 1 })));
    }
    if text.chars().count() > most {
        let msg = format!("String should have at most {most} characters");
        return Err(RequestFault::new("string_too_long", loc, msg, &input).context(json!({ "max_length": most })));
    }
    Ok(())
}
