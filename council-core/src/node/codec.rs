//! How the user's own types become JSON: known where they are named, used where they are not.

use std::any::Any;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::goto::Items;
use crate::journal::format::text;
use crate::state::State;
use crate::state::durable::Durable;

/// A state and its updates as JSON.
pub(crate) trait Codec<S: State>: Send + Sync {
    fn write_state(&self, state: &S, out: &mut Vec<u8>) -> serde_json::Result<()>;
    fn read_state(&self, json: &str) -> serde_json::Result<S>;
    fn write_update(&self, update: &S::Update, out: &mut Vec<u8>) -> serde_json::Result<()>;
    fn read_update(&self, json: &str) -> serde_json::Result<S::Update>;
}

/// By serde.
pub(crate) struct Json;

impl<S: Durable> Codec<S> for Json {
    fn write_state(&self, state: &S, out: &mut Vec<u8>) -> serde_json::Result<()> {
        text::write(state, out)
    }

    fn read_state(&self, json: &str) -> serde_json::Result<S> {
        serde_json::from_str(json)
    }

    fn write_update(&self, update: &S::Update, out: &mut Vec<u8>) -> serde_json::Result<()> {
        text::write(update, out)
    }

    fn read_update(&self, json: &str) -> serde_json::Result<S::Update> {
        serde_json::from_str(json)
    }
}

/// The items of one worker as JSON.
#[derive(Clone, Copy)]
pub(crate) struct ItemCodec {
    pub(crate) write: fn(&dyn Items, &mut Vec<u8>) -> serde_json::Result<()>,
    pub(crate) read: fn(&str) -> serde_json::Result<Arc<dyn Items>>,
}

impl ItemCodec {
    pub(crate) fn of<T: Serialize + DeserializeOwned + Send + Sync + 'static>() -> Self {
        Self {
            write: |items, out| {
                let items: &dyn Any = items;
                let items = items.downcast_ref::<Vec<T>>().map_or(&[][..], Vec::as_slice);
                text::write(items, out)
            },
            read: |json| Ok(Arc::new(serde_json::from_str::<Vec<T>>(json)?)),
        }
    }
}
