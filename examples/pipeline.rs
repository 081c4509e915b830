//! A release pipeline as a graph, without a model and without a network.
//!
//! `cargo run --example pipeline` ships version 1.4.0 after two repairs. With `-- --hopeless` no repair works, so the visit limit
//! sends the run to `roll back`. `-- --mermaid` prints the drawing, `-- --dot` prints it for Graphviz, and `-- --path` prints it
//! with the path of a run.

use std::collections::BTreeMap;
use std::error::Error;
use std::time::Duration;

use clap::Parser;
use council_core::{
    Context, Detail, EventKind, Graph, Node, NodeResult, RunPath, State, StateGraph, async_trait, node,
};

/// The state of the graph. A write replaces a field without an attribute; an attribute names another reducer.
#[derive(State, Clone, Debug, Default)]
struct Release {
    version: String,
    /// The number of open faults of each check. Each check replaces its own entry, so three checks can write at once.
    #[state(merge)]
    faults: Faults,
    /// In the order in which the nodes are declared, so it is the same in every run.
    #[state(append)]
    log: Vec<String>,
    #[state(add)]
    tests_run: u32,
    #[state(max)]
    slowest: Duration,
    #[state(add)]
    repairs: u32,
    shipped: bool,
}

type Faults = BTreeMap<&'static str, u32>;

/// A node can be an async function: it borrows the state and returns an update.
async fn fetch(release: &Release) -> NodeResult<Release> {
    Ok(Release::update().log(format!("fetched {}", release.version)))
}

/// A node can be a struct, so that several nodes share one implementation.
struct Check {
    name: &'static str,
    faults: u32,
    cases: u32,
    takes: Duration,
}

#[async_trait]
impl Node<Release> for Check {
    async fn run(&self, release: &Release, context: &Context<Release>) -> NodeResult<Release> {
        context.token(format!("{} cases", self.cases)); // observers get it at once
        tokio::time::sleep(self.takes).await;
        let left = self.faults.saturating_sub(release.repairs);
        Ok(Release::update()
            .faults(self.name, left)
            .tests_run(self.cases)
            .slowest(self.takes)
            .extend_log((left > 0).then(|| format!("{} found {left}", self.name))))
    }
}

fn pipeline(can_repair: bool) -> Result<Graph<Release>, council_core::BuildError> {
    let check =
        |name, faults, cases, milliseconds| Check { name, faults, cases, takes: Duration::from_millis(milliseconds) };
    let mut graph = StateGraph::<Release>::new("release");
    let fetch = graph.node("fetch", fetch);
    let lint = graph.node("lint", check("lint", 1, 40, 10));
    let test = graph.node("test", check("test", 2, 812, 60));
    let audit = graph.node("audit", check("audit", 0, 96, 30));
    let decide = node!(graph, "decide", async |_| Ok(Release::update())); // joins the checks and has a route
    // A node can be a closure that captures values: `can_repair` moves into it.
    let fix = node!(graph, "fix", async move |_| {
        Ok(Release::update().repairs(u32::from(can_repair)).log("tried a repair"))
    });
    let publish = node!(graph, "publish", async |_| Ok(Release::update().shipped(true).log("published")));
    let roll_back = node!(graph, "roll back", async |_| Ok(Release::update().log("rolled back")));

    graph.start(fetch);
    for check in [lint, test, audit] {
        graph.edge(fetch, check); // three edges from one node: all three targets run in one superstep
        graph.edge(fix, check);
    }
    graph.join([lint, test, audit], decide); // `decide` runs once, after all three
    graph
        .route(
            decide,
            [publish, fix],
            |release, [good, bad]| {
                if release.faults.values().all(|&faults| faults == 0) { good } else { bad }
            },
        )
        .labels(["no faults", "faults"]);
    graph.visit_limit(fix, 3, roll_back); // the valve: a fourth visit of `fix` goes to `roll back` instead
    graph.end(publish);
    graph.end(roll_back);
    graph.compile() // finds unreachable nodes, dead ends and joins that never fire
}

/// Ships a release, or prints its graph.
#[derive(Parser)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
struct Arguments {
    /// No repair works
    #[arg(long)]
    hopeless: bool,
    /// Print the drawing as Mermaid
    #[arg(long)]
    mermaid: bool,
    /// Print the drawing for Graphviz
    #[arg(long)]
    dot: bool,
    /// Print the drawing with the path of a run
    #[arg(long)]
    path: bool,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let graph = pipeline(!arguments.hopeless)?;
    if arguments.mermaid {
        print!("{}", graph.mermaid());
        return Ok(());
    }
    if arguments.dot {
        print!("{}", graph.dot());
        return Ok(());
    }
    let release = Release { version: "1.4.0".to_owned(), ..Release::default() };
    if arguments.path {
        let path = RunPath::new(graph.drawing());
        graph.run(release).observe_in(Detail::TASKS, path.observer()).await?;
        print!("{}", path.drawing().mermaid());
        return Ok(());
    }
    let mut run = graph.run(release).start();
    while let Some(event) = run.next().await {
        match event.kind {
            EventKind::Token { task, text, .. } => println!("{:>2}  {} begins: {text}", task.superstep, task.node),
            EventKind::NodeCompleted { task, duration, .. } => {
                println!("{:>2}  {} took {} ms", task.superstep, task.node, duration.as_millis());
            }
            EventKind::ValveOpened { valve, .. } => println!("    the valve opens: {valve}"),
            _ => {}
        }
    }
    let release = run.await?.into_state();
    println!("\n{}.", release.log.join(", "));
    println!(
        "\n{} {}: {} repairs, {} cases, slowest check {:?}",
        release.version,
        if release.shipped { "is out" } else { "stays in" },
        release.repairs,
        release.tests_run,
        release.slowest,
    );
    Ok(())
}
