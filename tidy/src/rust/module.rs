//! One Rust module: its items, its imports and the paths in its code.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemMod, ItemUse, Macro, UseTree, VisRestricted, Visibility};

/// The names of a path, without `::`.
pub(super) type Path = Vec<String>;

/// The items, imports and paths of a module.
#[derive(Default)]
pub(super) struct Module {
    /// The place of its file in the list of sources.
    pub(super) file: usize,
    /// The names that the module defines.
    pub(super) items: BTreeSet<String>,
    /// The paths that `use` imports, by name.
    pub(super) aliases: BTreeMap<String, Path>,
    /// The modules from which `use` imports everything.
    pub(super) globs: Vec<Path>,
    /// Every path in the code, with its line.
    pub(super) paths: Vec<(usize, Path)>,
    pub(super) uses: Vec<Use>,
    /// The names of its test modules.
    pub(super) tests: BTreeSet<String>,
}

/// A name that `use` imports.
pub(super) struct Use {
    pub(super) line: usize,
    pub(super) path: Path,
    pub(super) name: String,
    pub(super) is_public: bool,
}

/// Reads the items of a module. The second part of the result is the modules inside them, which have the same file.
pub(super) fn read(file: usize, items: &[Item]) -> (Module, Vec<&ItemMod>) {
    let mut reader = Reader { module: Module { file, ..Module::default() }, inner: Vec::new() };
    for item in items {
        reader.module.items.extend(name_of(item));
        reader.visit_item(item);
    }
    (reader.module, reader.inner)
}

/// Collects the imports and paths of a module.
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
    /// Takes the names of a `use` tree, in order.
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

    /// Takes the paths in the arguments of a macro. The arguments need not be Rust.
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

/// The attribute is `#[cfg(test)]` or `#[cfg(doctest)]`.
pub(super) fn is_test(attribute: &Attribute) -> bool {
    let condition = attribute.path().is_ident("cfg").then(|| attribute.parse_args::<syn::Ident>());
    matches!(condition, Some(Ok(name)) if name == "test" || name == "doctest")
}
