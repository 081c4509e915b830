//! The public API of each crate is the one that its `public-api.txt` lists.
//!
//! Rustdoc's JSON is unstable, so this test needs the Rust that the crate `public-api` reads.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use expect_test::expect_file;
use public_api::{Builder, PublicApi};

#[test]
#[ignore = "needs the rustdoc of Rust 1.95"]
fn public_apis_are_as_listed() {
    expect_file!["../../council-core/public-api.txt"].assert_eq(&listing("council-core"));
    expect_file!["../../council-llm/public-api.txt"].assert_eq(&listing("council-llm"));
    expect_file!["../../council-server/public-api.txt"].assert_eq(&listing("council-server"));
}

/// Every public item of a library with all its features, one a line.
fn listing(package: &str) -> String {
    let mut lines: Vec<String> = public_api(package).items().map(ToString::to_string).collect();
    lines.push(String::new());
    lines.join("\n")
}

fn public_api(package: &str) -> PublicApi {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the target folder");
    let made = Command::new(env!("CARGO"))
        .args(["rustdoc", "--quiet", "--locked", "--lib", "--all-features", "--package", package])
        .args(["--", "-Zunstable-options", "--output-format", "json"])
        .env("RUSTDOC", unstable_rustdoc())
        .env("CARGO_TARGET_DIR", target)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()
        .expect("cargo");
    assert!(made.success(), "rustdoc fails for {package}");
    let json = target.join("doc").join(package.replace('-', "_")).with_extension("json");
    let api = Builder::from_rustdoc_json(json).omit_blanket_impls(true).omit_auto_trait_impls(true).build();
    api.expect("JSON that this version of `public-api` reads")
}

/// A rustdoc that accepts unstable options. Other programs that cargo runs do not accept them, so nothing is compiled again.
fn unstable_rustdoc() -> PathBuf {
    use std::os::unix::fs::PermissionsExt;

    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("rustdoc");
    let rustdoc = env::var("RUSTDOC").unwrap_or_else(|_| "rustdoc".into());
    fs::write(&path, format!("#!/bin/sh\nRUSTC_BOOTSTRAP=1 exec {rustdoc} \"$@\"\n"))
        .expect("a file in the target folder");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("a file that can be run");
    path
}
