//! Times two programs in turn and counts their allocations.

use std::time::{Duration, Instant};

/// A program that runs its workload once per call.
pub(crate) type Program = Box<dyn FnMut()>;

/// A row of the table.
pub(crate) struct Row {
    name: String,
    /// The number of supersteps or branches of one call.
    steps: usize,
}

impl Row {
    pub(crate) fn new(name: String, steps: usize) -> Self {
        Self { name, steps }
    }
}

/// The figures of one program, per step.
struct Figures {
    nanoseconds: f64,
    allocations: f64,
}

/// The measured rows of two sides.
pub(crate) struct Table {
    sides: [&'static str; 2],
    rows: Vec<(Row, Figures, Figures)>,
    samples: usize,
    sample: Duration,
}

impl Table {
    /// With `quick`, everything runs once, as a test.
    pub(crate) fn new(sides: [&'static str; 2], quick: bool) -> Self {
        let (samples, sample) = if quick { (1, Duration::ZERO) } else { (31, Duration::from_millis(15)) };
        Self { sides, rows: Vec::new(), samples, sample }
    }

    /// Measures one row: the programs of both sides, in turn.
    pub(crate) fn measure(&mut self, row: Row, mut one: Program, mut other: Program) {
        let calls_one = self.calls(&mut one);
        let calls_other = self.calls(&mut other);
        let mut times = (Vec::new(), Vec::new());
        for _ in 0..self.samples {
            times.0.push(time(&mut one, calls_one));
            times.1.push(time(&mut other, calls_other));
        }
        let steps = row.steps as f64;
        let figures = |times: Vec<f64>, program: &mut Program| Figures {
            nanoseconds: median(times) / steps,
            allocations: allocation_counter::measure(program).count_total as f64 / steps,
        };
        let one = figures(times.0, &mut one);
        let other = figures(times.1, &mut other);
        self.rows.push((row, one, other));
    }

    /// The number of calls that fill one sample. This is also the warm-up.
    fn calls(&self, program: &mut Program) -> usize {
        let began = Instant::now();
        let mut calls = 0;
        while calls == 0 || began.elapsed() < self.sample {
            program();
            calls += 1;
        }
        calls
    }

    pub(crate) fn print(&self) {
        if self.sample.is_zero() {
            return println!("{} programs ran once; a test prints no figures", self.rows.len());
        }
        let [one, other] = self.sides;
        println!("| program | {one}, ns | allocations | {other}, ns | allocations | ratio |");
        println!("| --- | --: | --: | --: | --: | --: |");
        for (row, one, other) in &self.rows {
            println!(
                "| {} | {:.0} | {:.2} | {:.0} | {:.2} | {:.2} |",
                row.name,
                one.nanoseconds,
                one.allocations,
                other.nanoseconds,
                other.allocations,
                one.nanoseconds / other.nanoseconds,
            );
        }
    }
}

/// Nanoseconds per call.
fn time(program: &mut Program, calls: usize) -> f64 {
    let began = Instant::now();
    for _ in 0..calls {
        program();
    }
    began.elapsed().as_nanos() as f64 / calls as f64
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
