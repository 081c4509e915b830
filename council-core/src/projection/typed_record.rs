//! A stored record with its state or update parsed as the user's types.

use crate::journal::compatibility::{check_fields, check_reducers};
use crate::journal::format::envelope::Envelope;
use crate::journal::format::record::StoredRecord;
use crate::journal::replay_error::ReplayError;
use crate::journal::state_json::read_state;
use crate::state::State;
use crate::state::durable::Durable;
use crate::types::raw_json::RawJson;

/// A stored record with its state or update parsed. It is parsed once, for the caller and for [`RunProjection::apply`].
///
/// A record of a subgraph, whose state has another type, is not parsed further. A caller that needs only a part of the state takes the
/// other fields out before it applies the record, so a projection beside a live run does not hold the whole state a second time:
///
/// ```
/// use council_core::State;
/// use council_core::projection::{RunProjection, TypedRecord};
/// use council_core::reduce::FieldUpdate;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(State, Default, Serialize, Deserialize)]
/// struct Search {
///     round: u32,
///     #[state(append)]
///     pages: Vec<String>,
/// }
///
/// let mut run = RunProjection::<Search>::default();
/// for json in [
///     r#"{"v":3,"record":{"started":{"graph":"search","input":{"round":0,"pages":[]},"next":["find"]}}}"#,
///     r#"{"v":3,"record":{"task_done":{"node":"find","update":{"round":1,"pages":["a long page"]},"committed":{"next":["find"]}}}}"#,
/// ] {
///     let mut record = TypedRecord::<Search>::read(json)?;
///     if let Some(update) = &mut record.update {
///         update.pages = FieldUpdate::Keep;
///     }
///     run.apply(record)?;
/// }
/// assert_eq!((run.state().round, run.state().pages.len()), (1, 0));
/// # Ok::<(), council_core::journal::ReplayError>(())
/// ```
///
/// [`RunProjection::apply`]: super::RunProjection::apply
#[non_exhaustive]
pub struct TypedRecord<'a, S: State> {
    /// The record as it is stored.
    pub envelope: Envelope<'a>,
    /// The state, in the first record of a run.
    pub state: Option<S>,
    /// The update of an ended task or of an edit.
    pub update: Option<S::Update>,
}

impl<'a, S: Durable> TypedRecord<'a, S> {
    /// Reads a record.
    ///
    /// ```
    /// # use council_core::{State, journal::*, projection::*}; use serde::{Deserialize, Serialize};
    /// # #[derive(State, Clone, Debug, Default, Serialize, Deserialize)] struct Text { text: String }
    /// let json = r#"{"v":3,"record":{"task_done":{"node":"write","update":{"text":7}}}}"#;
    /// let Err(error) = TypedRecord::<Text>::read(json) else { panic!("the text is a number") };
    /// assert!(matches!(error, ReplayError::Unreadable { .. }));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The text has another format, it is not a record, or its state or update does not have the type. Or the program that has stored
    /// the run has a field that the state does not have, or another reducer of a field. The runs of another
    /// [version](crate::StateGraph::version) of the graph are read with [`Graph::reader`](crate::Graph::reader).
    pub fn read(json: &'a str) -> Result<Self, ReplayError> {
        let envelope = Envelope::read(json)?;
        if let Some(program) = envelope.program() {
            check_fields(S::SCHEMA, program)?;
            check_reducers(S::SCHEMA, program)?;
        }
        Self::parse(envelope)
    }

    /// Parses the state and the update of a record.
    pub(crate) fn parse(envelope: Envelope<'a>) -> Result<Self, ReplayError> {
        let unreadable = |what: &str| {
            let what = what.to_owned();
            move |source| ReplayError::Unreadable { what, source }
        };
        let (mut state, mut update) = (None, None);
        match &envelope.record {
            _ if !envelope.path.is_empty() => {}
            StoredRecord::Started { input, .. } => {
                state = Some(read_state(input).map_err(unreadable("the state"))?);
            }
            StoredRecord::StartedAt { position, .. } => {
                state = Some(read_state(&position.state).map_err(unreadable("the state"))?);
            }
            StoredRecord::TaskDone { update: json, .. } | StoredRecord::Edited { update: json, .. } => {
                update = Some(parse_update::<S>(json)?);
            }
            _ => {}
        }
        Ok(Self { envelope, state, update })
    }
}

pub(super) fn parse_update<S: Durable>(json: &RawJson<'_>) -> Result<S::Update, ReplayError> {
    json.parse().map_err(|source| ReplayError::Unreadable { what: "an update".to_owned(), source })
}
