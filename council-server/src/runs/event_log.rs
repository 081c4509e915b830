//! The event log of a run: its projection, its numbered events, and its watchers.

use std::sync::Arc;

use council_core::journal::{Entry, StoredRecord};
use council_core::projection::TypedRecord;
use council_core::reduce::FieldUpdate;
use council_llm::Council;
use tokio::sync::broadcast;

use super::event_frame::EventFrame;
use super::log_error::LogError;
use super::pending::Pending;
use super::projection::CouncilProjection;
use super::run_blueprint::{RunBlueprint, RunBlueprints};
use super::texts::TextsSoFar;
use super::work::Work;
use crate::wire::event::WireEvent;
use crate::wire::waiting::RunWait;

/// The event log of a run. Events are made of stored records, so they have the same numbers after every restart.
pub(super) struct EventLog {
    pub(super) run_id: Arc<str>,
    /// The projection, without the feedback.
    pub(super) projection: CouncilProjection,
    /// The blueprint; `None` for the built-in council. A run that starts has it before its first record.
    blueprint: Option<Arc<RunBlueprint>>,
    /// The blueprints of all runs.
    blueprints: Arc<RunBlueprints>,
    /// The number of records that have been applied.
    records: u64,
    /// The event with `seq` n has the index n - 1.
    pub(super) events: Vec<EventFrame>,
    /// The number of the last `run_paused`.
    last_pause: u64,
    /// The tasks at work.
    pub(super) work: Work,
    /// The texts that agents are writing.
    pub(super) texts: TextsSoFar,
    /// Why the run has no driver, if it is not paused and has not ended.
    pub(super) pending: Option<Pending>,
    /// The wait that the watchers have received last.
    pub(super) announced_wait: Option<RunWait>,
    /// The channel to the watchers, from the first watcher to the last event.
    pub(super) live: Option<broadcast::Sender<EventFrame>>,
    /// Whether watchers are accepted.
    pub(super) is_open: bool,
    pub(super) watcher_queue: usize,
}

impl EventLog {
    pub(super) fn new(
        run_id: Arc<str>,
        god_mode: bool,
        blueprint: Option<Arc<RunBlueprint>>,
        blueprints: Arc<RunBlueprints>,
        watcher_queue: usize,
    ) -> Self {
        Self {
            run_id,
            projection: CouncilProjection::new(god_mode),
            blueprint,
            blueprints,
            records: 0,
            events: Vec::new(),
            last_pause: 0,
            work: Work::default(),
            texts: TextsSoFar::default(),
            pending: None,
            announced_wait: None,
            live: None,
            is_open: true,
            watcher_queue: watcher_queue.max(1),
        }
    }

    pub(super) fn blueprint(&self) -> Option<&Arc<RunBlueprint>> {
        self.blueprint.as_ref()
    }

    pub(super) fn record_count(&self) -> u64 {
        self.records
    }

    pub(super) fn last_pause_seq(&self) -> u64 {
        self.last_pause
    }

    /// Applies records. `first` is the number of the first record; records that have been applied before are skipped. A record that does
    /// not fit changes nothing, and no later record is applied: it would leave a gap.
    pub(super) fn apply(&mut self, first: u64, entries: &[Entry]) -> Result<(), LogError> {
        if first > self.records {
            return Err(LogError::Gap { expected: self.records, found: first });
        }
        let known = usize::try_from(self.records.saturating_sub(first)).unwrap_or(usize::MAX);
        let earlier = self.events.len();
        for Entry { at, json, .. } in entries.iter().skip(known) {
            let misfit = LogError::misfit(self.records);
            let mut record = TypedRecord::read(json).map_err(misfit)?;
            let blueprint = self.blueprints.resolve(&mut record).map_err(LogError::no_blueprint(self.records))?;
            trim(&mut record);
            if let StoredRecord::Resumed { .. } = record.envelope.record {
                self.work.clear();
            }
            let Self { run_id, projection, events, live, last_pause, texts, .. } = self;
            let folded = projection.fold(record, *at, &mut |event| {
                let seq = events.len() as u64 + 1;
                match event {
                    WireEvent::RunPaused { .. } => *last_pause = seq,
                    WireEvent::NodeStart { node, .. } | WireEvent::NodeComplete { node, .. } => texts.remove(node),
                    _ => {}
                }
                let frame = event.to_frame(run_id, Some(seq), *at);
                if let Some(live) = live {
                    // An error means that no watcher is left.
                    let _ = live.send(frame.clone());
                }
                events.push(frame);
            });
            folded.map_err(misfit)?;
            self.blueprint = blueprint.or(self.blueprint.take());
            self.records += 1;
        }
        if self.status().is_final() {
            self.live = None;
            self.texts.clear();
        }
        if self.events.len() > earlier && self.waiting().is_some() {
            // A watcher takes a numbered event as the end of a wait. So a wait that goes on is announced again.
            self.announced_wait = None;
        }
        self.announce_wait();
        Ok(())
    }
}

