//! The README and the licences of a published package do not need the repository.

use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn a_readme_links_only_to_addresses_and_to_itself() {
    for package in PACKAGES {
        let readme = fs::read_to_string(folder(package).join("README.md")).expect("a README");
        for (line, text) in readme.lines().enumerate() {
            for (_, link) in text.match_indices("](").map(|(at, mark)| text.split_at(at + mark.len())) {
                let is_whole = link.starts_with("https://") || link.starts_with('#');
                assert!(is_whole, "{package}/README.md:{}: the link leads out of the package: {link}", line + 1);
            }
        }
    }
}

#[test]
fn the_licences_of_packages_equal_those_of_the_repository() {
    for (package, licence) in PACKAGES.into_iter().flat_map(|package| LICENCES.map(|licence| (package, licence))) {
        let read = |folder: PathBuf| fs::read_to_string(folder.join(licence)).expect("a licence");
        assert_eq!(read(folder(package)), read(folder(".")), "{package}/{licence}");
    }
}

fn folder(package: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(package)
}

const PACKAGES: [&str; 4] = ["council-core", "council-core/derive", "council-llm", "council-server"];
const LICENCES: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];
