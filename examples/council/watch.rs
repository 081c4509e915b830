//! Runs the council and tells the view, until it ends or the person has had enough.

use std::time::Duration;

use council_core::{EventKind, Graph, Limits, Outcome};
use council_llm::Council;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::Instant;

use crate::fault::Fault;
use crate::minutes::Minutes;
use crate::signals::{self, Signal};
use crate::view::View;
use crate::warnings::Warning;

/// How a run ended, as far as the person is concerned.
pub(crate) enum Ending {
    /// There is a document.
    Finished(Council),
    /// There is none.
    Failed(Fault),
    /// The person pressed Ctrl-C, or the program was told to end.
    Interrupted(Signal),
}

/// Runs to the end. The minutes hold what there is of the work if it has none.
pub(crate) async fn watch(
    graph: &Graph<Council>,
    minutes: &mut Minutes,
    view: &mut View,
    mut warnings: UnboundedReceiver<Warning>,
) -> Ending {
    let limits = Limits {
        supersteps: u64::MAX, // the valve is limit enough
        ..Limits::default()
    };
    let mut run = graph.run(minutes.council.clone()).limits(limits).buffer(EVENTS).start();
    let interrupted = signals::caught();
    let silence = tokio::time::sleep(PATIENCE);
    tokio::pin!(interrupted, silence);
    let mut waiting = true;
    loop {
        tokio::select! {
            // A warning is about the node at work, so what that node did before is shown first.
            biased;
            // Dropping the run ends the call to the model; waiting for the next barrier might take minutes.
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
                waiting = matches!(event.kind, EventKind::NodeStarted { .. });
                if waiting {
                    silence.as_mut().reset(Instant::now() + PATIENCE);
                }
                minutes.note(&event);
                view.show(&event, minutes);
            }
            Some(warning) = warnings.recv() => view.warn(&warning),
            () = &mut silence, if waiting => {
                waiting = false;
                view.remark("no word from the model yet; it may be thinking, or loading");
            }
        }
    }
    match run.await {
        Ok(Outcome::Finished(council)) => Ending::Finished(council),
        Ok(outcome) => {
            minutes.council = outcome.into_state();
            Ending::Failed(Fault::new("the run was stopped before its end"))
        }
        Err(error) => {
            let fault = Fault::of_run(&error);
            minutes.council = error.into_position().into_state();
            Ending::Failed(fault)
        }
    }
}

/// How long a model may be silent before the person is told that it is the model that is waited for.
const PATIENCE: Duration = Duration::from_secs(8);

/// How far the terminal may fall behind a fast model before events are left out of the view.
const EVENTS: usize = 16_384;
