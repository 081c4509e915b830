//! Times programs and prints one JSON line per workload. The Rust peers measure with this same file.

use std::hint::black_box;
use std::time::{Duration, Instant};

use serde_json::json;

/// A program that runs its workload once per call. The error says why the result is wrong.
pub(crate) type Program = Box<dyn FnMut() -> Result<(), String>>;

/// One side of the comparison: an engine and its version.
pub(crate) struct Side {
    name: &'static str,
    version: &'static str,
    /// Runs everything once, as a test.
    quick: bool,
    /// Selects the workloads whose names begin with this text.
    only: String,
}

impl Side {
    /// Reads the arguments `--quick` (or cargo's `--test`) and `--only` with a workload.
    pub(crate) fn new(name: &'static str, version: &'static str) -> Self {
        let arguments: Vec<String> = std::env::args().collect();
        let quick = arguments.iter().any(|argument| argument == "--quick" || argument == "--test");
        let only = arguments.iter().skip_while(|argument| *argument != "--only").nth(1).cloned().unwrap_or_default();
        Self { name, version, quick, only }
    }

    /// Measures one workload, whose run has `count` units, and prints its line: the median time of a unit, or the error of a
    /// wrong result. Returns false after a wrong result.
    pub(crate) fn measure(&self, workload: &str, unit: &str, count: usize, mut program: Program) -> bool {
        if !workload.starts_with(&self.only) {
            return true;
        }
        let outcome = self.samples(&mut program);
        let mut line = json!({ "side": self.name, "version": self.version, "workload": workload, "unit": unit });
        match &outcome {
            Ok((median, runs)) => {
                line["median_ns"] = json!((median / count as f64 * 10.0).round() / 10.0);
                line["runs"] = json!(runs);
            }
            Err(wrong) => line["wrong"] = json!(wrong),
        }
        println!("{line}");
        outcome.is_ok()
    }

    /// The median time of a run in nanoseconds, and the number of timed runs.
    fn samples(&self, program: &mut Program) -> Result<(f64, usize), String> {
        let (samples, sample, budget) =
            if self.quick { (1, Duration::ZERO, Duration::ZERO) } else { (SAMPLES, SAMPLE, BUDGET) };
        let began = Instant::now();
        let mut calls = 0;
        while calls == 0 || began.elapsed() < sample {
            program()?;
            calls += 1;
        }
        let mut times = Vec::with_capacity(samples);
        while times.len() < samples && (times.len() < FEWEST.min(samples) || began.elapsed() < budget) {
            let began = Instant::now();
            for _ in 0..calls {
                black_box(program())?;
            }
            times.push(began.elapsed().as_nanos() as f64 / calls as f64);
        }
        times.sort_by(f64::total_cmp);
        Ok((times[times.len() / 2], calls * times.len()))
    }
}

/// Compares a count of the result with the expected one.
pub(crate) fn expect(what: &str, found: usize, expected: usize) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("{what}: {found} instead of {expected}")) }
}

const SAMPLES: usize = 31;
const SAMPLE: Duration = Duration::from_millis(15);
/// The time for the samples of a slow program, and its minimum number of samples.
const BUDGET: Duration = Duration::from_secs(3);
const FEWEST: usize = 5;
