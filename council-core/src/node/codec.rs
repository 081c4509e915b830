//! Codecs that write the user's types as JSON and read them back.

use std::any::Any;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::items::Items;
use crate::journal::format::raw_json::RawJson;
use crate::state::State;
use crate::state::durable::Durable;

/// A state and its updates as JSON.
pub(crate) trait Codec<S: State>: Send + Sync {
    fn write_state(&self, state: &S) -> serde_json::Result<RawJson<'static>>;
    fn read_state(&self, json: &RawJson<'_>) -> serde_json::Result<S>;
    fn write_update(&self, update: &S::Update) -> serde_json::Result<RawJson<'static>>;
    fn read_update(&self, json: &RawJson<'_>) -> serde_json::Result<S::Update>;
}

/// The codec that uses serde.
pub(crate) struct Json;

impl<S: Durable> Codec<S> for Json {
    fn write_state(&self, state: &S) -> serde_json::Result<RawJson<'static>> {
        RawJson::of(state)
    }

    fn read_state(&self, json: &RawJson<'_>) -> serde_json::Result<S> {
        json.parse()
    }

    fn write_update(&self, update: &S::Update) -> serde_json::Result<RawJson<'static>> {
        RawJson::of(update)
    }

    fn read_update(&self, json: &RawJson<'_>) -> serde_json::Result<S::Update> {
        json.parse()
    }
}

/// The items of one worker as JSON.
#[derive(Clone, Copy)]
pub(crate) struct ItemCodec {
    pub(crate) write: fn(&dyn Items) -> serde_json::Result<RawJson<'static>>,
    pub(crate) read: fn(&RawJson<'_>) -> serde_json::Result<Arc<dyn Items>>,
}

impl ItemCodec {
    pub(crate) fn of<T: Serialize + DeserializeOwned + Send + Sync + 'static>() -> Self {
        Self {
            write: |items| {
                let items: &dyn Any = items;
                RawJson::of(items.downcast_ref::<Vec<T>>().map_or(&[][..], Vec::as_slice))
            },
            read: |json| Ok(Arc::new(json.parse::<Vec<T>>()?)),
        }
    }
}
