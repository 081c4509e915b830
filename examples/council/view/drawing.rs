//! The council's graph, drawn for a terminal.

use super::style::{self, DIM};
use super::words;
use council_llm::{CRITIC, MASTER, WRITER};

/// The three agents and the loop from critic to master; as plain text in a narrow terminal.
pub(super) fn of(width: usize, threshold: f64, max_iterations: u32) -> String {
    let (master, critic, writer) = (style::of(MASTER), style::of(CRITIC), style::of(WRITER));
    if width < DRAWING_WIDTH {
        let drafts = words::drafts(max_iterations);
        return format!(
            "\n  master, critic, writer\n  {DIM}approved from score {threshold}, at most {drafts}{DIM:#}\n"
        );
    }
    let pass = format!("score ≥ {threshold}");
    let (gap, line) = (" ".repeat(pass.chars().count()), "─".repeat(pass.chars().count()));
    let rework = format!("{:─^15}", format!(" score < {threshold} "));
    let valve = format!("{:^17}", format!("at most {}", words::drafts(max_iterations)));
    let valve = valve.trim_end();
    format!(
        "
{DIM}  ┌────────┐      ┌────────┐ {pass}  ┌────────┐{DIM:#}
{DIM}  │{DIM:#} {master}master{master:#} {DIM}├─────▶│{DIM:#} {critic}critic{critic:#} \
         {DIM}├─{line}─▶│{DIM:#} {writer}writer{writer:#} {DIM}├──▶ document{DIM:#}
{DIM}  └───▲────┘      └───┬────┘ {gap}  └────────┘{DIM:#}
{DIM}      └{rework}┘{DIM:#}
{DIM}      {valve}{DIM:#}
"
    )
}

/// The number of columns of the drawing.
const DRAWING_WIDTH: usize = 66;
