//! `council-server check`: what the settings amount to.

use std::fmt::Write;

use crate::settings::Setup;

/// Says of every setting what it is and where it comes from. What is secret is not shown.
pub(crate) fn settings(setup: &Setup) -> String {
    let mut text = format!("ok\n{}\n{}\n", setup.models, setup.config.database);
    for (name, value, source) in setup.given.shown() {
        let _ = writeln!(text, "{name} = {value} ({source})");
    }
    text
}
