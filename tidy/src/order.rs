//! The order of the modules. A module imports only from modules that stand before it in its list.

/// Sources that share one order.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// The folder of the sources, from the root of the repository.
    pub root: &'static str,
    /// The language of the sources.
    pub language: Language,
    /// Folders and files directly in `root`, without `.rs` or `.js`, from the bottom up.
    pub order: &'static [&'static str],
    /// Files directly in `root` that may import everything, and that nothing may import.
    pub front: &'static [&'static str],
}

/// The language of sources.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Language {
    /// Modules of Rust, in `.rs` files.
    Rust,
    /// ECMAScript modules, in `.js` files.
    Script,
}

/// The order of each crate and of the page, from the bottom up.
pub const ORDER: [Part; 4] = [
    Part {
        root: "council-core/src",
        language: Language::Rust,
        order: &[
            "state",
            "types",
            "drawing",
            "journal",
            "projection",
            "observe",
            "node",
            "graph",
            "plan",
            "stored",
            "drive",
            "run",
        ],
        front: &["lib.rs", "__private.rs"],
    },
    Part {
        root: "council-llm/src",
        language: Language::Rust,
        order: &["lock", "chat", "rehearsal", "provider", "models", "blueprint", "state", "agent", "council"],
        front: &["lib.rs"],
    },
    Part {
        root: "council-server/src",
        language: Language::Rust,
        order: &[
            "lock",
            "error_text",
            "wire",
            "metrics",
            "http",
            "store",
            "config",
            "councils",
            "runs",
            "app",
            "routes",
            "server",
            "cli",
        ],
        front: &["lib.rs", "main.rs"],
    },
    Part {
        root: "council-server/page",
        language: Language::Script,
        order: &["lib", "text", "graph", "run", "lists", "editor"],
        front: &["main.js", "login.js"],
    },
];
