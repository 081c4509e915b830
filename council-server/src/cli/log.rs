//! The log, on standard error. Logging never blocks: a thread of its own writes the lines, and lines that it cannot take are dropped and
//! counted.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use tracing::error;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

use super::settings::setup::LogFormat;

/// The log of the program, until it is dropped. Then the queued lines are written, unless their reader does not read.
pub(crate) struct Log {
    queue: LogQueue,
    /// The number of lines that were dropped.
    pub(crate) dropped: Arc<AtomicU64>,
}

/// The queue of the lines that the thread of the log writes.
#[derive(Clone)]
struct LogQueue {
    lines: Sender<Queued>,
    /// The size of the queued lines, in bytes.
    size: Arc<AtomicUsize>,
    dropped: Arc<AtomicU64>,
}

enum Queued {
    Line(Vec<u8>),
    /// Asks for a signal once all lines before it are written.
    Flush(Sender<()>),
}

/// Starts the log.
///
/// # Errors
///
/// The system starts no thread for it.
pub(crate) fn start(targets: Targets, format: LogFormat) -> io::Result<Log> {
    let (lines, queued) = channel();
    let queue = LogQueue { lines, size: Arc::default(), dropped: Arc::default() };
    let log = Log { queue: queue.clone(), dropped: Arc::clone(&queue.dropped) };
    let (size, dropped) = (Arc::clone(&queue.size), Arc::clone(&queue.dropped));
    std::thread::Builder::new().name("log".to_owned()).spawn(move || write_lines(&queued, &size, &dropped))?;
    let layer = fmt::layer().with_writer(queue);
    let layer = match format {
        LogFormat::Text => layer.boxed(),
        // The fields of an event are at the top level of the object, and its spans are objects of their own.
        LogFormat::Json => layer.json().flatten_event(true).with_current_span(false).boxed(),
    };
    tracing_subscriber::registry().with(layer.with_filter(targets)).init();
    // The usual hook writes to standard error itself, and so can block the thread that panics.
    std::panic::set_hook(Box::new(|panic| error!("{panic}")));
    Ok(log)
}

/// Writes the lines in their order. After a loss it logs how many lines were dropped so far.
fn write_lines(queued: &Receiver<Queued>, size: &AtomicUsize, dropped: &AtomicU64) {
    let mut told = 0;
    while let Ok(next) = queued.recv() {
        match next {
            Queued::Line(line) => {
                // A closed output is ignored.
                let _ = io::stderr().write_all(&line);
                size.fetch_sub(line.len(), Ordering::Relaxed);
            }
            // It fails if the caller of the flush has stopped waiting.
            Queued::Flush(done) => _ = done.send(()),
        }
        let lines = dropped.load(Ordering::Relaxed);
        if lines > told {
            told = lines;
            error!(lines, "lines of the log were dropped, because standard error was not read");
        }
    }
}

impl<'w> MakeWriter<'w> for LogQueue {
    type Writer = Self;

    fn make_writer(&'w self) -> Self {
        self.clone()
    }
}

/// Takes one line in each call, as the layer writes them.
impl Write for LogQueue {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let before = self.size.fetch_add(line.len(), Ordering::Relaxed);
        if before + line.len() > MAX_QUEUED || self.lines.send(Queued::Line(line.to_vec())).is_err() {
            self.size.fetch_sub(line.len(), Ordering::Relaxed);
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        let (done, written) = channel();
        if self.queue.lines.send(Queued::Flush(done)).is_ok() {
            // An error means that standard error is not read.
            let _ = written.recv_timeout(LAST_LINES);
        }
    }
}

/// The most bytes of lines that wait to be written.
const MAX_QUEUED: usize = 1 << 20;

/// How long the last lines may take when the program ends.
const LAST_LINES: Duration = Duration::from_secs(1);
