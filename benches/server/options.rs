//! The command line of the benchmark.

use std::path::PathBuf;
use std::process::Command;

use crate::Failure;

/// The options of the command line.
pub(crate) struct Options {
    /// Runs everything once, as a test.
    pub(crate) quick: bool,
    /// The directory of the databases.
    pub(crate) directory: PathBuf,
    /// council-server first, then the servers of `--side`.
    pub(crate) sides: Vec<Side>,
    /// The number of rounds; each round measures all sides.
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

/// Builds council-server and returns its path: with the release profile, or in a test with the profile of this benchmark. Cargo does
/// not build the programs of other packages for a benchmark, and an existing file may be out of date.
fn build(quick: bool) -> Result<String, Failure> {
    let profile = if quick { "bench" } else { "release" };
    let arguments =
        ["build", "--locked", "--quiet", "--profile", profile, "-p", "council-server", "--bin", "council-server"];
    if !Command::new(env!("CARGO")).args(arguments).status()?.success() {
        return Err("council-server does not build".into());
    }
    let this = std::env::current_exe()?;
    let directory = this.ancestors().nth(2).ok_or("the benchmark has no directory")?;
    Ok(directory.join("council-server").to_str().ok_or("the path is not UTF-8")?.to_owned())
}
