//! The rules of imports, with a message for each fault.

use std::collections::BTreeMap;

use crate::import::Import;
use crate::order::{Language, Part};
use crate::{circles, rust, script};

/// Checks the imports of the sources of one part, by path below its root. Returns the faults, one line each.
///
/// ```
/// use council_tidy::{Language, Part, faults};
///
/// let part = Part { root: "src", language: Language::Rust, order: &["low", "high"], front: &["lib.rs"] };
/// let sources = [
///     ("high.rs", "pub struct Item;"),
///     ("lib.rs", "mod high;\nmod low;"),
///     ("low.rs", "use crate::high::Item;"),
/// ];
/// let sources = sources.map(|(path, text)| (path.to_owned(), text.to_owned())).into();
/// assert_eq!(
///     faults(&part, &sources),
///     ["src/low.rs:1: `crate::high::Item` is against the order: `high` stands after `low`"],
/// );
/// ```
#[must_use]
pub fn faults(part: &Part, sources: &BTreeMap<String, String>) -> Vec<String> {
    let files: Vec<(&str, &str)> = sources.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let mut faults = Vec::new();
    let imports = match part.language {
        Language::Rust => rust::imports(&files),
        Language::Script => script::imports(&files),
    };
    let mut imports = imports.unwrap_or_else(|fault| {
        faults.push(format!("{}/{fault}", part.root));
        Vec::new()
    });
    imports.sort();
    imports.dedup();

    let rules = Rules { part, files: &files };
    faults.extend(files.iter().filter_map(|(path, _)| rules.unlisted(path)));
    faults.extend(imports.iter().filter_map(|import| rules.order(import)));
    faults.extend(imports.iter().filter_map(|import| rules.root(import)));
    faults.extend(circles::of(files.len(), &imports).iter().map(|circle| rules.circle(circle)));
    faults
}

struct Rules<'a> {
    part: &'a Part,
    files: &'a [(&'a str, &'a str)],
}

impl Rules<'_> {
    /// The order lists every module, so a new module needs a place.
    fn unlisted(&self, path: &str) -> Option<String> {
        let is_known = self.is_front(path) || self.place(path).is_some();
        (!is_known).then(|| format!("{}/{path}: `{}` has no place in the order", self.part.root, module(path)))
    }

    /// A module imports only modules that stand before it in the order.
    fn order(&self, import: &Import) -> Option<String> {
        let (from, to) = (self.path(import.from), self.path(import.to));
        if self.is_front(to) && !self.is_front(from) {
            return Some(format!("{} is against the order: nothing imports `{to}`", self.at(import)));
        }
        let is_upwards = self.place(from)? < self.place(to)?;
        is_upwards.then(|| {
            let (from, to) = (module(from), module(to));
            format!("{} is against the order: `{to}` stands after `{from}`", self.at(import))
        })
    }

    /// Inside a crate, a name is imported from the module that defines it.
    fn root(&self, import: &Import) -> Option<String> {
        let to = self.path(import.to);
        (import.by_root && !self.is_front(to)).then(|| {
            let to = module(to);
            format!("{} goes through the crate root: import it from `{to}`", self.at(import))
        })
    }

    /// Files do not import each other in a circle.
    fn circle(&self, circle: &[&Import]) -> String {
        let steps: Vec<String> = circle.iter().map(|import| self.at(import)).collect();
        format!("{}/{} imports itself in a circle: {}", self.part.root, self.path(circle[0].from), steps.join(", "))
    }

    fn at(&self, import: &Import) -> String {
        format!("{}/{}:{}: `{}`", self.part.root, self.path(import.from), import.line, import.text)
    }

    fn path(&self, file: usize) -> &str {
        self.files[file].0
    }

    fn is_front(&self, path: &str) -> bool {
        self.part.front.contains(&path)
    }

    fn place(&self, path: &str) -> Option<usize> {
        self.part.order.iter().position(|name| *name == module(path))
    }
}

/// The folder or file directly in the root, without the ending.
fn module(path: &str) -> &str {
    let first = path.split('/').next().unwrap_or(path);
    first.strip_suffix(".rs").or_else(|| first.strip_suffix(".js")).unwrap_or(first)
}