/// Takes out of a record what only the chair's state and the texts show, which are read from the journal. The driver of a live run
/// holds the whole state; here is only a part that does not grow with the run.
fn trim(record: &mut TypedRecord<'_, Council>) {
    if let Some(state) = &mut record.state {
        state.feedback = Vec::new();
    }
    if let Some(update) = &mut record.update {
        update.feedback = FieldUpdate::Keep;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use council_llm::{Blueprint, Council, Decision, Feedback};

    use super::*;
    use crate::store::blueprints::BlueprintStore;

    fn entry(json: String) -> Entry {
        Entry::new(1, json)
    }

    fn started(council: &Council) -> Entry {
        let input = serde_json::to_string(council).unwrap();
        entry(format!(
            r#"{{"v":3,"record":{{"started":{{"graph":"council","input":{input},"next":["master_agent"]}}}}}}"#
        ))
    }

    fn ended(node: &str, update: &str, next: &str) -> Entry {
        entry(format!(
            r#"{{"v":3,"record":{{"task_done":{{"node":"{node}","update":{update},"committed":{{"next":["{next}"]}}}}}}}}"#
        ))
    }

    fn log() -> EventLog {
        let blueprints = BlueprintStore::open(None, Duration::ZERO).expect("a database in memory");
        EventLog::new("r".into(), false, None, Arc::new(RunBlueprints::new(blueprints)), 8)
    }

    #[test]
    fn a_gap_and_a_record_that_does_not_fit_change_nothing() {
        let mut log = log();
        let master = ended("master_agent", r#"{"draft":"One.","iteration":1}"#, "critic_agent");
        let critic = ended("critic_agent", r#"{"score":9.0}"#, "writer_agent");
        log.apply(0, &[started(&Council::new("Rust"))]).unwrap();
        let gap = log.apply(2, std::slice::from_ref(&critic)).unwrap_err();
        assert_eq!(gap.to_string(), "record 1 comes next, and the records at hand begin with record 2");
        let misfit = log.apply(1, &[critic.clone(), master.clone()]).unwrap_err();
        assert_eq!(council_core::error_chain(&misfit), "record 1 does not fit: no task of `critic_agent` was open");
        assert_eq!((log.record_count(), log.events.len(), log.projection.round()), (1, 2, 0));
        // The records before the first one that is new are skipped.
        log.apply(0, &[started(&Council::new("Rust")), master, critic]).unwrap();
        assert_eq!((log.record_count(), log.events.len(), log.projection.round()), (3, 8, 1));
    }

    #[test]
    fn a_watcher_that_connects_receives_the_texts_that_are_being_written() {
        let mut log = log();
        let events_after = |log: &mut EventLog, after| {
            let missed = log.subscribe(after).missed.into_iter().map(|frame| {
                let event: serde_json::Value = serde_json::from_str(&frame.text).unwrap();
                format!("{} {}", event["event"].as_str().unwrap(), event["text"].as_str().unwrap_or_default())
            });
            missed.collect::<Vec<_>>()
        };
        log.apply(0, &[started(&Council::new("Rust"))]).unwrap();
        log.send_token("master_agent", "A ");
        log.send_token("master_agent", "draft");
        assert_eq!(events_after(&mut log, 0), ["node_start ", "node_active ", "token A draft"]);
        assert_eq!(events_after(&mut log, 2), ["tokens_withdrawn ", "token A draft"]);
        log.withdraw_tokens("master_agent");
        assert_eq!(events_after(&mut log, 2), ["tokens_withdrawn "]);
        log.apply(1, &[ended("master_agent", r#"{"draft":"Another one.","iteration":1}"#, "critic_agent")]).unwrap();
        assert_eq!(events_after(&mut log, 5), [""; 0]);
    }

    #[test]
    fn a_wait_that_goes_on_when_the_run_is_resumed_is_announced_again() {
        let mut log = log();
        let failure = r#"{"node":"master_agent","error":"no quota","retry_at":32503680000000}"#;
        let failed = entry(format!(r#"{{"v":3,"record":{{"task_failed":{failure}}}}}"#));
        log.apply(0, &[started(&Council::new("Rust")), failed]).unwrap();
        let mut live = log.subscribe(0).live.unwrap();
        log.apply(2, &[entry(r#"{"v":3,"record":{"resumed":{}}}"#.to_owned())]).unwrap();
        assert_eq!(received(&mut live), ["node_start", "node_active", "run_waiting"]);
        // The end of the wait is not announced.
        log.set_pending(Some(Pending::Stalled("other models".to_owned())));
        assert_eq!(received(&mut live), ["run_stalled"]);
        log.set_pending(None);
        assert_eq!(received(&mut live), ["run_waiting"]);
    }

    fn received(live: &mut broadcast::Receiver<EventFrame>) -> Vec<String> {
        let frames = std::iter::from_fn(|| live.try_recv().ok());
        let events = frames.map(|frame| serde_json::from_str::<serde_json::Value>(&frame.text).unwrap());
        events.map(|event| event["event"].as_str().unwrap().to_owned()).collect()
    }

    /// The driver of a live run has its whole state. The projection beside it has no feedback, and shares the blueprint.
    #[tokio::test]
    async fn the_projection_of_a_live_run_holds_no_feedback() {
        let mut log = log();
        let blueprint: Blueprint = serde_json::from_str(r#"{"id":"b1","name":"Pair","nodes":[]}"#).unwrap();
        let blueprint = log.blueprints.of(blueprint).await.unwrap();
        log.apply(0, &[started(&Council::of_stored(blueprint.name(), "Rust"))]).unwrap();
        let feedback = serde_json::to_string(&Feedback::from("Say more.")).unwrap();
        for round in 0_u64..5 {
            let draft = ended("master_agent", r#"{"draft":"One."}"#, "critic_agent");
            let verdict = format!(r#"{{"score":6.0,"decision":"rework","feedback":[{feedback}]}}"#);
            log.apply(1 + 2 * round, &[draft, ended("critic_agent", &verdict, "master_agent")]).unwrap();
        }
        let council = log.projection.council();
        assert_eq!((council.score, council.decision), (Some(6.0), Some(Decision::Rework)));
        assert_eq!(council.feedback, []);
        assert!(Arc::ptr_eq(log.projection.blueprint().unwrap(), blueprint.blueprint()));
    }
}
