//! A small model of stored runs: it applies the updates of the records to the state, all of them as JSON.

use serde_json::{Map, Value};

use crate::plans::Document;

pub(crate) type Object = Map<String, Value>;

/// A field as the model knows it.
pub(crate) struct Field {
    /// The name in Rust, which errors contain.
    pub(crate) name: &'static str,
    /// The key in JSON.
    pub(crate) key: &'static str,
    /// The keys that earlier programs wrote.
    pub(crate) former: &'static [&'static str],
    pub(crate) rule: Rule,
}

/// How a field takes a write.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Rule {
    Replace,
    /// Replaces, and puts the lists of one superstep together.
    Concurrent,
    Add,
    Max,
    Append,
    Merge,
    ById,
    /// The longest text.
    Longest,
}

/// A state whose records the model can read.
pub(crate) trait Modelled: Document + PartialEq {
    const FIELDS_OF_MODEL: &'static [Field];
    const REMOVED: &'static [&'static str] = &[];
    const VERSION: u64 = 1;

    /// Changes what this former version has stored to what the version of this state would have stored.
    fn migrated(_object: &mut Object, _is_update: bool, _version: u64) {}
}

/// What the records say.
#[derive(Default)]
pub(crate) struct Model {
    state: Object,
    /// The version of the program that writes.
    version: u64,
    /// The nodes of the superstep, in the order of their tasks.
    nodes: Vec<String>,
    /// The updates of the tasks that have ended, by the place of the node, and by item.
    updates: Vec<((usize, Option<u64>), Object)>,
    /// All updates so far, with the keys of today.
    pub(crate) changes: Vec<Value>,
}

impl Model {
    /// Reads the records of a run as a program with this state reads them.
    pub(crate) fn read<S: Modelled>(records: &[String]) -> Result<Self, String> {
        let mut model = Self::default();
        for record in records {
            let mut envelope = object(serde_json::from_str(record).unwrap());
            if envelope.contains_key("in") {
                continue; // The task of the subgraph has its result.
            }
            let record = object(envelope.remove("record").unwrap());
            let (kind, value) = record.into_iter().next().unwrap();
            model.apply::<S>(&kind, object(value))?;
        }
        Ok(model)
    }

    /// Reads a snapshot as a program with this state reads it.
    pub(crate) fn restore<S: Modelled>(snapshot: &str) -> Result<Self, String> {
        let mut model = Self::default();
        model.apply::<S>("started_at", object(serde_json::from_str(snapshot).unwrap()))?;
        Ok(model)
    }

    pub(crate) fn state(&self) -> Value {
        without_nulls(Value::Object(self.state.clone()))
    }

