//! What was written in a run, read off its records: the drafts and the verdicts, in the order in which they came.

use std::sync::Arc;

use council_core::journal::{Entry, JournalError, Line, ReadFrom};
use council_llm::Verdict;
use serde::Deserialize;

use super::registry::{NotFound, Runs};
use super::standing::Standing;
use super::summary::Summary;
use super::unreadable::Unreadable;
use crate::wire::contribution::Contribution;
use crate::wire::event::Happening;
use crate::wire::time::time;

/// The part of an update that people read.
#[derive(Deserialize)]
struct Written {
    draft: Option<String>,
    document: Option<String>,
    verdict: Option<Verdict>,
    score: Option<f64>,
    #[serde(default)]
    feedback: Vec<String>,
}

impl Runs {
    /// All that was written in a run so far.
    pub(crate) async fn rounds(self: &Arc<Self>, id: &str) -> Result<Vec<Contribution>, NotFound> {
        let stored = match self.store.journal.read(id, ReadFrom::Record(0)).await {
            Ok(stored) if self.councils.know(&stored.head.graph) => stored,
            Ok(_) | Err(JournalError::NotFound { .. }) => return Err(NotFound::Unknown(id.to_owned())),
            Err(fault) => return Err(NotFound::Journal(fault)),
        };
        let god_mode = Summary::read(&stored.head).is_some_and(|summary| summary.god_mode);
        rounds(&stored.entries, god_mode).map_err(|source| NotFound::Unreadable { run: id.to_owned(), source })
    }
}

fn rounds(entries: &[Entry], god_mode: bool) -> Result<Vec<Contribution>, Unreadable> {
    let mut standing = Standing::new(god_mode);
    let (mut rounds, mut events) = (Vec::new(), 0);
    for Entry { at, json } in entries {
        let mut completed = None;
        standing.fold(json, *at, &mut |happening| {
            events += 1;
            if let Happening::NodeComplete { iteration, .. } = happening {
                completed = Some((events, *iteration));
            }
        })?;
        let line = Line::read(json)?;
        let (Some(update), true) = (line.update, line.path.is_empty()) else { continue };
        let written: Written = serde_json::from_str(update.get())?;
        let verdict = written.verdict;
        let draft = written.document.or(written.draft);
        let score = written.score;
        let feedback = verdict.map(|verdict| verdict.feedback).or_else(|| written.feedback.into_iter().next_back());
        if draft.is_some() || score.is_some() || feedback.is_some() {
            let node = line.done.map(std::borrow::Cow::into_owned);
            let (seq, round) = completed.unzip();
            let round = round.unwrap_or(standing.round());
            rounds.push(Contribution { seq, round, node, at: time(*at), draft, score, feedback });
        }
    }
    Ok(rounds)
}
