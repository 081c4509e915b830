//! The sources of the repository keep the order of [`council_tidy::ORDER`].

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use council_tidy::{Language, ORDER, Part, faults};

#[test]
fn core() {
    check("council-core/src");
}

#[test]
fn llm() {
    check("council-llm/src");
}

#[test]
fn server() {
    check("council-server/src");
}

#[test]
fn page() {
    check("council-server/page");
}

fn check(root: &str) {
    let part = ORDER.iter().find(|part| part.root == root).expect("a part of the order");
    let faults = faults(part, &sources(part));
    assert!(faults.is_empty(), "{} faults:\n{}\n", faults.len(), faults.join("\n"));
}

fn sources(part: &Part) -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository").join(part.root);
    let ending = match part.language {
        Language::Rust => "rs",
        Language::Script => "js",
    };
    let mut sources = BTreeMap::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of sources") {
            let path = entry.expect("an entry of the folder").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == ending) {
                let name = path.strip_prefix(&root).expect("a path below the root").to_str().expect("a path in UTF-8");
                sources.insert(name.replace('\\', "/"), fs::read_to_string(&path).expect("a source"));
            }
        }
    }
    sources
}
