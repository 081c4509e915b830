//! Events lost or repeated where connections break: watchers who leave at random moments and come back with `after`.

use std::time::Duration;

use futures_util::StreamExt;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

use crate::Failure;
use crate::client::{Client, Event, watch};
use crate::options::Options;
use crate::program::Program;
use crate::provider::{PICKY, Provider};

/// What watchers met.
#[derive(Default)]
struct Met {
    disconnects: usize,
    events: usize,
    lost: usize,
    repeated: usize,
}

pub(crate) async fn measure(options: &Options, provider: &Provider) -> Result<(), Failure> {
    let wanted = if options.quick { 20 } else { 1_000 };
    let program = Program::start(&options.sides[0].command, provider, &options.directory)?;
    let mut met = Met::default();
    while met.disconnects < wanted {
        let mut watchers = JoinSet::new();
        for _ in 0..AT_ONCE {
            let address = program.address;
            watchers.spawn(async move { see_through(&mut Client::connect(address).await?).await });
        }
        for one in watchers.join_all().await {
            let one = one?;
            met.disconnects += one.disconnects;
            met.events += one.events;
            met.lost += one.lost;
            met.repeated += one.repeated;
        }
    }
    println!("| disconnects at random moments | events | lost | repeated |");
    println!("| --: | --: | --: | --: |");
    println!("| {} | {} | {} | {} |", met.disconnects, met.events, met.lost, met.repeated);
    Ok(())
}

/// Watches a run of eleven agents to its end, over connections that break, and compares what was seen with what the server lists.
async fn see_through(client: &mut Client) -> Result<Met, Failure> {
    let run = client.start(&format!("A document {PICKY}")).await?;
    let (mut met, mut seen) = (Met::default(), Vec::new());
    while !hear(client, &run, &mut seen).await? {
        met.disconnects += 1;
    }
    let listed = client.ask(&format!("GET /api/runs/{run}/events"), "").await?;
    let listed: Vec<serde_json::Value> = serde_json::from_str(&listed)?;
    let seen: Vec<serde_json::Value> = seen.iter().map(|text| serde_json::from_str(text)).collect::<Result<_, _>>()?;
    met.events = listed.len();
    met.lost = listed.iter().filter(|event| !seen.contains(event)).count();
    met.repeated = (seen.len() + met.lost).saturating_sub(listed.len());
    Ok(met)
}

/// Watches for some milliseconds at most, from behind what was seen; says whether it has seen the end.
async fn hear(client: &Client, run: &str, seen: &mut Vec<String>) -> Result<bool, Failure> {
    let after = seen.last().map_or(Ok(0), |text| number(text).map(Option::unwrap_or_default))?;
    let mut socket = watch(client.address, run, after).await?;
    let patience = Duration::from_micros(fastrand::u64(..PATIENCE));
    let listening = async {
        while let Some(Message::Text(text)) = socket.next().await.transpose()? {
            if number(&text)?.is_some() {
                seen.push(text.to_string());
            }
        }
        Ok(true)
    };
    // The socket goes without a word.
    timeout(patience, listening).await.unwrap_or(Ok(false))
}

/// The number of an event; fleeting ones have none.
fn number(text: &str) -> Result<Option<u64>, Failure> {
    Ok(serde_json::from_str::<Event<'_>>(text)?.seq)
}

const AT_ONCE: usize = 10;
/// The longest that a connection lasts, in microseconds: a part of a run.
const PATIENCE: u64 = 10_000;
