//! Compiler messages for common mistakes: each case is a program and its messages.

#[test]
fn compiler_messages_explain_mistakes() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/*.rs");
}
