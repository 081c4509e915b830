//! The time to read a model's answer of 1 and of 4 MB: to split its reasoning off, and to find the score in the rest.
//!
//! The two sizes of a row run in turn; the table has medians. In linear time both take the same for each megabyte.

#![allow(clippy::cast_precision_loss, reason = "figures for people")]

use std::time::Instant;

use council_llm::{Reading, Verdict};

const MEGABYTE: usize = 1 << 20;
const SIZES: [usize; 2] = [1, 4];
const SAMPLES: usize = 9;

/// A kind of answer: what it begins with, what is repeated, and what it ends with.
struct Kind {
    name: &'static str,
    start: &'static str,
    part: &'static str,
    end: &'static str,
}

const KINDS: [Kind; 7] = [
    Kind { name: "feedback in prose", start: "SCORE: 7\nVERDICT: REWORK\nFEEDBACK: ", part: PROSE, end: "" },
    Kind { name: "reasoning between marks", start: "<think>", part: PROSE, end: "\n</think>\n\nSCORE: 7" },
    Kind { name: "reasoning without its opening mark", start: "", part: PROSE, end: "\n</think>\n\nSCORE: 7" },
    Kind { name: "one score after the other", start: "", part: "SCORE: 9? No, 8.\n", end: "SCORE: 7" },
    Kind { name: "a table", start: "| Part | Score |\n|---|---|\n", part: "| Clarity | 9/10 |\n", end: "\nSCORE: 7" },
    Kind {
        name: "JSON",
        start: "{\"score\": 7, \"feedback\": \"",
        part: "More sources, and fewer words. ",
        end: "\"}",
    },
    Kind { name: "quotation marks", start: "SCORE: 7\n", part: "“a \"b 'c `d « ", end: "" },
];

const PROSE: &str = "The second part names no source for its 9 claims, and a reader would ask why. \
    I would give the title an 8, but the \"end\" is too long: cut it by 30 %.\n";

fn main() {
    let quick = std::env::args().any(|argument| argument == "--test");
    let (unit, samples) = if quick { (MEGABYTE / 64, 1) } else { (MEGABYTE, SAMPLES) };
    let mut rows = Vec::new();
    for kind in &KINDS {
        let answers = SIZES.map(|size| kind.answer(size * unit));
        rows.push((kind.name, times(samples, |size| read(&answers[size], ""))));
    }
    let answers = SIZES.map(|size| KINDS[0].answer(size * unit));
    rows.push(("feedback that repeats the whole draft", times(samples, |size| read(&answers[size], &answers[size]))));
    if quick {
        return println!("{} answers were read; a test prints no figures", rows.len());
    }
    println!("| answer | 1 MB, ms | 4 MB, ms | ratio for each MB |");
    println!("| --- | --: | --: | --: |");
    for (name, [one, four]) in rows {
        println!("| {name} | {one:.0} | {four:.0} | {:.2} |", four / one / 4.0);
    }
}

impl Kind {
    fn answer(&self, length: usize) -> String {
        [self.start, &self.part.repeat(length / self.part.len()), self.end].concat()
    }
}

/// Milliseconds for each size, in turn; the medians.
fn times(samples: usize, mut read: impl FnMut(usize) -> Verdict) -> [f64; 2] {
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..samples {
        for (size, times) in times.iter_mut().enumerate() {
            let began = Instant::now();
            std::hint::black_box(read(size));
            times.push(began.elapsed().as_secs_f64() * 1e3);
        }
    }
    times.map(|mut times| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    })
}

fn read(answer: &str, draft: &str) -> Verdict {
    Reading::of(answer, draft, 8.0).into_verdict()
}
