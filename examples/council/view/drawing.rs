//! The council's graph, drawn for a terminal.

use super::style::{self, DIM};
use council_llm::{CRITIC, MASTER, WRITER};

/// Master, critic and writer, and the loop back.
pub(super) fn of(threshold: f64, max_iterations: u32) -> String {
    let (master, critic, writer) = (style::of(MASTER), style::of(CRITIC), style::of(WRITER));
    let pass = format!("score ≥ {threshold}");
    let (gap, line) = (" ".repeat(pass.chars().count()), "─".repeat(pass.chars().count()));
    let back = format!("score < {threshold}");
    let valve = match max_iterations {
        1 => "one draft only".to_owned(),
        drafts => format!("at most {drafts} drafts"),
    };
    format!(
        "
{DIM}  ┌────────┐      ┌────────┐ {gap}  ┌────────┐{DIM:#}
{DIM}  │{DIM:#} {master}master{master:#} {DIM}├─────▶│{DIM:#} {critic}critic{critic:#} \
         {DIM}├─{line}─▶│{DIM:#} {writer}writer{writer:#} {DIM}├──▶ document{DIM:#}
{DIM}  └───▲────┘      └───┬────┘ {pass}  └────────┘{DIM:#}
{DIM}      └───────────────┘{DIM:#}
{DIM}          {back}, {valve}{DIM:#}
"
    )
}
