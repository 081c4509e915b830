//! CPU-bound nodes on several threads, with `Policy::spawned`.
//!
//! `cargo run --release --example cores`. The times go to standard error, because they differ from run to run.

use std::collections::BTreeSet;
use std::error::Error;
use std::ops::Range;
use std::time::Instant;

use council_core::{Graph, Policy, State, StateGraph, node, worker};

#[derive(State, Default)]
struct Primes {
    below: u32,
    #[state(append)]
    found: Vec<Found>,
    #[state(add)]
    count: usize,
}

/// The primes of one block of numbers.
#[derive(Clone)]
struct Found {
    block: Range<u32>,
    primes: usize,
    thread: String,
}

fn is_prime(number: u32) -> bool {
    number > 1 && (2..=number.isqrt()).all(|divisor| !number.is_multiple_of(divisor))
}

fn census(spawned: bool) -> Result<Graph<Primes>, council_core::BuildError> {
    let mut graph = StateGraph::<Primes>::new("census");
    let split = node!(graph, "split", async |_| Ok(Primes::update()));
    // This worker never awaits. Without `spawned` it blocks all other nodes of the run.
    let count = worker!(graph, "count", async move |_, block: &Range<u32>| {
        let primes = block.clone().filter(|number| is_prime(*number)).count();
        let thread = format!("{:?}", std::thread::current().id());
        Ok(Primes::update().found(Found { block: block.clone(), primes, thread }).count(primes))
    });
    graph.start(split);
    graph.fan_out(split, count, |state| {
        let size = state.below / BLOCKS;
        (0..BLOCKS).map(move |block| block * size..(block + 1) * size)
    });
    graph.policy(count, Policy::default().spawned(spawned));
    graph.end(count);
    graph.compile()
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    for spawned in [false, true] {
        let began = Instant::now();
        let primes = census(spawned)?.run(Primes { below: 200_000, ..Primes::default() }).await?.into_state();
        let threads: BTreeSet<_> = primes.found.iter().map(|found| &found.thread).collect();
        eprintln!("spawned: {spawned}, {} threads, {:?}", threads.len(), began.elapsed());
        if spawned {
            for Found { block, primes, .. } in &primes.found {
                println!("{:>6} to {:>6}: {primes:>5} primes", block.start, block.end);
            }
        }
        println!("{} primes below {}", primes.count, primes.below);
    }
    Ok(())
}

const BLOCKS: u32 = 8;
