//! Events lost or repeated after broken connections: watchers disconnect at random moments and reconnect with `after`.

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

/// The counts of one watched run, or of all.
#[derive(Default)]
struct Counts {
    disconnects: usize,
    events: usize,
    lost: usize,
    repeated: usize,
}

pub(crate) async fn measure(options: &Options, provider: &Provider) -> Result<(), Failure> {
    let wanted = if options.quick { 20 } else { 1_000 };
    let program = Program::start(&options.sides[0].command, provider, &options.directory)?;
    let mut total = Counts::default();
    while total.disconnects < wanted {
        let mut watchers = JoinSet::new();
        for _ in 0..AT_ONCE {
            let address = program.address;
            watchers.spawn(async move { watch_with_breaks(&mut Client::connect(address).await?).await });
        }
        for counts in watchers.join_all().await {
            let counts = counts?;
            total.disconnects += counts.disconnects;
            total.events += counts.events;
            total.lost += counts.lost;
            total.repeated += counts.repeated;
        }
    }
    println!("| disconnects at random moments | events | lost | repeated |");
    println!("| --: | --: | --: | --: |");
    println!("| {} | {} | {} | {} |", total.disconnects, total.events, total.lost, total.repeated);
    Ok(())
}

/// Watches a run of eleven agents to its end over many connections, and compares the events with the list of the server.
async fn watch_with_breaks(client: &mut Client) -> Result<Counts, Failure> {
    let run = client.start(&format!("A document {PICKY}")).await?;
    let (mut counts, mut seen) = (Counts::default(), Vec::new());
    while !watch_briefly(client, &run, &mut seen).await? {
        counts.disconnects += 1;
    }
    let listed = client.request(&format!("GET /api/runs/{run}/events"), "").await?;
    let listed: Vec<serde_json::Value> = serde_json::from_str(&listed)?;
    let seen: Vec<serde_json::Value> = seen.iter().map(|text| serde_json::from_str(text)).collect::<Result<_, _>>()?;
    counts.events = listed.len();
    counts.lost = listed.iter().filter(|event| !seen.contains(event)).count();
    counts.repeated = (seen.len() + counts.lost).saturating_sub(listed.len());
    Ok(counts)
}

/// Watches for at most some milliseconds, from the last seen event on. Returns whether the run has ended.
async fn watch_briefly(client: &Client, run: &str, seen: &mut Vec<String>) -> Result<bool, Failure> {
    let after = seen.last().map_or(Ok(0), |text| number(text).map(Option::unwrap_or_default))?;
    let mut socket = watch(client.address, run, after).await?;
    let time = Duration::from_micros(fastrand::u64(..LONGEST_CONNECTION));
    let listening = async {
        while let Some(Message::Text(text)) = socket.next().await.transpose()? {
            if number(&text)?.is_some() {
                seen.push(text.to_string());
            }
        }
        Ok(true)
    };
    // The socket is dropped without a close frame.
    timeout(time, listening).await.unwrap_or(Ok(false))
}

/// The number of an event; tokens have none.
fn number(text: &str) -> Result<Option<u64>, Failure> {
    Ok(serde_json::from_str::<Event<'_>>(text)?.seq)
}

const AT_ONCE: usize = 10;
/// The longest time of a connection, in microseconds. A run takes longer.
const LONGEST_CONNECTION: u64 = 10_000;
