//! The drafts and verdicts of a run, read from its records, in their order.

use std::sync::Arc;

use council_core::State;
use council_core::journal::{Entry, StoredRecord};
use council_core::projection::TypedRecord;
use council_core::reduce::FieldUpdate;
use council_llm::Council;

use super::log_error::LogError;
use super::projection::CouncilProjection;
use super::registry::{FindError, Runs};
use super::run_blueprint::RunBlueprints;
use super::summary::Summary;
use crate::wire::contribution::Contribution;
use crate::wire::event::WireEvent;
use crate::wire::time::time;

impl Runs {
    /// All contributions to a run so far.
    pub(crate) async fn rounds(self: &Arc<Self>, id: &str) -> Result<Vec<Contribution>, FindError> {
        let _permit = self.reads.acquire().await;
        let stored = self.stored(id).await?;
        let god_mode = Summary::of_entry(&stored.head).is_some_and(|summary| summary.god_mode);
        rounds(&self.blueprints, &stored.entries, god_mode)
            .map_err(|source| FindError::Unreadable { run: id.to_owned(), source })
    }
}

fn rounds(blueprints: &RunBlueprints, entries: &[Entry], god_mode: bool) -> Result<Vec<Contribution>, LogError> {
    let mut projection = CouncilProjection::new(god_mode);
    let (mut rounds, mut events) = (Vec::new(), 0);
    // The contributions before this place are of supersteps that are complete.
    let mut open = 0;
    for (number, Entry { at, json, .. }) in (0..).zip(entries) {
        let misfit = LogError::misfit(number);
        let mut record = TypedRecord::read(json).map_err(misfit)?;
        blueprints.resolve(&mut record).map_err(LogError::no_blueprint(number))?;
        let is_complete = matches!(
            record.envelope.record,
            StoredRecord::TaskDone { committed: Some(_), .. }
                | StoredRecord::Committed(_)
                | StoredRecord::Merged {}
                | StoredRecord::Edited { .. }
        );
        let written = record.update.as_ref().and_then(|update| {
            let node = match &record.envelope.record {
                StoredRecord::TaskDone { node, .. } => Some(node.to_string()),
                _ => None,
            };
            contribution(node, update, *at)
        });
        let mut completed = None;
        let folded = projection.fold(record, *at, &mut |event| {
            events += 1;
            if let WireEvent::NodeComplete { iteration, .. } = event {
                completed = Some((events, *iteration));
            }
        });
        folded.map_err(misfit)?;
        if let Some(written) = written {
            let (seq, round) = completed.unzip();
            rounds.push(Contribution { seq, round: round.unwrap_or(projection.round()), ..written });
        }
        for contribution in &mut rounds[open..] {
            contribution.critic_score = projection.council().score;
        }
        if is_complete {
            open = rounds.len();
        }
    }
    Ok(rounds)
}

/// The contribution in an update, if it has one. Its event, its round and the score of the run come from the projection.
fn contribution(node: Option<String>, update: &<Council as State>::Update, at: u64) -> Option<Contribution> {
    let draft = update.document.clone().flatten().or_else(|| update.draft.clone());
    let score = update.score.flatten();
    let feedback = match &update.feedback {
        FieldUpdate::Reduce(feedback) => feedback.last().map(|feedback| feedback.text().to_owned()),
        _ => None,
    };
    let is_shown = draft.is_some() || score.is_some() || feedback.is_some();
    is_shown.then(|| Contribution {
        seq: None,
        round: 0,
        node,
        at: time(at),
        draft,
        score,
        feedback,
        critic_score: None,
    })
}
