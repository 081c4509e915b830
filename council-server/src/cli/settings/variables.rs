//! Variables of the environment whose names are misspelt.

use council_core::near_name;

use super::raw::{SettingFault, Source};
use super::table::ALL;

/// A fault for each variable that is named nearly like one that the program reads. Other variables may belong to other programs.
pub(super) fn faults(names: impl IntoIterator<Item = String>) -> Vec<SettingFault> {
    let known: Vec<&str> = ALL.iter().map(|setting| setting.variable).chain(OTHERS).collect();
    // Kubernetes sets variables such as COUNCIL_SERVICE_HOST, which resembles the variable of the client.
    let meant = known.iter().filter(|variable| **variable != CLIENT);
    let suffixes: Vec<&str> = meant.filter_map(|variable| variable.strip_prefix(PREFIX)).collect();
    let fault = |name: String| {
        let suffix = name.strip_prefix(PREFIX).filter(|_| !known.contains(&name.as_str()))?;
        let meant = near_name(suffix, suffixes.iter().copied())?;
        // COUNCIL_DATABASE_URL begins like a variable of this program, and may belong to another.
        if strsim::osa_distance(suffix, meant) > MOST_SLIPS {
            return None;
        }
        let why = format!("unknown variable: did you mean {PREFIX}{meant}?");
        Some(SettingFault::new(Source::UnknownVariable(name), why))
    };
    let mut names: Vec<String> = names.into_iter().collect();
    names.sort_unstable();
    names.into_iter().filter_map(fault).collect()
}

/// How many letters of a misspelt name are wrong, missing, too many, or exchanged with the next.
const MOST_SLIPS: usize = 2;

const PREFIX: &str = "COUNCIL_";

/// The variable of the file of settings, and that of the client.
const OTHERS: [&str; 2] = ["COUNCIL_CONFIG", CLIENT];

const CLIENT: &str = "COUNCIL_SERVER";
