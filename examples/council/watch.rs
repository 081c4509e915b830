//! Runs the council and passes its events to the view, until the run ends or a signal stops it.

use std::time::Duration;

use council_core::{EventKind, Graph, Limits, Outcome};
use council_llm::{CALL_WAITING, Council};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::Instant;

use crate::error::UserError;
use crate::progress::Progress;
use crate::signals::{self, Signal};
use crate::view::View;

/// How a run ended.
pub(crate) enum Ending {
    /// With a document.
    Finished(Box<Council>),
    /// Without a document.
    Failed(UserError),
    /// A signal stopped it.
    Interrupted(Signal),
}

/// Runs the council. If it ends without a document, `progress` has the last draft.
pub(crate) async fn watch(
    graph: &Graph<Council>,
    progress: &mut Progress,
    view: &mut View,
    mut warnings: UnboundedReceiver<String>,
) -> Ending {
    let limits = Limits {
        supersteps: u64::MAX, // the visit limit of the master ends the loop
        ..Limits::default()
    };
    let mut run = graph.run(progress.council.clone()).limits(limits).buffer(EVENTS).start();
    let interrupted = signals::first();
    let silence = tokio::time::sleep(SILENCE);
    tokio::pin!(interrupted, silence);
    let mut waiting = true;
    loop {
        tokio::select! {
            // In this order, the earlier events of a node are shown before a warning about it.
            biased;
            // Dropping the run cancels the call to the model. Waiting for the end of the superstep could take minutes.
            signal = &mut interrupted => {
                view.break_off();
                return Ending::Interrupted(signal);
            }
            event = run.next() => {
                let Some(event) = event else { break };
                if matches!(event.kind, EventKind::NodeCompleted { .. }) {
                    while let Ok(warning) = warnings.try_recv() {
                        view.warn(&warning);
                    }
                }
                waiting = begins_call(&event.kind);
                if waiting {
                    silence.as_mut().reset(Instant::now() + SILENCE);
                }
                progress.apply(&event);
                view.show(&event, progress);
            }
            Some(warning) = warnings.recv() => view.warn(&warning),
            () = &mut silence, if waiting => {
                waiting = false;
                view.remark("no answer from the model yet; it may be thinking or loading");
            }
        }
    }
    match run.await {
        Ok(Outcome::Finished(council)) => Ending::Finished(Box::new(council)),
        Ok(outcome) => {
            progress.council = outcome.into_state();
            Ending::Failed(UserError::new("the run was stopped before its end"))
        }
        Err(error) => {
            let user_error = UserError::of_run(&error);
            progress.council = error.into_position().into_state();
            Ending::Failed(user_error)
        }
    }
}

/// Whether a call of a model begins, at once or after its wait.
fn begins_call(kind: &EventKind<Council>) -> bool {
    match kind {
        EventKind::NodeStarted { .. } => true,
        EventKind::Custom { name, value, .. } => **name == *CALL_WAITING && value.text() == "null",
        _ => false,
    }
}

/// After this time without an answer from the model, a remark is shown.
const SILENCE: Duration = Duration::from_secs(8);

/// The buffer between the run and the view. When it is full, events are not shown.
const EVENTS: usize = 16_384;
