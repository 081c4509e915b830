//! An import, as found in either language.

/// An import of one file by another, both by their places in the list of sources.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Import {
    pub(crate) from: usize,
    pub(crate) line: usize,
    pub(crate) to: usize,
    /// The import as it is written.
    pub(crate) text: String,
    /// The name goes through a re-export of the crate root.
    pub(crate) by_root: bool,
    /// The `mod.rs` of a folder re-exports a name of a file below it, or that file uses what the `mod.rs` defines: together no circle.
    pub(crate) is_within_folder: bool,
}
