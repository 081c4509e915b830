//! The colours of the view. The output stream drops them where the terminal has none.

use anstyle::{AnsiColor, Color, Style};
use council_llm::{CRITIC, MASTER};

pub(super) const BOLD: Style = Style::new().bold();
pub(super) const DIM: Style = Style::new().dimmed();
pub(super) const GOOD: Style = coloured(AnsiColor::Green);
pub(super) const FAIR: Style = coloured(AnsiColor::Yellow);
pub(super) const BAD: Style = coloured(AnsiColor::Red);

/// The colour of an agent.
pub(super) fn of(node: &str) -> Style {
    match node {
        MASTER => coloured(AnsiColor::Cyan),
        CRITIC => coloured(AnsiColor::Magenta),
        _ => coloured(AnsiColor::Green),
    }
}

/// Good at the threshold or above, bad below half of it.
pub(super) fn of_score(score: f64, threshold: f64) -> Style {
    if score >= threshold {
        GOOD
    } else if score >= threshold / 2.0 {
        FAIR
    } else {
        BAD
    }
}

const fn coloured(colour: AnsiColor) -> Style {
    Style::new().fg_color(Some(Color::Ansi(colour)))
}
