//! What browsers need of the page's files.

/// The text without indentation, and without lines that are nothing but comments: those are for who reads the source. A comment
/// stands on lines of its own, and no text that matters goes over several lines.
pub(crate) fn lean(text: &str) -> String {
    let mut lean = String::with_capacity(text.len());
    let mut in_comment = false;
    for line in text.lines().map(str::trim) {
        in_comment |= line.starts_with("/*");
        if !in_comment && !line.is_empty() && !line.starts_with("//") {
            lean.push_str(line);
            lean.push('\n');
        }
        in_comment &= !line.contains("*/");
    }
    lean
}

#[cfg(test)]
mod tests {
    use super::lean;

    #[test]
    fn code_stays_and_comments_go() {
        let text = "/* The frame. */\n*, ::before { margin: 0; }\n\n// Why.\nconst a = 1; // kept\n/**\n * What\n * it does.\n */\nfunction b() {\n  return a\n    * 2;\n}\n";
        assert_eq!(lean(text), "*, ::before { margin: 0; }\nconst a = 1; // kept\nfunction b() {\nreturn a\n* 2;\n}\n");
    }
}
