//! What the server does on loopback: how soon a watcher knows, how many runs it sees through, what memory it takes, and what is
//! lost where connections break.
//!
//! The server is the program as it is shipped, built by this one, in a process of its own; only the first table has it inside,
//! for one clock. The models are a provider that answers at once, in a thread of its own, and the clients have another.
//! `--side NAME=COMMAND` measures other servers in turn with it (`benches/server.sh`), `--only latency|runs|memory|disconnects` does
//! one table, `--dir PATH` says where the database lies, which should be a disk, and `--test` does all of it once, with no figures
//! to believe.

#![allow(clippy::cast_precision_loss, reason = "figures for people")]

mod client;
mod disconnects;
mod latency;
mod memory;
mod options;
mod program;
mod provider;
mod throughput;
mod usage;

use options::Options;
use provider::Provider;

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let options = Options::from_arguments()?;
    let provider = Provider::start()?;
    if options.wants("latency") {
        latency::measure(&options).await?;
    }
    if options.wants("runs") {
        throughput::measure(&options, &provider).await?;
    }
    if options.wants("memory") {
        memory::measure(&options, &provider).await?;
    }
    if options.wants("disconnects") {
        disconnects::measure(&options, &provider).await?;
    }
    Ok(())
}
