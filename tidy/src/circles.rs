//! Circles of imports.

use std::collections::{BTreeSet, VecDeque};

use crate::import::Import;

/// One shortest circle through each group of files that import each other.
pub(crate) fn of(files: usize, imports: &[Import]) -> Vec<Vec<&Import>> {
    let imports: Vec<&Import> = imports.iter().filter(|import| !import.is_within_folder).collect();
    let mut told = BTreeSet::new();
    let mut circles = Vec::new();
    for file in 0..files {
        if told.contains(&file) {
            continue;
        }
        if let Some(circle) = shortest(file, &imports) {
            told.extend(circle.iter().map(|import| import.from));
            circles.push(circle);
        }
    }
    circles
}

/// The shortest chain of imports from a file to itself.
fn shortest<'a>(file: usize, imports: &[&'a Import]) -> Option<Vec<&'a Import>> {
    let mut ways = VecDeque::from([(file, Vec::new())]);
    let mut seen = BTreeSet::new();
    while let Some((at, way)) = ways.pop_front() {
        for import in imports.iter().filter(|import| import.from == at) {
            let way: Vec<&Import> = way.iter().copied().chain([*import]).collect();
            if import.to == file {
                return Some(way);
            }
            if seen.insert(import.to) {
                ways.push_back((import.to, way));
            }
        }
    }
    None
}
