//! Memory of an idle server, per finished run, and per watcher of a run without events.

use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::Failure;
use crate::client::{Client, Socket, watch};
use crate::options::Options;
use crate::program::Program;
use crate::provider::{Provider, UNANSWERED};

/// The memory of a server, in bytes.
struct Memory {
    idle: u64,
    /// After some runs.
    warm: u64,
    /// After many more runs.
    after_runs: u64,
    /// Without watchers, with some, and with twice as many.
    watchers: [u64; 3],
}

/// The numbers of runs and watchers.
struct Amount {
    warming: usize,
    runs: usize,
    watchers: usize,
}

pub(crate) async fn measure(options: &Options, provider: &Provider) -> Result<(), Failure> {
    let mut lines = Vec::new();
    for (place, side) in options.sides.iter().enumerate() {
        let amount = match place {
            _ if options.quick => Amount { warming: 10, runs: 20, watchers: 20 },
            0 => Amount { warming: 1_000, runs: 10_000, watchers: 1_000 },
            // The other servers would take minutes for the same number.
            _ => Amount { warming: 500, runs: 2_000, watchers: 1_000 },
        };
        let memory = measure_side(&side.command, options, provider, &amount).await?;
        let each = |from: u64, to: u64, count: usize| (to as f64 - from as f64) / count as f64;
        let [none, some, twice] = memory.watchers;
        lines.push(format!(
            "| {} | {:.1} | {:.1} after {} | {:.1} after {} more | {:.0} | {:.1} | {:.1} |",
            side.name,
            mebibytes(memory.idle),
            mebibytes(memory.warm),
            amount.warming,
            mebibytes(memory.after_runs),
            amount.runs,
            each(memory.warm, memory.after_runs, amount.runs),
            each(none, some, amount.watchers) / 1_024.0,
            each(some, twice, amount.watchers) / 1_024.0,
        ));
    }
    if options.quick {
        println!("the runs ended and were watched; a test prints no figures");
        return Ok(());
    }
    println!(
        "| memory | idle, MiB | after runs, MiB | and later, MiB | for each run between, bytes | \
         for each of 1000 idle watchers, KiB | for each of 1000 more, KiB |"
    );
    println!("| --- | --: | --: | --: | --: | --: | --: |");
    println!("{}\n", lines.join("\n"));
    Ok(())
}

async fn measure_side(
    command: &str,
    options: &Options,
    provider: &Provider,
    amount: &Amount,
) -> Result<Memory, Failure> {
    let program = Program::start(command, provider, &options.directory)?;
    // After the first answer the server has finished its start.
    Client::connect(program.address).await?.request("GET /api/health", "").await?;
    let idle = settled(&program).await?;
    runs(&program, amount.warming).await?;
    let warm = settled(&program).await?;
    runs(&program, amount.runs).await?;
    let after_runs = settled(&program).await?;

    // The server may have closed the first connection, because it was idle.
    let mut client = Client::connect(program.address).await?;
    let run = client.start(&format!("A question {UNANSWERED}")).await?;
    let mut sockets = Vec::new();
    let mut watchers = [settled(&program).await?; 3];
    for memory in &mut watchers[1..] {
        add_watchers(&mut sockets, &program, &run, amount.watchers).await?;
        *memory = settled(&program).await?;
    }
    Ok(Memory { idle, warm, after_runs, watchers })
}

/// The memory of the program after half a second of rest.
async fn settled(program: &Program) -> Result<u64, Failure> {
    sleep(Duration::from_millis(500)).await;
    program.usage.memory()
}

/// Runs `count` runs to their end, ten at once.
async fn runs(program: &Program, count: usize) -> Result<(), Failure> {
    let mut clients = JoinSet::new();
    for _ in 0..10 {
        let mut client = Client::connect(program.address).await?;
        clients.spawn(async move {
            for _ in 0..count / 10 {
                client.run_to_end().await?;
            }
            Ok::<_, Failure>(())
        });
    }
    clients.join_all().await.into_iter().collect()
}

/// Adds `count` watchers, which read the past events and then wait.
async fn add_watchers(sockets: &mut Vec<Socket>, program: &Program, run: &str, count: usize) -> Result<(), Failure> {
    for _ in 0..count {
        sockets.push(watch(program.address, run, 0).await?);
    }
    Ok(())
}

fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}
