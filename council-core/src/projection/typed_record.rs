//! A stored record with its state or update parsed as the user's types.

use crate::journal::format::envelope::Envelope;
use crate::journal::format::raw_json::RawJson;
use crate::journal::format::record::StoredRecord;
use crate::journal::replay_error::ReplayError;
use crate::state::State;
use crate::state::durable::Durable;

/// A stored record with its state or update parsed. It is parsed once, for the caller and for [`RunProjection::apply`].
///
/// A record of a subgraph, whose state has another type, is not parsed further.
///
/// [`RunProjection::apply`]: super::RunProjection::apply
pub struct TypedRecord<'a, S: State> {
    /// The record as it is stored.
    pub envelope: Envelope<'a>,
    pub(super) state: Option<S>,
    pub(super) update: Option<S::Update>,
}

impl<'a, S: Durable> TypedRecord<'a, S> {
    /// Reads a record.
    ///
    /// # Errors
    ///
    /// The text has another format, it is not a record, or its state or update does not have the type.
    pub fn read(json: &'a str) -> Result<Self, ReplayError> {
        let envelope = Envelope::read(json)?;
        let unreadable = |what: &str| {
            let what = what.to_owned();
            move |source| ReplayError::Unreadable { what, source }
        };
        let (mut state, mut update) = (None, None);
        match &envelope.record {
            _ if !envelope.path.is_empty() => {}
            StoredRecord::Started { input, .. } => state = Some(input.parse().map_err(unreadable("the state"))?),
            StoredRecord::StartedAt { position, .. } => {
                state = Some(position.state.parse().map_err(unreadable("the state"))?);
            }
            StoredRecord::TaskDone { update: json, .. } | StoredRecord::Edited { update: json, .. } => {
                update = Some(parse_update::<S>(json)?);
            }
            _ => {}
        }
        Ok(Self { envelope, state, update })
    }

    /// The update of an ended task or of an edit.
    pub fn update(&self) -> Option<&S::Update> {
        self.update.as_ref()
    }
}

pub(super) fn parse_update<S: Durable>(json: &RawJson<'_>) -> Result<S::Update, ReplayError> {
    json.parse().map_err(|source| ReplayError::Unreadable { what: "an update".to_owned(), source })
}
