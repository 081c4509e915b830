//! What a newcomer reads who makes a mistake: each case is a program and the compiler's words.

#[test]
fn mistakes_are_explained() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/*.rs");
}
