//! Runs per second: each of ten clients starts a run, watches it to its end over a WebSocket, and starts the next.

use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::Failure;
use crate::client::Client;
use crate::options::Options;
use crate::program::Program;
use crate::provider::Provider;
use crate::usage::Usage;

/// The figures of one round.
#[derive(Clone, Copy)]
struct Throughput {
    runs_per_second: f64,
    /// CPU time per run of the server, the provider and the clients.
    cpu: [Duration; 3],
}

/// Measures all sides in turn. The best round of each side counts, because other load on the machine only slows it down.
pub(crate) async fn measure(options: &Options, provider: &Provider) -> Result<(), Failure> {
    let time = Duration::from_millis(if options.quick { 200 } else { 5_000 });
    let mut rounds = vec![Vec::new(); options.sides.len()];
    for _ in 0..options.rounds {
        for (side, rounds) in options.sides.iter().zip(&mut rounds) {
            let program = Program::start(&side.command, provider, &options.directory)?;
            work(&program, time / 5).await?;
            rounds.push(round(&program, provider, time).await?);
        }
    }
    if options.quick {
        println!("the runs ended; a test prints no figures");
        return Ok(());
    }
    println!(
        "| three instant model calls over HTTP, stored, {AT_ONCE} at once | runs per second | in other rounds | CPU, server, µs | provider, µs | clients, µs |"
    );
    println!("| --- | --: | --: | --: | --: | --: |");
    for (side, mut rounds) in options.sides.iter().zip(rounds) {
        rounds.sort_by(|a, b| b.runs_per_second.total_cmp(&a.runs_per_second));
        let Throughput { runs_per_second, cpu } = rounds[0];
        let others: Vec<_> = rounds[1..].iter().map(|round| format!("{:.0}", round.runs_per_second)).collect();
        let [server, provider, clients] = cpu.map(|cpu| cpu.as_micros());
        println!(
            "| {} | {runs_per_second:.0} | {} | {server} | {provider} | {clients} |",
            side.name,
            others.join(", ")
        );
    }
    println!();
    Ok(())
}

/// Measures one round of `time`.
async fn round(program: &Program, provider: &Provider, time: Duration) -> Result<Throughput, Failure> {
    let clients = Usage::of_this_thread()?;
    let read =
        || -> Result<[Duration; 3], Failure> { Ok([program.usage.time()?, provider.usage.time()?, clients.time()?]) };
    let (before, begin) = (read()?, Instant::now());
    let runs = work(program, time).await?;
    let (elapsed, after) = (begin.elapsed(), read()?);
    let cpu = std::array::from_fn(|side| after[side].saturating_sub(before[side]) / runs);
    Ok(Throughput { runs_per_second: f64::from(runs) / elapsed.as_secs_f64(), cpu })
}

/// Lets the clients work for `time`, and returns the number of finished runs.
async fn work(program: &Program, time: Duration) -> Result<u32, Failure> {
    let end = Instant::now() + time;
    let mut clients = JoinSet::new();
    for _ in 0..AT_ONCE {
        let mut client = Client::connect(program.address).await?;
        clients.spawn(async move {
            let mut runs = 0;
            while Instant::now() < end {
                client.run_to_end().await?;
                runs += 1;
            }
            Ok::<_, Failure>(runs)
        });
    }
    let runs: Vec<u32> = clients.join_all().await.into_iter().collect::<Result<_, _>>()?;
    Ok(runs.iter().sum())
}

const AT_ONCE: usize = 10;
