//! The critic's own word, and the feedback.

use council_llm::{Reading, Verdict};

/// An answer, the critic's own word in it, and the feedback.
const PARTS: &[(&str, Option<&str>, &str)] = &[
    ("SCORE: 7\nVERDICT: REWORK\nFEEDBACK: Add an example.", Some("REWORK"), "Add an example."),
    ("**Score:** 7\n**Verdict:** needs work\n**Feedback:** **Bold** it.", Some("needs work"), "**Bold** it."),
    ("**Score**: 7\n**Verdict**: *rework*.\n**Feedback**: Fine.", Some("rework"), "Fine."),
    ("## Score\n7\n## Verdict\nRework\n## Feedback\n\n- one\n- two\n", Some("Rework"), "- one\n- two"),
    ("score: 7 verdict: rework feedback: more", Some("rework"), "more"),
    ("SCORE: 7\nVERDICT:\nFEEDBACK:\n  one\n\n  two  \n", None, "one\n\n  two"),
    ("SCORE: 7\nFEEDBACK: one\nFEEDBACK: two", None, "one\nFEEDBACK: two"),
    ("SCORE: 7\nFEEDBACK:", None, ""),
    ("SCORE: 7\nI take all feedback seriously.", None, "SCORE: 7\nI take all feedback seriously."),
    ("{\"score\": 7, \"verdict\": \"rework\", \"feedback\": \"Say \\\"why\\\".\"}", Some("rework"), "Say \"why\"."),
    ("{\"score\": 7, \"feedback\": [\"One.\", \"Two.\"]}", None, "- One.\n- Two."),
    ("<score>7</score><verdict>rework</verdict><feedback>More.</feedback>", Some("rework"), "More."),
    ("评分：7\n结论：返工\n反馈：补充来源。", Some("返工"), "补充来源。"),
    ("NOTE : 7\nDÉCISION : à revoir\nCOMMENTAIRES : Des sources.", Some("à revoir"), "Des sources."),
];

#[test]
fn the_parts_of_a_verdict() {
    for &(answer, word, feedback) in PARTS {
        let verdict = Verdict::parse(answer).unwrap_or_else(|| panic!("{answer:?} is unclear"));
        assert_eq!((verdict.word.as_deref(), verdict.feedback.as_str()), (word, feedback), "{answer:?}");
        assert_eq!(verdict.answer(), answer);
    }
}

#[test]
fn an_answer_without_a_score_keeps_its_parts() {
    for (answer, feedback) in [
        (" no idea ", "no idea"),
        (" \n", "(the critic gave an empty answer)"),
        ("SCORE: high\nFEEDBACK: More.", "More."),
    ] {
        let verdict = Reading::of(answer, "", 8.0).into_verdict();
        assert_eq!((verdict.score, verdict.feedback.as_str()), (None, feedback), "{answer:?}");
        assert_eq!(verdict.answer(), answer);
    }
}
