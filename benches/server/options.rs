//! What is measured, and where.

use std::path::PathBuf;
use std::process::Command;

use crate::Failure;

/// What the arguments ask for.
pub(crate) struct Options {
    /// Everything runs once, to see that it runs.
    pub(crate) quick: bool,
    /// Where the databases lie.
    pub(crate) directory: PathBuf,
    /// This server first, then the others.
    pub(crate) sides: Vec<Side>,
    /// How often all sides are measured in turn.
    pub(crate) rounds: usize,
    only: Option<String>,
}

/// A server to measure.
pub(crate) struct Side {
    pub(crate) name: String,
    /// The program and its arguments, separated by spaces.
    pub(crate) command: String,
}

impl Options {
    pub(crate) fn from_arguments() -> Result<Self, Failure> {
        let arguments: Vec<String> = std::env::args().collect();
        let values =
            |flag: &'static str| arguments.windows(2).filter(move |pair| pair[0] == flag).map(|pair| pair[1].clone());
        let quick = arguments.iter().any(|argument| argument == "--test" || argument == "--quick");
        let mut sides = vec![Side { name: "council-server".to_owned(), command: build(quick)? }];
        for side in values("--side") {
            let (name, command) = side.split_once('=').ok_or("--side NAME=COMMAND")?;
            sides.push(Side { name: name.to_owned(), command: command.to_owned() });
        }
        Ok(Self {
            quick,
            directory: values("--dir").next().map_or_else(std::env::temp_dir, PathBuf::from),
            sides,
            rounds: if quick { 1 } else { 3 },
            only: values("--only").next(),
        })
    }

    pub(crate) fn wants(&self, table: &str) -> bool {
        self.only.as_deref().is_none_or(|only| only == table)
    }
}

/// Builds the server's program as people do, or in a test with the settings of this one, and gives its path. Cargo gives a benchmark
/// no program of another package, and one that happens to lie there may be an old one.
fn build(quick: bool) -> Result<String, Failure> {
    let profile = if quick { "bench" } else { "release" };
    let arguments =
        ["build", "--locked", "--quiet", "--profile", profile, "-p", "council-server", "--bin", "council-server"];
    if !Command::new(env!("CARGO")).args(arguments).status()?.success() {
        return Err("the server could not be built".into());
    }
    let this = std::env::current_exe()?;
    let directory = this.ancestors().nth(2).ok_or("a program without a directory")?;
    Ok(directory.join("council-server").to_str().ok_or("a path that is no UTF-8")?.to_owned())
}
