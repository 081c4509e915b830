//! Variables of the environment whose names are misspelt.

use council_core::near_variable;

use super::raw::{SettingFault, Source};
use super::table::ALL;

/// A fault for each variable that is named nearly like one that the program reads. Other variables may belong to other programs.
pub(super) fn faults(names: impl IntoIterator<Item = String>) -> Vec<SettingFault> {
    let known: Vec<&str> = ALL.iter().map(|setting| setting.variable).chain([CONFIG]).collect();
    let fault = |name: String| {
        let meant = near_variable(&name, PREFIX, known.iter().copied()).filter(|_| name != CLIENT)?;
        let why = format!("unknown variable: did you mean {meant}?");
        Some(SettingFault::new(Source::UnknownVariable(name), why))
    };
    let mut names: Vec<String> = names.into_iter().collect();
    names.sort_unstable();
    names.into_iter().filter_map(fault).collect()
}

const PREFIX: &str = "COUNCIL_";

/// The variable of the file of settings.
const CONFIG: &str = "COUNCIL_CONFIG";

/// The variable of the client. It is never suggested for a misspelt variable, because Kubernetes sets variables such as
/// `COUNCIL_SERVICE_HOST`, whose names are similar.
const CLIENT: &str = "COUNCIL_SERVER";
