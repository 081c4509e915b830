//! Measures the time of programs that write to a directory, and the size of their files.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::json;

/// A program that does its work once in an empty directory, closes its files, and returns the time of the work.
pub(crate) type Program = Box<dyn FnMut(&Path) -> Duration>;

/// The arguments of the program.
pub(crate) struct Options {
    /// Everything runs once, to see that it runs.
    pub(crate) quick: bool,
    json: bool,
    /// Only rows whose name has this in it.
    only: String,
    directory: PathBuf,
}

impl Options {
    pub(crate) fn from_arguments() -> Self {
        let arguments: Vec<String> = std::env::args().collect();
        let given = |flag: &str| arguments.iter().any(|argument| argument == flag);
        let value = |flag: &str| arguments.iter().skip_while(|argument| *argument != flag).nth(1);
        Self {
            quick: given("--test") || given("--quick"),
            json: given("--json"),
            only: value("--only").cloned().unwrap_or_default(),
            directory: value("--dir").map_or_else(std::env::temp_dir, PathBuf::from),
        }
    }
}

/// The unit of a row of the table.
pub(crate) struct Row {
    name: String,
    unit: &'static str,
    /// How many units a run has.
    count: usize,
    /// The bytes that a run cannot do without: its feedback, or in the shipped council all that its models write.
    appended: Option<usize>,
}

impl Row {
    /// The same, kept in memory or not at all: only the time is of interest.
    pub(crate) fn in_memory(iterations: usize) -> Self {
        Self {
            name: format!("council {iterations} in memory"),
            unit: "superstep",
            count: 2 * iterations + 1,
            appended: None,
        }
    }

    /// Master and critic `iterations` times, then the writer, all of it kept.
    pub(crate) fn council(iterations: usize) -> Self {
        let appended = Some(iterations * FEEDBACK);
        Self { name: format!("durable council {iterations}"), unit: "superstep", count: 2 * iterations + 1, appended }
    }

    /// The shipped council, and how many bytes its models write.
    pub(crate) fn shipped(iterations: usize, written: usize) -> Self {
        let (name, count) = (format!("shipped council {iterations}"), 2 * iterations + 1);
        Self { name, unit: "superstep", count, appended: Some(written) }
    }

    /// A number of supersteps, each with an append.
    pub(crate) fn appends(name: &str, count: usize) -> Self {
        Self { name: name.to_owned(), unit: "superstep", count, appended: None }
    }

    /// One superstep with this number of questions or blocks.
    pub(crate) fn wide(name: &str, unit: &'static str, count: u32) -> Self {
        Self { name: format!("{name} {count}"), unit, count: count as usize, appended: None }
    }

    /// The load of a run with this number of records.
    pub(crate) fn resume(records: usize) -> Self {
        Self { name: format!("resume {records}"), unit: "record", count: records, appended: None }
    }
}

/// One side of a row: its name, and the way its files reach the disk.
pub(crate) struct Side {
    pub(crate) name: &'static str,
    pub(crate) settings: &'static str,
    pub(crate) program: Program,
}

/// The figures of one side in one row.
struct Figures {
    side: &'static str,
    settings: &'static str,
    /// The median, per unit.
    nanoseconds: f64,
    runs: usize,
    bytes: u64,
}

/// All rows so far.
pub(crate) struct Table<'a> {
    options: &'a Options,
    rows: Vec<(Row, Vec<Figures>)>,
}

impl<'a> Table<'a> {
    pub(crate) fn new(options: &'a Options) -> Self {
        Self { options, rows: Vec::new() }
    }

