//! The server on loopback: latency of events, runs per second, memory, and events lost after broken connections.
//!
//! The server is the release program in its own process. Only the latency table has it in this process, so that there is one
//! clock. The provider of the models answers at once, in its own thread; the clients have another thread.
//! `--side NAME=COMMAND` adds another server, measured in turn (see `benches/server.sh`), `--only latency|runs|memory|disconnects`
//! selects one table, `--dir PATH` names the directory of the database, which should be on a disk, and `--test` runs everything
//! once, without useful figures.

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
