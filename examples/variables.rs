//! Variables of the environment whose names are misspelt.

use clap::Command;
use clap::error::ErrorKind;
use council_core::near_variable;

/// Ends the program with a usage error if a variable is named nearly like one that the command line reads. Other variables may belong to
/// other programs.
pub(crate) fn refuse_misspelt(mut command: Command) {
    let known: Vec<_> = command.get_arguments().filter_map(|argument| argument.get_env()?.to_str()).collect();
    let mut names: Vec<_> = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok()).collect();
    names.sort_unstable();
    let fault = |name: &String| {
        let meant = near_variable(name, "COUNCIL_", known.iter().copied())?;
        Some(format!("{name}: unknown variable: did you mean {meant}?"))
    };
    let faults: Vec<_> = names.iter().filter_map(fault).collect();
    if !faults.is_empty() {
        command.error(ErrorKind::UnknownArgument, faults.join("\n")).exit();
    }
}
