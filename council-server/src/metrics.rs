//! The metrics of the server, for Prometheus.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
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

/// The metrics of one server. The metrics of hot paths are fields, so no lock is taken to find them.
pub(crate) struct Metrics {
    registry: Registry,
    ended: Family<Labels<3>, Counter>,
    retried: Counter,
    runs: Family<Labels<1>, Gauge>,
    waiting: Gauge,
    /// By the name of the node; in blueprints by the role of the agent.
    nodes: HashMap<String, Histogram>,
    call_retries: Counter,
    tokens_in: Counter,
    tokens_out: Counter,
    watchers: Gauge,
    cut_off: Counter,
    events: Counter,
    appends: Histogram,
    failed_appends: Counter,
    requests: [Counter; 5],
    log_lines_dropped: Counter,
    /// The counter of the log, which is older than the server.
    dropped_log_lines: Arc<AtomicU64>,
}

type Labels<const N: usize> = [(&'static str, &'static str); N];

/// The numbers of runs that have not ended.
#[derive(Clone, Copy)]
pub(crate) struct RunCounts {
    pub(crate) by_status: [(&'static str, usize); 3],
    /// Those of which nothing is at work, because they wait for a model.
    pub(crate) waiting: usize,
}

/// Counts a watcher until it is dropped.
pub(crate) struct WatcherGuard {
    watchers: Gauge,
    events: Counter,
}

impl Metrics {
    /// `dropped_log_lines` is the counter of the log. `nodes` are the nodes of the built-in council. Only they and the roles of agents become labels, so clients cannot make new ones.
    pub(crate) fn new(nodes: impl IntoIterator<Item = String>, dropped_log_lines: Arc<AtomicU64>) -> Self {
        let mut registry = Registry::with_prefix("council");
        let build = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "The version of the server", build);

        let ended = Family::<Labels<3>, Counter>::default();
        for labels in outcomes() {
            // The time series exists from the start, with 0.
            drop(ended.get_or_create(&labels));
        }
        registry.register("runs_ended", "Runs that have ended, by outcome", ended.clone());
        let retried = Counter::default();
        registry.register("runs_retried", "Runs that a client has retried", retried.clone());
        let runs = Family::default();
        registry.register("runs", "Runs that have not ended, by status", runs.clone());
        let waiting = Gauge::default();
        let help = "Runs that wait for a model: until their next call, or for the turn of their calls";
        registry.register("runs_waiting", help, waiting.clone());

        let durations = Family::<[(&'static str, String); 1], Histogram>::new_with_constructor(|| histogram(&CALLS));
        let nodes = nodes.into_iter().chain(ROLES.map(str::to_owned));
        let nodes = nodes.map(|node| (node.clone(), durations.get_or_create_owned(&[("node", node)]))).collect();
        let help = "Duration of nodes, by name, in blueprints by role";
        registry.register_with_unit("node_duration", help, Unit::Seconds, durations);

        let call_retries = Counter::default();
        let help = "Failed calls of models that are made again";
        registry.register("call_retries", help, call_retries.clone());
        let tokens = Family::<Labels<1>, Counter>::default();
        let (tokens_in, tokens_out) = (of(&tokens, "direction", "input"), of(&tokens, "direction", "output"));
        registry.register("tokens", "Tokens that models have read and written", tokens);

        let (watchers, cut_off, events) = (Gauge::default(), Counter::default(), Counter::default());
        registry.register("watchers", "Clients that watch a run now", watchers.clone());
        registry.register("watchers_cut_off", "Slow watchers that were disconnected", cut_off.clone());
        registry.register("events_sent", "Events sent to watchers", events.clone());

        let (appends, failed_appends) = (histogram(&WRITES), Counter::default());
        let help = "Time until the journal has stored an append";
        registry.register_with_unit("journal_append", help, Unit::Seconds, appends.clone());
        let help = "Appends that the journal could not store";
        registry.register("journal_append_failures", help, failed_appends.clone());

        let answers = Family::<Labels<1>, Counter>::default();
        let requests = CLASSES.map(|class| of(&answers, "status", class));
        let log_lines_dropped = Counter::default();
        let help = "Lines of the log that were dropped, because standard error was not read";
        registry.register("log_lines_dropped", help, log_lines_dropped.clone());
        registry.register("http_requests", "HTTP requests, by the class of the status", answers);
        Self {
            registry,
            ended,
            retried,
            runs,
            waiting,
            nodes,
            call_retries,
            tokens_in,
            tokens_out,
            watchers,
            cut_off,
            events,
            appends,
            failed_appends,
            requests,
            log_lines_dropped,
            dropped_log_lines,
        }
    }

    /// A run has ended.
    pub(crate) fn run_ended(&self, outcome: RunStatus, mode: ExecutionMode, is_blueprint: bool) {
        self.ended.get_or_create(&labels(outcome, mode, is_blueprint)).inc();
    }

    /// A client has retried a run.
    pub(crate) fn run_retried(&self) {
        self.retried.inc();
    }

    /// A node, or an agent with this role, has completed after this time.
    pub(crate) fn node_completed(&self, node: &str, duration: Duration) {
        if let Some(durations) = self.nodes.get(node) {
            durations.observe(duration.as_secs_f64());
        }
    }

    /// A failed call of a model is made again.
    pub(crate) fn call_retried(&self) {
        self.call_retries.inc();
    }

    /// The usage of a run has grown.
    pub(crate) fn tokens_used(&self, before: Usage, now: Usage) {
        self.tokens_in.inc_by(now.input_tokens.saturating_sub(before.input_tokens));
        self.tokens_out.inc_by(now.output_tokens.saturating_sub(before.output_tokens));
    }

    /// The journal has stored records after this time.
    pub(crate) fn append_succeeded(&self, duration: Duration) {
        self.appends.observe(duration.as_secs_f64());
    }

    /// The journal could not store records.
    pub(crate) fn append_failed(&self) {
        self.failed_appends.inc();
    }

    /// Counts a watcher until the guard is dropped.
    pub(crate) fn watching(&self) -> WatcherGuard {
        self.watchers.inc();
        WatcherGuard { watchers: self.watchers.clone(), events: self.events.clone() }
    }

    /// A slow watcher was disconnected.
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

    /// All metrics as text.
    pub(crate) fn text(&self, counts: RunCounts) -> String {
        let number = |count| i64::try_from(count).unwrap_or(i64::MAX);
        for (status, count) in counts.by_status {
            self.runs.get_or_create(&[("status", status)]).set(number(count));
        }
        self.waiting.set(number(counts.waiting));
        self.log_lines_dropped.inner().store(self.dropped_log_lines.load(Ordering::Relaxed), Ordering::Relaxed);
        let mut text = String::new();
        prometheus_text::encode(&mut text, &self.registry).expect("a string takes all that is written");
        text
    }
}

impl WatcherGuard {
    /// Events were sent to the watcher.
    pub(crate) fn sent(&self, events: u64) {
        self.events.inc_by(events);
    }
}

impl Drop for WatcherGuard {
    fn drop(&mut self) {
        self.watchers.dec();
    }
}

/// All label sets of ended runs.
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

/// The roles of agents in blueprints.
const ROLES: [&str; 2] = ["agent", "critic"];
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];
/// Buckets in seconds, from the rehearsal to a model that thinks for minutes.
const CALLS: [f64; 12] = [0.001, 0.01, 0.05, 0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 180.0];
/// Buckets in seconds, from a journal in memory to a busy disk.
const WRITES: [f64; 12] = [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];
