//! `Schema`: the stored fields of a state, their keys and their reducers. `#[derive(State)]` generates it.

/// The stored fields of a state.
#[derive(Debug)]
pub struct Schema {
    /// The fields that are stored and read.
    pub fields: &'static [SchemaField],
    /// The keys that are not read: of fields that earlier versions of the program had, and of fields that are only written.
    pub removed: &'static [&'static str],
    /// The fields with `#[state(untracked)]` that serde does not skip: their names, and their keys for serde.
    pub untracked: &'static [(&'static str, &'static str)],
}

/// A field that is stored and read.
#[derive(Debug)]
pub struct SchemaField {
    /// The name in Rust.
    pub name: &'static str,
    /// The key that is written.
    pub key: &'static str,
    /// The key that serde reads.
    pub read_key: &'static str,
    /// The keys of earlier versions of the program, and the aliases.
    pub former_keys: &'static [&'static str],
    /// The name of the reducer.
    pub reducer: &'static str,
    /// The names of the reducers of earlier versions of the program.
    pub former_reducers: &'static [&'static str],
}

impl SchemaField {
    /// The keys under which the field is or was stored.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &'static str> {
        [self.key, self.read_key].into_iter().chain(self.former_keys.iter().copied())
    }
}

impl Schema {
    /// The schema of a state that does not describe its fields.
    pub const EMPTY: Self = Self { fields: &[], removed: &[], untracked: &[] };

    /// The current key of a field that was stored under this key; `None` if the field was removed.
    pub(crate) fn key_today<'k>(&self, key: &'k str) -> Option<&'k str>
    where
        Self: 'k,
    {
        let renamed = self.fields.iter().find(|field| field.former_keys.contains(&key));
        match renamed {
            Some(field) => Some(field.read_key),
            None => (!self.removed.contains(&key)).then_some(key),
        }
    }

    /// Whether a field has this key, or had it, or was removed.
    pub(crate) fn knows(&self, key: &str) -> bool {
        self.fields.iter().any(|field| field.keys().any(|known| known == key)) || self.removed.contains(&key)
    }

    /// Whether keys of earlier versions may have to be replaced.
    pub(crate) fn has_former_keys(&self) -> bool {
        !self.removed.is_empty() || self.fields.iter().any(|field| !field.former_keys.is_empty())
    }
}
