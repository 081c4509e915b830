//! A verdict in one line: a bar, the score and the decision.

use council_llm::Verdict;

use super::style;
use super::text_block::INDENT;

/// The line of a verdict. The bar has a mark at the threshold.
pub(super) fn line(verdict: &Verdict, threshold: f64) -> String {
    let score = verdict.score.unwrap_or_default();
    let style = style::of_score(score, threshold);
    let result = match verdict.score {
        Some(score) if score >= threshold => format!("{style}{score}{style:#} of 10, approved"),
        Some(score) => format!("{style}{score}{style:#} of 10, rework"),
        None => "no clear score, rework".to_owned(),
    };
    let bar = bar(score, threshold);
    format!("{INDENT}{style}{bar}{style:#}  {result}\n")
}

/// A bar of twenty cells and the mark.
fn bar(score: f64, threshold: f64) -> String {
    let mut bar = String::new();
    let mut marked = false;
    for cell in 0..CELLS {
        let at = f64::from(cell) * 10.0 / f64::from(CELLS);
        if !marked && at >= threshold {
            bar.push(MARK);
            marked = true;
        }
        // A cell is full once the score covers it, so that 7.9 does not look like 8.
        bar.push(if score >= at + 10.0 / f64::from(CELLS) { '█' } else { '░' });
    }
    if !marked {
        bar.push(MARK);
    }
    bar
}

const CELLS: u32 = 20;
const MARK: char = '┃';
