//! Memory: of a server that has nothing to do, for each run that has ended, and for each watcher of a run in which nothing happens.

use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::Failure;
use crate::client::{Client, Socket, watch};
use crate::options::Options;
use crate::program::Program;
use crate::provider::{Provider, UNANSWERED};

/// What a server takes, in bytes.
struct Memory {
    idle: u64,
    /// After some runs, and after many more.
    warm: u64,
    after_runs: u64,
    /// With no watcher, with some, and with twice as many.
    watchers: [u64; 3],
}

/// How much is done.
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
            // The others take minutes for as many.
            _ => Amount { warming: 500, runs: 2_000, watchers: 1_000 },
        };
        let memory = of(&side.command, options, provider, &amount).await?;
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
        println!("runs were counted and watched; no figures in a test");
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

async fn of(command: &str, options: &Options, provider: &Provider, amount: &Amount) -> Result<Memory, Failure> {
    let program = Program::start(command, provider, &options.directory)?;
    // The first answer has what a server does when it starts behind it.
    Client::connect(program.address).await?.ask("GET /api/health", "").await?;
    let idle = settled(&program).await?;
    runs(&program, amount.warming).await?;
    let warm = settled(&program).await?;
    runs(&program, amount.runs).await?;
    let after_runs = settled(&program).await?;

    // The first connection may have been closed by now, because nothing was asked over it.
    let mut client = Client::connect(program.address).await?;
    let run = client.start(&format!("A question {UNANSWERED}")).await?;
    let mut sockets = Vec::new();
    let mut watchers = [settled(&program).await?; 3];
    for memory in &mut watchers[1..] {
        more(&mut sockets, &program, &run, amount.watchers).await?;
        *memory = settled(&program).await?;
    }
    Ok(Memory { idle, warm, after_runs, watchers })
}

/// What the program takes once it has come to rest.
async fn settled(program: &Program) -> Result<u64, Failure> {
    sleep(Duration::from_millis(500)).await;
    program.usage.memory()
}

/// Sees so many runs through, ten at once.
async fn runs(program: &Program, count: usize) -> Result<(), Failure> {
    let mut clients = JoinSet::new();
    for _ in 0..10 {
        let mut client = Client::connect(program.address).await?;
        clients.spawn(async move {
            for _ in 0..count / 10 {
                client.see_through().await?;
            }
            Ok::<_, Failure>(())
        });
    }
    clients.join_all().await.into_iter().collect()
}

/// So many more watchers, which read what has happened and then wait.
async fn more(sockets: &mut Vec<Socket>, program: &Program, run: &str, count: usize) -> Result<(), Failure> {
    for _ in 0..count {
        sockets.push(watch(program.address, run, 0).await?);
    }
    Ok(())
}

fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}
