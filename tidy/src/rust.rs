//! Imports of Rust modules: of `use`, and of paths in code.
//!
//! A path is followed through re-exports to the file that defines the name. Tests (`#[cfg(test)]`) and documentation are left out.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemMod, ItemUse, Macro, UseTree, VisRestricted, Visibility};

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

type Path = Vec<String>;

#[derive(Default)]
struct Module {
    file: usize,
    items: BTreeSet<String>,
    /// What `use` brings in, by name.
    aliases: BTreeMap<String, Path>,
    /// Modules of which `use` brings in everything.
    globs: Vec<Path>,
    /// Every path in the code, with its line.
    paths: Vec<(usize, Path)>,
    uses: Vec<Use>,
    tests: BTreeSet<String>,
}

struct Use {
    line: usize,
    path: Path,
    name: String,
    is_public: bool,
}

impl Crate {
    fn read(&mut self, file: usize, path: Path, items: &[Item]) {
        let mut reader = Reader { module: Module { file, ..Module::default() }, inner: Vec::new() };
        for item in items {
            reader.module.items.extend(name_of(item));
            reader.visit_item(item);
        }
        for inner in reader.inner {
            let path = path.iter().cloned().chain([inner.ident.to_string()]).collect();
            self.read(file, path, inner.content.as_ref().map_or(&[], |(_, items)| items));
        }
        self.modules.insert(path, reader.module);
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

    /// A `use` of the module brings in the name, and not as a module: so the `use` is the import, and not each place of the name.
    fn is_imported(&self, at: &Path, name: &str) -> bool {
        let alias = self.modules[at].aliases.get(name).and_then(|alias| self.absolute(at, alias));
        alias.is_some_and(|path| !self.modules.contains_key(&path))
    }

    /// The path from the crate root, if it is one of this crate.
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
                // `use name::Other as name`: of another crate.
                let (module, rest) = (alias.first() != Some(first)).then_some((alias, rest))?;
                return self.absolute(at, &[module, rest].concat());
            }
        };
        let absolute = [base.as_slice(), rest].concat();
        (!absolute.is_empty()).then_some(absolute)
    }

    /// The module that defines what a path from the crate root names.
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

    /// The module, or one around it, is declared as a test.
    fn is_test(&self, at: &Path) -> bool {
        (1..=at.len()).any(|length| {
            let (name, outer) = (&at[length - 1], &at[..length - 1]);
            self.modules.get(outer).is_some_and(|outer| outer.tests.contains(name))
        })
    }
}

/// Collects what a module imports and names.
struct Reader<'a> {
    module: Module,
    /// Modules inside the file.
    inner: Vec<&'a ItemMod>,
}

impl<'a> Visit<'a> for Reader<'a> {
    fn visit_item(&mut self, item: &'a Item) {
        match item {
            Item::Mod(module) if module.attrs.iter().any(is_test) => {
                self.module.tests.insert(module.ident.to_string());
            }
            Item::Fn(function) if function.attrs.iter().any(is_test) => {}
            Item::Impl(block) if block.attrs.iter().any(is_test) => {}
            Item::Struct(item) if item.attrs.iter().any(is_test) => {}
            item => visit::visit_item(self, item),
        }
    }

    fn visit_item_mod(&mut self, module: &'a ItemMod) {
        if module.content.is_some() {
            self.inner.push(module);
        }
    }

    fn visit_item_use(&mut self, item: &'a ItemUse) {
        if !item.attrs.iter().any(is_test) {
            let is_public = !matches!(item.vis, Visibility::Inherited);
            self.take(&mut Path::new(), &item.tree, is_public);
        }
    }

    fn visit_path(&mut self, path: &'a syn::Path) {
        if path.leading_colon.is_none() {
            let names = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            self.module.paths.push((path.segments[0].ident.span().start().line, names));
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'a Macro) {
        self.visit_path(&call.path);
        self.scan(call.tokens.clone());
    }

    fn visit_attribute(&mut self, _: &'a Attribute) {}

    fn visit_vis_restricted(&mut self, _: &'a VisRestricted) {}
}

impl Reader<'_> {
    /// One leaf of a `use` after the other.
    fn take(&mut self, before: &mut Path, tree: &UseTree, is_public: bool) {
        let leaf = |reader: &mut Self, name: &syn::Ident, alias: &syn::Ident| {
            let mut path = before.clone();
            if name != "self" || path.is_empty() {
                path.push(name.to_string());
            }
            let name = if alias == "self" { path.last().cloned().unwrap_or_default() } else { alias.to_string() };
            reader.module.aliases.insert(name.clone(), path.clone());
            reader.module.uses.push(Use { line: alias.span().start().line, path, name, is_public });
        };
        match tree {
            UseTree::Name(tree) => leaf(self, &tree.ident, &tree.ident),
            UseTree::Rename(tree) => leaf(self, &tree.ident, &tree.rename),
            UseTree::Path(tree) => {
                before.push(tree.ident.to_string());
                self.take(before, &tree.tree, is_public);
                before.pop();
            }
            UseTree::Group(tree) => tree.items.iter().for_each(|tree| self.take(before, tree, is_public)),
            UseTree::Glob(tree) => {
                let line = tree.star_token.spans[0].start().line;
                self.module.globs.push(before.clone());
                self.module.uses.push(Use { line, path: before.clone(), name: "*".into(), is_public });
            }
        }
    }

    /// Paths in the arguments of a macro, which need not be Rust.
    fn scan(&mut self, tokens: TokenStream) {
        let mut path: Option<(usize, Path)> = None;
        let mut colons = 0;
        let mut is_dollar = false;
        for token in tokens {
            match &token {
                TokenTree::Ident(name) if colons == 2 && path.is_some() => {
                    path.as_mut().expect("a path has begun").1.push(name.to_string());
                }
                TokenTree::Ident(name) => {
                    self.module.paths.extend(path.take());
                    let begins = colons == 0 && !is_dollar;
                    path = begins.then(|| (name.span().start().line, vec![name.to_string()]));
                }
                TokenTree::Punct(mark) if mark.as_char() == ':' => {
                    colons += 1;
                    continue;
                }
                other => {
                    self.module.paths.extend(path.take());
                    if let TokenTree::Group(group) = other {
                        self.scan(group.stream());
                    }
                }
            }
            is_dollar = matches!(&token, TokenTree::Punct(mark) if mark.as_char() == '$');
            colons = 0;
        }
        self.module.paths.extend(path);
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

fn name_of(item: &Item) -> Option<String> {
    let name = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Macro(item) => item.ident.as_ref()?,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        _ => return None,
    };
    Some(name.to_string())
}

/// `#[cfg(test)]` and `#[cfg(doctest)]`.
fn is_test(attribute: &Attribute) -> bool {
    let condition = attribute.path().is_ident("cfg").then(|| attribute.parse_args::<syn::Ident>());
    matches!(condition, Some(Ok(name)) if name == "test" || name == "doctest")
}

/// Re-exports of re-exports, before it is a circle of them.
const DEEPEST: usize = 20;
