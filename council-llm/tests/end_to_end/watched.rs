//! A run, and what whoever watches it gets to read.

use council_core::{EventKind, Outcome, RunBuilder, RunError};
use council_llm::Council;

use crate::provider::Provider;
use crate::server::Server;

/// Runs to the end. Gives what was written, a line for each attempt of each agent with the tokens apart, and how it ended.
pub(crate) async fn watched(run: RunBuilder<Council>) -> (String, Result<Outcome<Council>, RunError<Council>>) {
    let mut run = run.id("test").start();
    let mut written = String::new();
    while let Some(event) = run.next().await {
        match &event.kind {
            EventKind::NodeStarted { task, .. } => {
                written += &format!("{} #{} try {}:", task.node, task.visit, task.attempt);
            }
            EventKind::Token { text, .. } => written += &format!(" {text:?}"),
            EventKind::NodeCompleted { .. } => written += "\n",
            EventKind::NodeFailed { error, .. } => written += &format!("\n  failed: {error}\n"),
            EventKind::Lost { count, .. } => panic!("{count} events lost"),
            _ => {}
        }
    }
    (written, run.await)
}

/// The one picture that all of these are.
pub(crate) fn the_same(pictures: &[String]) -> &str {
    for picture in pictures {
        assert_eq!(picture, &pictures[0], "all providers give the same events");
    }
    &pictures[0]
}

/// The tokens and failures of a run without the names of its provider, and without the texts of the HTTP client.
pub(crate) fn outline(written: &str, provider: Provider, server: &Server) -> String {
    let written = written.replace(&format!("127.0.0.1:{}", server.port()), "ADDRESS");
    let written = written.replace(&provider.name(), "MODEL").replace(provider.dialect.provider(), "PROVIDER");
    let lines = written.lines().map(|line| line.split_inclusive("ADDRESS failed").next().unwrap());
    lines.fold(String::new(), |text, line| text + line + "\n")
}
