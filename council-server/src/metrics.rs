//! What the server counts, in the words of Prometheus.

use std::collections::HashMap;
use std::time::Duration;

use axum::http::StatusCode;
use council_llm::Usage;
use prometheus_client::encoding::prometheus_text;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use crate::wire::history::ExecutionMode;
use crate::wire::status::RunStatus;

/// The counters of one server. What is counted often is found without a lock.
pub(crate) struct Metrics {
    registry: Registry,
    ended: Family<Labels<3>, Counter>,
    standing: Family<Labels<1>, Gauge>,
    /// By the name of the node, or the role of a blueprint's agent.
    nodes: HashMap<String, Histogram>,
    tokens_in: Counter,
    tokens_out: Counter,
    watchers: Gauge,
    cut_off: Counter,
    events: Counter,
    appends: Histogram,
    failed_appends: Counter,
    requests: [Counter; 5],
}

type Labels<const N: usize> = [(&'static str, &'static str); N];

/// Somebody who watches a run, for as long as it is kept.
pub(crate) struct WatcherGuard {
    watchers: Gauge,
    events: Counter,
}

impl Metrics {
    /// `nodes` are those of the built-in council; beside them there are the roles of agents. Nothing else becomes a label, so what
    /// clients send cannot make them many.
    pub(crate) fn new(nodes: impl IntoIterator<Item = String>) -> Self {
        let mut registry = Registry::with_prefix("council");
        let build = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "The version of the server", build);

        let ended = Family::<Labels<3>, Counter>::default();
        for labels in outcomes() {
            // It is there from the start, as 0.
            drop(ended.get_or_create(&labels));
        }
        registry.register("runs_ended", "Runs that have ended, by how", ended.clone());
        let standing = Family::default();
        registry.register("runs", "Runs that have not ended, by where they stand", standing.clone());

        let durations = Family::<[(&'static str, String); 1], Histogram>::new_with_constructor(|| histogram(&CALLS));
        let nodes = nodes.into_iter().chain(ROLES.map(str::to_owned));
        let nodes = nodes.map(|node| (node.clone(), durations.get_or_create_owned(&[("node", node)]))).collect();
        let help = "How long agents worked, by node, or by role in a blueprint";
        registry.register_with_unit("node_duration", help, Unit::Seconds, durations);

        let tokens = Family::<Labels<1>, Counter>::default();
        let (tokens_in, tokens_out) = (of(&tokens, "direction", "input"), of(&tokens, "direction", "output"));
        registry.register("tokens", "Tokens that models have read and written", tokens);

        let (watchers, cut_off, events) = (Gauge::default(), Counter::default(), Counter::default());
        registry.register("watchers", "Clients that watch a run at the moment", watchers.clone());
        registry.register("watchers_cut_off", "Watchers that were too slow and were cut off", cut_off.clone());
        registry.register("events_sent", "Events that were sent to watchers", events.clone());

        let (appends, failed_appends) = (histogram(&WRITES), Counter::default());
        let help = "From handing records to the journal until it has them on the disk";
        registry.register_with_unit("journal_append", help, Unit::Seconds, appends.clone());
        let help = "Appends that the journal could not write";
        registry.register("journal_append_failures", help, failed_appends.clone());

        let answers = Family::<Labels<1>, Counter>::default();
        let requests = CLASSES.map(|class| of(&answers, "status", class));
        registry.register("http_requests", "HTTP requests, by the class of their answer", answers);
        Self {
            registry,
            ended,
            standing,
            nodes,
            tokens_in,
            tokens_out,
            watchers,
            cut_off,
            events,
            appends,
            failed_appends,
            requests,
        }
    }

    /// A run has ended.
    pub(crate) fn run_ended(&self, outcome: RunStatus, mode: ExecutionMode, is_blueprint: bool) {
        self.ended.get_or_create(&labels(outcome, mode, is_blueprint)).inc();
    }

    /// A node, or an agent of this role, has worked for so long.
    pub(crate) fn node_completed(&self, node: &str, duration: Duration) {
        if let Some(durations) = self.nodes.get(node) {
            durations.observe(duration.as_secs_f64());
        }
    }

    /// A run has used this before, and that now.
    pub(crate) fn tokens_used(&self, before: Usage, now: Usage) {
        self.tokens_in.inc_by(now.input_tokens.saturating_sub(before.input_tokens));
        self.tokens_out.inc_by(now.output_tokens.saturating_sub(before.output_tokens));
    }

    /// The journal has taken so long to write records.
    pub(crate) fn append_succeeded(&self, duration: Duration) {
        self.appends.observe(duration.as_secs_f64());
    }

    /// The journal could not write records.
    pub(crate) fn append_failed(&self) {
        self.failed_appends.inc();
    }

    /// Somebody watches, until what is returned is dropped.
    pub(crate) fn watching(&self) -> WatcherGuard {
        self.watchers.inc();
        WatcherGuard { watchers: self.watchers.clone(), events: self.events.clone() }
    }

    /// A watcher was cut off.
    pub(crate) fn watcher_cut_off(&self) {
        self.cut_off.inc();
    }

    /// A request was answered.
    pub(crate) fn request_answered(&self, status: StatusCode) {
        let class = usize::from(status.as_u16() / 100).wrapping_sub(1);
        if let Some(requests) = self.requests.get(class) {
            requests.inc();
        }
    }

    /// All of it as text, with so many runs at each place.
    pub(crate) fn text(&self, standing: [(&'static str, usize); 3]) -> String {
        for (status, runs) in standing {
            self.standing.get_or_create(&[("status", status)]).set(i64::try_from(runs).unwrap_or(i64::MAX));
        }
        let mut text = String::new();
        prometheus_text::encode(&mut text, &self.registry).expect("a string takes all that is written");
        text
    }
}

impl WatcherGuard {
    /// So many events were sent to them.
    pub(crate) fn sent(&self, events: u64) {
        self.events.inc_by(events);
    }
}

impl Drop for WatcherGuard {
    fn drop(&mut self) {
        self.watchers.dec();
    }
}

/// All ways in which a run can end.
fn outcomes() -> impl Iterator<Item = Labels<3>> {
    let outcomes = [RunStatus::Completed, RunStatus::Failed, RunStatus::Cancelled].into_iter();
    let modes =
        outcomes.flat_map(|outcome| [ExecutionMode::AutoPilot, ExecutionMode::GodMode].map(|mode| (outcome, mode)));
    modes.flat_map(|(outcome, mode)| [false, true].map(|is_blueprint| labels(outcome, mode, is_blueprint)))
}

fn labels(outcome: RunStatus, mode: ExecutionMode, is_blueprint: bool) -> Labels<3> {
    let mode = match mode {
        ExecutionMode::AutoPilot => "auto-pilot",
        ExecutionMode::GodMode => "god-mode",
    };
    let blueprint = if is_blueprint { "true" } else { "false" };
    [("outcome", outcome.name()), ("mode", mode), ("blueprint", blueprint)]
}

fn of(family: &Family<Labels<1>, Counter>, label: &'static str, value: &'static str) -> Counter {
    family.get_or_create_owned(&[(label, value)])
}

fn histogram(bounds: &[f64]) -> Histogram {
    Histogram::new(bounds.iter().copied())
}

/// What agents of blueprints are told apart by.
const ROLES: [&str; 2] = ["agent", "critic"];
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];
/// Seconds, from a stand-in that answers at once to a model that thinks for long.
const CALLS: [f64; 12] = [0.001, 0.01, 0.05, 0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 180.0];
/// Seconds, from a journal in memory to a disk that is busy.
const WRITES: [f64; 12] = [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];