    fn apply<S: Modelled>(&mut self, kind: &str, mut record: Object) -> Result<(), String> {
        match kind {
            "started" => {
                self.version = version::<S>(&record)?;
                self.state = self.today::<S>(object(record["input"].take()), false)?;
                self.nodes = names(record.get("next"));
            }
            "started_at" => {
                self.version = version::<S>(&record)?;
                let mut position = object(record["position"].take());
                self.state = self.today::<S>(object(position["state"].take()), false)?;
                self.nodes = names(position["committed"].get("next"));
                for task in position.remove("tasks").into_iter().flat_map(list) {
                    let mut task = object(task);
                    if let Some(update) = task.remove("update") {
                        let update = self.today::<S>(object(update), true)?;
                        self.updates.push((self.task(&task), update));
                    }
                }
                if position.contains_key("merged") {
                    self.updates.clear();
                }
            }
            "upgraded" => self.version = version::<S>(&record)?,
            "task_done" => {
                let update = self.change::<S>(record["update"].take())?;
                self.updates.push((self.task(&record), update));
                if let Some(committed) = record.get("committed") {
                    self.merge::<S>()?;
                    self.nodes = names(committed.get("next"));
                }
            }
            "merged" => self.merge::<S>()?,
            "committed" => {
                self.merge::<S>()?;
                self.nodes = names(record.get("next"));
            }
            "edited" => {
                let update = self.change::<S>(record["update"].take())?;
                self.make_way::<S>(&update)?;
                put::<S>(&mut self.state, &[update])?;
                if let Some(instead) = record.get("instead") {
                    self.nodes = names(instead["committed"].get("next"));
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn change<S: Modelled>(&mut self, update: Value) -> Result<Object, String> {
        let update = self.today::<S>(object(update), true)?;
        self.changes.push(Value::Object(update.clone()));
        Ok(update)
    }

    /// An edit wins over what the tasks have written that ended before it.
    fn make_way<S: Modelled>(&mut self, edit: &Object) -> Result<(), String> {
        self.updates.sort_by_key(|(task, _)| *task);
        for (_, update) in &mut self.updates {
            let mut before = Object::new();
            for Field { key, rule, .. } in S::FIELDS_OF_MODEL {
                let (overwrite, missing) = (format!("={key}"), format!("-{key}"));
                let replaces = |update: &Object| {
                    let is_plain = matches!(rule, Rule::Replace | Rule::Concurrent) && update.contains_key(*key);
                    is_plain || update.contains_key(&overwrite) || update.contains_key(&missing)
                };
                if replaces(edit) {
                    update.retain(|written, _| written.trim_start_matches(['=', '-']) != *key);
                } else if let Some(value) = edit.get(*key) {
                    if let Some(overwritten) = update.get_mut(&overwrite) {
                        rule.apply(overwritten, value.clone(), false);
                    } else if !matches!(rule, Rule::Append | Rule::Add | Rule::Max) {
                        before.extend(update.remove_entry(*key));
                    }
                }
            }
            put::<S>(&mut self.state, &[before])?;
        }
        Ok(())
    }

    fn task(&self, task: &Object) -> (usize, Option<u64>) {
        let node = task["node"].as_str().unwrap();
        let place = self.nodes.iter().position(|known| known == node).expect("the node is one of the superstep");
        (place, task.get("item").and_then(Value::as_u64))
    }

    fn merge<S: Modelled>(&mut self) -> Result<(), String> {
        self.updates.sort_by_key(|(task, _)| *task);
        let updates: Vec<_> = self.updates.drain(..).map(|(_, update)| update).collect();
        put::<S>(&mut self.state, &updates)
    }

    /// The state or the update with the keys and the values of today.
    fn today<S: Modelled>(&self, mut stored: Object, is_update: bool) -> Result<Object, String> {
        if self.version < S::VERSION {
            S::migrated(&mut stored, is_update, self.version);
        }
        let mut today = if is_update { Object::new() } else { object(serde_json::to_value(S::default()).unwrap()) };
        for (key, value) in stored {
            let bare = key.trim_start_matches(['=', '-']);
            let known = S::FIELDS_OF_MODEL.iter().find(|field| field.key == bare || field.former.contains(&bare));
            match known {
                Some(field) => drop(today.insert(key.replace(bare, field.key), value)),
                None if S::REMOVED.contains(&bare) => {}
                None => return Err(bare.to_owned()),
            }
        }
        Ok(today)
    }
}

/// Applies the updates of one superstep.
fn put<S: Modelled>(state: &mut Object, updates: &[Object]) -> Result<(), String> {
    let defaults = object(serde_json::to_value(S::default()).unwrap());
    for Field { name, key, rule, .. } in S::FIELDS_OF_MODEL {
        let keys = [format!("={key}"), format!("-{key}")];
        let sets = |update: &Object| keys.iter().any(|key| update.contains_key(key));
        let is_plain = matches!(rule, Rule::Replace | Rule::Concurrent);
        let setting = updates.iter().filter(|update| sets(update) || (is_plain && update.contains_key(*key))).count();
        if setting > 1 && *rule != Rule::Concurrent {
            return Err((*name).to_owned());
        }
        let is_overwritten = updates.iter().any(sets);
        let mut has_written = false;
        for update in updates {
            if let Some(value) = update.get(&keys[0]) {
                state.insert((*key).to_owned(), value.clone());
            } else if update.contains_key(&keys[1]) {
                state.insert((*key).to_owned(), defaults.get(*key).cloned().unwrap_or_default());
            } else if let Some(value) = update.get(*key).filter(|_| is_plain || !is_overwritten) {
                let field = state.entry(*key).or_insert(Value::Null);
                rule.apply(field, value.clone(), has_written);
                has_written = true;
            }
        }
    }
    Ok(())
}

impl Rule {
    fn apply(self, field: &mut Value, value: Value, has_written: bool) {
        match (self, &mut *field, value) {
            (Self::Append, Value::Array(all), Value::Array(new)) => all.extend(new),
            (Self::Concurrent, Value::Array(all), Value::Array(new)) if has_written => all.extend(new),
            (Self::Merge, Value::Object(all), Value::Array(pairs)) => all.extend(pairs.into_iter().map(|pair| {
                let [Value::String(key), value] = &list(pair)[..] else { panic!("a key and a value") };
                (key.clone(), value.clone())
            })),
            (Self::Add, field, value) => *field = (field.as_u64().unwrap() + value.as_u64().unwrap()).into(),
            (Self::Max, Value::Number(now), Value::Number(value)) if value.as_u64() <= now.as_u64() => {}
            (Self::Max, Value::String(now), Value::String(value)) if value <= *now => {}
            (Self::Longest, Value::String(now), Value::Array(texts)) => {
                let texts = texts.iter().map(|text| text.as_str().unwrap());
                *now = texts.fold(now.clone(), |now, text| if text.len() > now.len() { text.to_owned() } else { now });
            }
            (Self::ById, Value::Array(all), Value::Array(writes)) => {
                for mut write in writes {
                    let item = write["put"].take();
                    match all.iter_mut().find(|known| known["id"] == item["id"]) {
                        Some(known) => *known = item,
                        None => all.push(item),
                    }
                }
            }
            (_, field, value) => *field = value,
        }
    }
}

/// The version of the program of a record, or the error if it is newer than this program.
fn version<S: Modelled>(record: &Object) -> Result<u64, String> {
    let program = record.get("program");
    let version = program.and_then(|program| program.get("version")).and_then(Value::as_u64).unwrap_or(1);
    if version > S::VERSION { Err("newer".to_owned()) } else { Ok(version) }
}

/// Fields that are `None` may be absent.
pub(crate) fn without_nulls(value: Value) -> Value {
    let mut all = object(value);
    all.retain(|_, value| !value.is_null());
    Value::Object(all)
}

fn object(value: Value) -> Object {
    let Value::Object(object) = value else { panic!("{value} is no object") };
    object
}

fn list(value: Value) -> Vec<Value> {
    let Value::Array(list) = value else { panic!("{value} is no list") };
    list
}

fn names(value: Option<&Value>) -> Vec<String> {
    let all = value.and_then(Value::as_array);
    all.into_iter().flatten().map(|name| name.as_str().unwrap().to_owned()).collect()
}
