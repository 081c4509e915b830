//! The length of a source file.

/// Checks that a file is at most 300 lines long, or gives the reason for its length in one of its first lines. Returns the fault.
///
/// ```
/// use council_tidy::length_fault;
///
/// let code = "fn f() {}\n".repeat(301);
/// assert!(length_fault("src/f.rs", &code).is_some());
/// assert!(length_fault("src/f.rs", &format!("// Long: one table.\n{code}")).is_none());
/// ```
#[must_use]
pub fn length_fault(path: &str, text: &str) -> Option<String> {
    let lines = text.lines().count();
    (lines > LONGEST && !text.lines().take(HEAD).any(is_reason)).then(|| {
        format!(
            "{path}: {lines} lines are more than {LONGEST}: \
             divide the file, or give the reason in a line `// Long: ...` (`# Long: ...` in a script) at its top"
        )
    })
}

/// The line is a comment that gives the reason for the length.
fn is_reason(line: &str) -> bool {
    let reason = ["// Long: ", "# Long: "].iter().find_map(|mark| line.strip_prefix(mark));
    reason.is_some_and(|reason| !reason.trim().is_empty())
}

const LONGEST: usize = 300;
/// The reason stands in one of the first lines.
const HEAD: usize = 10;
