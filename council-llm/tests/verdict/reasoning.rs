//! Answers with thinking before them.

use council_llm::Verdict;

use crate::{Case, check};

#[test]
fn thinking_does_not_count() {
    check(THINKING);
}

#[test]
fn a_verdict_holds_no_thinking() {
    let verdict = Verdict::parse("<think>A 9?</think>\nSCORE: 6").unwrap();
    assert_eq!((verdict.answer().as_str(), verdict.feedback.as_str()), ("SCORE: 6", "SCORE: 6"));
}

const THINKING: &[Case] = &[
    ("<think>SCORE: 9 at first sight.</think>\nSCORE: 6", Some(6.0)),
    ("<think>\nSCORE: 9\n</think>\n\nSCORE: 6\nVERDICT: REWORK", Some(6.0)),
    ("<thinking>Maybe 9/10.</thinking>\n\nSCORE: 6", Some(6.0)),
    ("<reasoning>Maybe 9/10.</reasoning>\nSCORE: 6", Some(6.0)),
    ("[THINK]Maybe 9/10.[/THINK]SCORE: 6", Some(6.0)),
    ("SCORE: 9? Let me see.\n</think>\nSCORE: 6", Some(6.0)),
    (
        "<|channel|>analysis<|message|>SCORE: 9?<|end|><|start|>assistant<|channel|>final<|message|>SCORE: 6<|return|>",
        Some(6.0),
    ),
    ("analysisWe need SCORE: 9. assistantfinalSCORE: 6", Some(6.0)),
    ("<think>Good.</think>I give this a 6.", Some(6.0)),
    ("<think>SCORE: 9", None),
    ("<think>SCORE: 9</think>", None),
    ("<think>SCORE: 9</think>\nI like it.", None),
];
