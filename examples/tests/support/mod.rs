//! Runs the examples of the package as a person would.
#![allow(dead_code, reason = "each test program uses a part of it")]

use std::path::PathBuf;
use std::process::Command;

/// The output of an example that succeeds.
pub(crate) fn run(example: &str, arguments: &[&str]) -> String {
    let output = Command::new(program(example)).args(arguments).output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{printed}{}", String::from_utf8_lossy(&output.stderr));
    printed
}

/// Cargo builds the examples of a package beside its tests.
pub(crate) fn program(example: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let target = test.ancestors().nth(2).unwrap();
    target.join("examples").join(format!("{example}{}", std::env::consts::EXE_SUFFIX))
}
