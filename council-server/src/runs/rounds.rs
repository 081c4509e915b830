//! The drafts and verdicts of a run, read from its records, in their order.

use std::sync::Arc;

use council_core::journal::{Entry, Envelope, StoredRecord};
use council_llm::Feedback;
use serde::Deserialize;

use super::projection::RunProjection;
use super::projection_error::ProjectionError;
use super::registry::{FindError, Runs};
use super::summary::Summary;
use crate::wire::contribution::Contribution;
use crate::wire::event::WireEvent;
use crate::wire::time::time;

/// The fields of an update that a contribution shows.
#[derive(Deserialize)]
struct Written {
    draft: Option<String>,
    document: Option<String>,
    score: Option<f64>,
    #[serde(default)]
    feedback: Vec<Feedback>,
}

impl Runs {
    /// All contributions to a run so far.
    pub(crate) async fn rounds(self: &Arc<Self>, id: &str) -> Result<Vec<Contribution>, FindError> {
        let stored = self.stored(id).await?;
        let god_mode = Summary::of_entry(&stored.head).is_some_and(|summary| summary.god_mode);
        rounds(&stored.entries, god_mode).map_err(|source| FindError::Unreadable { run: id.to_owned(), source })
    }
}

fn rounds(entries: &[Entry], god_mode: bool) -> Result<Vec<Contribution>, ProjectionError> {
    let mut projection = RunProjection::new(god_mode);
    let (mut rounds, mut events) = (Vec::new(), 0);
    for Entry { at, json } in entries {
        let mut completed = None;
        projection.fold(json, *at, &mut |event| {
            events += 1;
            if let WireEvent::NodeComplete { iteration, .. } = event {
                completed = Some((events, *iteration));
            }
        })?;
        let Envelope { path, record, .. } = Envelope::read(json)?;
        let (node, update) = match record {
            StoredRecord::TaskDone { node, update, .. } if path.is_empty() => (Some(node.into_owned()), update),
            StoredRecord::Edited { update, .. } => (None, update),
            _ => continue,
        };
        let written: Written = update.parse()?;
        let draft = written.document.or(written.draft);
        let score = written.score;
        let feedback = written.feedback.last().map(|feedback| feedback.text().to_owned());
        if draft.is_some() || score.is_some() || feedback.is_some() {
            let (seq, round) = completed.unzip();
            let round = round.unwrap_or(projection.round());
            rounds.push(Contribution { seq, round, node, at: time(*at), draft, score, feedback });
        }
    }
    Ok(rounds)
}
