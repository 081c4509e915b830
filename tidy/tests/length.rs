//! Every source file of the repository is short, or gives the reason for its length.

use std::fs;
use std::path::Path;

use council_tidy::length_fault;

#[test]
fn files_of_the_repository_are_short() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository");
    let mut faults = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the repository") {
            let path = entry.expect("an entry of the folder").path();
            let name = path.file_name().and_then(|name| name.to_str()).expect("a name in UTF-8");
            if path.is_dir() {
                if !FOREIGN.contains(&name) {
                    folders.push(path);
                }
            } else if let Some(text) = source(&path) {
                let path = path.strip_prefix(root).expect("a path below the root").display().to_string();
                faults.extend(length_fault(&path, &text));
            }
        }
    }
    faults.sort();
    assert!(faults.is_empty(), "{} faults:\n{}\n", faults.len(), faults.join("\n"));
}

#[test]
fn a_reason_is_a_comment_at_the_top() {
    let code = "f();\n".repeat(300);
    let files = [
        ("short.rs", code.clone()),
        ("reason.rs", format!("//! A table.\n// Long: one table.\n{code}")),
        ("reason.sh", format!("#!/bin/sh\n# Long: one table.\n{code}")),
        ("no_reason.rs", format!("{code}f();\n")),
        ("empty_reason.rs", format!("// Long: \n{code}")),
        ("late_reason.rs", format!("{code}// Long: one table.\n")),
    ];
    let faults: Vec<String> = files.iter().filter_map(|(path, text)| length_fault(path, text)).collect();
    let long = "301 lines are more than 300: \
                divide the file, or give the reason in a line `// Long: ...` (`# Long: ...` in a script) at its top";
    let expected = ["no_reason.rs", "empty_reason.rs", "late_reason.rs"].map(|path| format!("{path}: {long}"));
    assert_eq!(faults, expected);
}

/// The text of a Rust, JavaScript or shell file. Shell scripts may have no ending.
fn source(path: &Path) -> Option<String> {
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("rs" | "js" | "sh") => Some(fs::read_to_string(path).expect("a source")),
        Some(_) => None,
        None => fs::read_to_string(path).ok().filter(|text| text.starts_with("#!")),
    }
}

/// Folders of the version control, of the compiler and of other people's code.
const FOREIGN: [&str; 3] = [".git", "target", "node_modules"];
