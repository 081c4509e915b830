//! A log of a run that its nodes write.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use council_core::{Context, NodeError, State};

use crate::plans::Plan;

#[derive(Default)]
pub(crate) struct Lab {
    /// Which tasks have ended: the path and the node with its item, and the superstep.
    ran: Mutex<Vec<(String, u64)>>,
    /// Which tasks of the graph itself have, by superstep, node and item; a subgraph has if a task in it has.
    tasks: Mutex<BTreeSet<(u64, usize, Option<u32>)>>,
    /// What was done once.
    noted: Mutex<Vec<String>>,
    /// Nodes that break down, as often as they stand here.
    broken: Mutex<Vec<usize>>,
    /// How often a task has been shaky.
    shaken: Mutex<BTreeMap<(String, u64, u32), u32>>,
    at_work: Arc<Mutex<AtWork>>,
}

/// How many tasks are at work, of each node and of all, and how many ever were.
#[derive(Default)]
struct AtWork {
    now: BTreeMap<usize, usize>,
    peaks: BTreeMap<usize, usize>,
    peak: usize,
}

impl Lab {
    pub(crate) fn breaking(nodes: Vec<usize>) -> Arc<Self> {
        Arc::new(Self { broken: Mutex::new(nodes), ..Self::default() })
    }

    pub(crate) fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Which tasks have ended, in order of their names.
    pub(crate) fn ran(&self) -> Vec<(String, u64)> {
        let mut ran = self.ran.lock().unwrap().clone();
        ran.sort();
        ran
    }

    /// Which tasks have ended, in order of their names, without their supersteps.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names: Vec<_> = self.ran().into_iter().map(|(name, _)| bare(&name)).collect();
        names.sort();
        names
    }

    /// By which tasks something was done once, in order of their names.
    pub(crate) fn noted(&self) -> Vec<String> {
        let mut noted = self.noted.lock().unwrap().clone();
        noted.sort();
        noted
    }

    pub(crate) fn note<S: State>(&self, context: &Context<S>) -> String {
        self.noted.lock().unwrap().push(bare(&name(context)));
        format!(" noted in {}", context.superstep())
    }

    /// Which tasks of the graph itself have ended, by superstep, node and item.
    pub(crate) fn tasks(&self) -> BTreeSet<(u64, usize, Option<u32>)> {
        self.tasks.lock().unwrap().clone()
    }

    /// How many tasks of a node, and of all, have ever been at work at once.
    pub(crate) fn peaks(&self, node: usize) -> (usize, usize) {
        let at_work = self.at_work.lock().unwrap();
        (at_work.peaks.get(&node).copied().unwrap_or_default(), at_work.peak)
    }

    /// A task of this node is at work until what this gives is dropped.
    pub(crate) fn begin(&self, node: usize) -> impl Drop + Send + use<> {
        let mut at_work = self.at_work.lock().unwrap();
        let now = at_work.now.entry(node).or_default();
        *now += 1;
        let now = *now;
        let all = at_work.now.values().sum::<usize>();
        at_work.peak = at_work.peak.max(all);
        let peak = at_work.peaks.entry(node).or_default();
        *peak = now.max(*peak);
        Ends { node, at_work: Arc::clone(&self.at_work) }
    }

    /// Fails once for each time that the node is in the list of failing nodes.
    pub(crate) fn break_down(&self, node: usize) -> Result<(), NodeError> {
        let mut broken = self.broken.lock().unwrap();
        let Some(place) = broken.iter().position(|other| *other == node) else { return Ok(()) };
        broken.remove(place);
        Err("broken".into())
    }

    /// Whether the task has to fail once more before it may go well.
    pub(crate) fn fails_again<S: State>(&self, context: &Context<S>, failures: u32) -> bool {
        let task = (name(context), context.superstep(), context.visit());
        let mut shaken = self.shaken.lock().unwrap();
        let times = shaken.entry(task).or_default();
        *times += 1;
        *times <= failures
    }

    /// An error handler stands for a task.
    pub(crate) fn handled(&self, superstep: u64, node: usize) {
        self.tasks.lock().unwrap().insert((superstep, node, None));
    }

    pub(crate) fn ended<S: State>(&self, context: &Context<S>) {
        self.ran.lock().unwrap().push((name(context), context.superstep()));
        let own = (context.node(), context.superstep(), context.item());
        let (node, superstep, item) =
            context.path().first().map_or(own, |outer| (&*outer.node, outer.superstep, outer.item));
        self.tasks.lock().unwrap().insert((superstep, Plan::number(node), item));
    }
}

/// The node with its item, and the path that leads to it.
fn name<S: State>(context: &Context<S>) -> String {
    let item = context.item().map(|item| format!("[{item}]")).unwrap_or_default();
    let slash = if context.path().is_empty() { "" } else { "/" };
    let within = context.path().last().map(|task| format!(" in {}", task.superstep)).unwrap_or_default();
    format!("{}{slash}{}{item}{within}", context.path(), context.node())
}

/// The name without the superstep.
fn bare(name: &str) -> String {
    name.split(" in ").next().unwrap_or(name).to_owned()
}

struct Ends {
    node: usize,
    at_work: Arc<Mutex<AtWork>>,
}

impl Drop for Ends {
    fn drop(&mut self) {
        if let Some(now) = self.at_work.lock().unwrap().now.get_mut(&self.node) {
            *now -= 1;
        }
    }
}