    /// Measures one row: the programs of all sides in turn, A B A B, after a run of each that warms up. The first side is the
    /// one that the others are compared with.
    pub(crate) fn measure(&mut self, row: Row, mut sides: Vec<Side>) {
        if !row.name.contains(&self.options.only) {
            return;
        }
        let mut samples = vec![(Vec::new(), 0); sides.len()];
        let began = Instant::now();
        let (fewest, most, budget) = if self.options.quick { (0, 0, Duration::ZERO) } else { (FEWEST, MOST, BUDGET) };
        let mut rounds = 0;
        // The first round is the warm-up; in a test it is all there is.
        while rounds <= fewest || (rounds <= most && began.elapsed() < budget) {
            for (Side { program, .. }, (times, bytes)) in sides.iter_mut().zip(&mut samples) {
                let directory = Scratch::new(&self.options.directory);
                let time = program(&directory.0);
                *bytes = directory.bytes();
                if rounds > 0 || self.options.quick {
                    times.push(time.as_nanos() as f64 / row.count as f64);
                }
            }
            rounds += 1;
        }
        let figures = sides.iter().zip(samples).map(|(&Side { name, settings, .. }, (mut times, bytes))| {
            times.sort_by(f64::total_cmp);
            Figures { side: name, settings, nanoseconds: times[times.len() / 2], runs: times.len(), bytes }
        });
        let figures = figures.collect();
        self.rows.push((row, figures));
    }

    pub(crate) fn print(&self) {
        if self.options.json {
            return self.print_lines();
        }
        if self.options.quick {
            return println!("{} rows ran once; no figures in a test", self.rows.len());
        }
        println!("Files in {}, on {}.\n", self.options.directory.display(), file_system(&self.options.directory));
        println!("| program | side | files | µs | ratio | runs | bytes on disk | x appended |");
        println!("| --- | --- | --- | --: | --: | --: | --: | --: |");
        for (row, sides) in &self.rows {
            for figures in sides {
                let times = row.appended.map(|appended| format!("{:.1}", figures.bytes as f64 / appended as f64));
                println!(
                    "| {}, per {} | {} | {} | {:.2} | {:.2} | {} | {} | {} |",
                    row.name,
                    row.unit,
                    figures.side,
                    figures.settings,
                    figures.nanoseconds / 1_000.0,
                    figures.nanoseconds / sides[0].nanoseconds,
                    figures.runs,
                    figures.bytes,
                    times.as_deref().unwrap_or("-"),
                );
            }
        }
    }

    fn print_lines(&self) {
        for (row, sides) in &self.rows {
            for Figures { side, settings, nanoseconds, runs, bytes } in sides {
                let median = nanoseconds.round();
                let (workload, unit, appended) = (&row.name, row.unit, row.appended);
                println!(
                    "{}",
                    json!({ "side": side, "version": env!("CARGO_PKG_VERSION"), "settings": settings, "workload": workload, "unit": unit,
                            "median_ns": median, "runs": runs, "bytes": bytes, "appended": appended })
                );
            }
        }
    }
}

/// An empty directory that goes away with all that is in it.
struct Scratch(PathBuf);

impl Scratch {
    fn new(parent: &Path) -> Self {
        let path = parent.join(format!("council-durable-{}", std::process::id()));
        fs::create_dir_all(&path).expect("a directory to write to");
        Self(path)
    }

    fn bytes(&self) -> u64 {
        let entries = fs::read_dir(&self.0).expect("the directory is there");
        entries.map(|entry| entry.and_then(|entry| entry.metadata()).expect("a file").len()).sum()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // A panic may be the reason for this drop, so an error of the removal is ignored.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The kind of the file system that holds a directory, as Linux tells it.
fn file_system(directory: &Path) -> String {
    let directory = directory.canonicalize().unwrap_or_else(|_| directory.to_owned());
    let mounts = fs::read_to_string("/proc/mounts").unwrap_or_default();
    let fields = mounts.lines().filter_map(|line| {
        let mut fields = line.split(' ').skip(1);
        Some((fields.next()?, fields.next()?))
    });
    let holders = fields.filter(|(mount, _)| directory.starts_with(mount));
    holders
        .max_by_key(|(mount, _)| mount.len())
        .map_or("an unknown file system".to_owned(), |(_, kind)| kind.to_owned())
}

/// Bytes of feedback in an iteration.
pub(crate) const FEEDBACK: usize = 200;
const FEWEST: usize = 3;
const MOST: usize = 15;
/// The longest time of a row, with its warm-up and all sides.
const BUDGET: Duration = Duration::from_secs(20);
