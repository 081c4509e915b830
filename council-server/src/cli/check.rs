//! `council-server check`: checks the settings, or blueprints.

use std::fmt::Write;
use std::path::Path;

use council_server::CheckedBlueprint;

use super::settings::raw::FileProvider;
use super::settings::setup::Setup;

/// The value and the source of every setting. Secrets are not shown.
pub(crate) fn settings(setup: &Setup) -> String {
    let mut text = format!("ok\n{}\n{}\n", setup.models, setup.database);
    for (name, value, source) in setup.given.shown() {
        let _ = writeln!(text, "{name} = {value} ({source})");
    }
    for FileProvider { name, line, source, .. } in &setup.given.providers {
        let _ = writeln!(text, "providers.{name} = {line} ({source})");
    }
    text
}

/// Checks whether the blueprint in a file could be saved and run.
pub(crate) fn blueprint(setup: &Setup, file: &Path) -> Result<CheckedBlueprint, Vec<String>> {
    let text = std::fs::read(file).map_err(|error| vec![format!("cannot read the file: {error}")])?;
    setup.councils.check(&text)
}
