//! Imports of Rust modules: of `use`, and of paths in code.
//!
//! A path is followed through re-exports to the file that defines the name. Tests (`#[cfg(test)]`) and documentation are left out.

mod module;

use std::collections::{BTreeMap, BTreeSet};

use syn::Item;

use self::module::{Module, Path, is_test};
use crate::import::Import;

/// All imports of files by each other.
pub(crate) fn imports(files: &[(&str, &str)]) -> Result<Vec<Import>, String> {
    let mut all = Crate::default();
    for (file, (path, text)) in files.iter().enumerate() {
        let parsed = syn::parse_file(text).map_err(|error| format!("{path}:{}: {error}", error.span().start().line))?;
        if !parsed.attrs.iter().any(is_test) {
            all.read(file, module_of(path), &parsed.items);
        }
    }
    Ok(all.imports())
}

/// All modules of a crate.
#[derive(Default)]
struct Crate {
    modules: BTreeMap<Path, Module>,
}

impl Crate {
    fn read(&mut self, file: usize, path: Path, items: &[Item]) {
        let (module, inner) = module::read(file, items);
        for inner in inner {
            let path = path.iter().cloned().chain([inner.ident.to_string()]).collect();
            self.read(file, path, inner.content.as_ref().map_or(&[], |(_, items)| items));
        }
        self.modules.insert(path, module);
    }

    fn imports(&self) -> Vec<Import> {
        let mut imports = Vec::new();
        for (at, module) in self.modules.iter().filter(|(at, _)| !self.is_test(at)) {
            let named: BTreeSet<&String> = module.paths.iter().map(|(_, path)| &path[0]).collect();
            let uses = module.uses.iter().map(|it| (it.line, &it.path, it.is_public && !named.contains(&it.name)));
            let paths = module.paths.iter().filter(|(_, path)| !self.is_imported(at, &path[0]));
            let paths = paths.map(|(line, path)| (*line, path, false));
            for (line, path, only_lists) in uses.chain(paths) {
                let Some(absolute) = self.absolute(at, path) else { continue };
                let by_root = !at.is_empty()
                    && !self.modules.contains_key(&absolute[..1])
                    && self.modules[&Path::new()].aliases.contains_key(&absolute[0]);
                let definer = self.definer(&absolute, 0).or(by_root.then(Path::new));
                let Some(definer) = definer else { continue };
                let to = self.modules[&definer].file;
                if to == module.file {
                    continue;
                }
                let is_within_folder = (only_lists && definer.starts_with(at)) || at.starts_with(&definer);
                imports.push(Import { from: module.file, line, to, text: path.join("::"), by_root, is_within_folder });
            }
        }
        imports
    }

    /// A `use` of the module imports the name, and the name is not a module. Then the `use` is the import, and not each place of the name.
    fn is_imported(&self, at: &Path, name: &str) -> bool {
        let alias = self.modules[at].aliases.get(name).and_then(|alias| self.absolute(at, alias));
        alias.is_some_and(|path| !self.modules.contains_key(&path))
    }

    /// The path from the crate root, if it is a path in this crate.
    fn absolute(&self, at: &Path, path: &[String]) -> Option<Path> {
        let (first, rest) = path.split_first()?;
        let base = match first.as_str() {
            "crate" => Path::new(),
            "self" => at.clone(),
            "super" => {
                let outer = at.split_last()?.1.to_vec();
                match rest.first().map(String::as_str) {
                    Some("super") => return self.absolute(&outer, rest),
                    _ => outer,
                }
            }
            name => {
                let child: Path = at.iter().cloned().chain([name.to_owned()]).collect();
                if self.modules.contains_key(&child) {
                    return Some([at, path].concat());
                }
                let alias = self.modules[at].aliases.get(name)?;
                // `use name::Other as name` is an import of another crate.
                let (module, rest) = (alias.first() != Some(first)).then_some((alias, rest))?;
                return self.absolute(at, &[module, rest].concat());
            }
        };
        let absolute = [base.as_slice(), rest].concat();
        (!absolute.is_empty()).then_some(absolute)
    }

    /// The module that defines the item at a path from the crate root.
    fn definer(&self, path: &[String], depth: usize) -> Option<Path> {
        let mut at = Path::new();
        for (index, name) in path.iter().enumerate() {
            let child: Path = at.iter().chain([name]).cloned().collect();
            if self.modules.contains_key(&child) {
                at = child;
                continue;
            }
            let module = &self.modules[&at];
            if module.items.contains(name) || depth > DEEPEST {
                return Some(at);
            }
            let rest = &path[index + 1..];
            if let Some(alias) = module.aliases.get(name) {
                let target = self.absolute(&at, alias)?;
                return self.definer(&[&target, rest].concat(), depth + 1);
            }
            let mut by_globs = module.globs.iter().filter_map(|glob| self.absolute(&at, glob));
            let found = by_globs.find_map(|glob| self.definer(&[&glob, &path[index..]].concat(), depth + 1));
            return Some(found.unwrap_or(at));
        }
        Some(at)
    }

    /// The module is a test, or is inside a test.
    fn is_test(&self, at: &Path) -> bool {
        (1..=at.len()).any(|length| {
            let (name, outer) = (&at[length - 1], &at[..length - 1]);
            self.modules.get(outer).is_some_and(|outer| outer.tests.contains(name))
        })
    }
}

/// `state/reduce/by_id.rs` is the module `state::reduce::by_id`.
fn module_of(path: &str) -> Path {
    let path = path.strip_suffix(".rs").unwrap_or(path);
    let mut names: Path = path.split('/').map(str::to_owned).collect();
    if matches!(names.last().map(String::as_str), Some("mod" | "lib" | "main")) {
        names.pop();
    }
    names
}

/// The longest chain of re-exports that is followed: a longer chain is a circle.
const DEEPEST: usize = 20;
