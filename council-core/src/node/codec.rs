//! Codecs that write the user's types as JSON and read them back.

use std::any::Any;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::items::Items;
use crate::journal::state_json::{read_state, write_state};
use crate::state::State;
use crate::state::durable::Durable;
use crate::types::json_error::JsonError;
use crate::types::raw_json::{BufferedJson, RawJson};

/// A state and its updates as JSON.
pub(crate) trait Codec<S: State>: Send + Sync {
    fn write_state(&self, state: &S) -> Result<RawJson<'static>, JsonError>;
    fn read_state(&self, json: &RawJson<'_>) -> Result<S, JsonError>;
    fn write_update(&self, update: &S::Update, buffer: String) -> Result<BufferedJson, JsonError>;
    fn read_update(&self, json: &RawJson<'_>) -> Result<S::Update, JsonError>;
}

/// The codec that uses serde.
pub(crate) struct Json;

impl<S: Durable> Codec<S> for Json {
    fn write_state(&self, state: &S) -> Result<RawJson<'static>, JsonError> {
        write_state(state)
    }

    fn read_state(&self, json: &RawJson<'_>) -> Result<S, JsonError> {
        read_state(json)
    }

    fn write_update(&self, update: &S::Update, buffer: String) -> Result<BufferedJson, JsonError> {
        BufferedJson::of_update(update, buffer)
    }

    fn read_update(&self, json: &RawJson<'_>) -> Result<S::Update, JsonError> {
        json.parse()
    }
}

/// The items of one worker as JSON.
#[derive(Clone, Copy)]
pub(crate) struct ItemCodec {
    pub(crate) write: fn(&dyn Items) -> Result<RawJson<'static>, JsonError>,
    pub(crate) read: fn(&RawJson<'_>) -> Result<Arc<dyn Items>, JsonError>,
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
