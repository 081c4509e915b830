//! `council-server check`: whether the settings, or blueprints, can be used.

use std::fmt::Write;
use std::path::Path;

use council_llm::Migration;

use super::settings::setup::Setup;

/// Says of every setting what it is and where it comes from. What is secret is not shown.
pub(crate) fn settings(setup: &Setup) -> String {
    let mut text = format!("ok\n{}\n{}\n", setup.models, setup.database);
    for (name, value, source) in setup.given.shown() {
        let _ = writeln!(text, "{name} = {value} ({source})");
    }
    text
}

/// Whether a blueprint in this file could be saved and run, and what was guessed if it is of version 1; if not, why.
pub(crate) fn blueprint(setup: &Setup, file: &Path) -> Result<Option<Migration>, Vec<String>> {
    let text = std::fs::read(file).map_err(|error| vec![format!("the file cannot be read: {error}")])?;
    setup.councils.check(&text)
}
