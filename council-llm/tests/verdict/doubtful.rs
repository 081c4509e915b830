//! What is asked about, and why.

use council_llm::{Doubt, Reading};

#[test]
fn a_doubt_has_a_reason() {
    for (answer, expected) in [
        ("", Doubt::Empty),
        ("<think>Let me see.</think>", Doubt::Empty),
        ("I like it.", Doubt::NoScore),
        ("Rating: 9/10\nGrade: 7/10", Doubt::Several),
        ("SCORE: 85", Doubt::NoScale),
        ("SCORE: ★★★★", Doubt::NoScale),
        ("SCORE: 12/10", Doubt::Outside),
        ("SCORE: 7-8", Doubt::Range),
        ("SCORE: 2 + 2 + 2", Doubt::Sum),
    ] {
        let Reading::Unclear { why, verdict, .. } = Reading::of(answer, "", 8.0) else { panic!("{answer:?} is clear") };
        assert_eq!((why, verdict.score), (expected, None), "{answer:?}");
    }
}

#[test]
fn a_score_that_its_word_contradicts_is_asked_about() {
    for answer in [
        "SCORE: 9\nVERDICT: REWORK",
        "SCORE: 9\nVERDICT: Needs work",
        "SCORE: 9\nVERDICT: not approved",
        "SCORE: 9\nVERDICT: **reject**",
        "SCORE: 10/10 would not recommend",
        "SCORE: 9\nDECISION: revise",
        "{\"score\": 9, \"decision\": \"reject\"}",
        "<score>9</score><verdict>REWORK</verdict>",
        "| Score | Verdict |\n|---|---|\n| 9 | 9 |\n\nVERDICT: REWORK",
    ] {
        let reading = Reading::of(answer, "", 8.0);
        assert!(matches!(reading, Reading::Contradiction { .. }), "{answer:?}: {reading:?}");
    }
}

#[test]
fn a_word_decides_nothing_otherwise() {
    for (answer, threshold) in [
        ("SCORE: 6\nVERDICT: APPROVE", 8.0),
        ("SCORE: 9\nVERDICT: APPROVE", 8.0),
        ("SCORE: 9\nVERDICT: fine", 8.0),
        ("SCORE: 9\nVERDICT: approve with minor revisions", 8.0),
        ("SCORE: 9\nVERDICT: no rework needed", 8.0),
        ("SCORE: 9\nVERDICT: APPROVE\nFEEDBACK: Rewrite nothing, reject nothing.", 8.0),
        ("SCORE: 7\nVERDICT: REWORK", 8.0),
        ("SCORE: 9\nVERDICT: REWORK", 9.5),
    ] {
        let reading = Reading::of(answer, "", threshold);
        assert!(matches!(reading, Reading::Score(_)), "{answer:?}: {reading:?}");
    }
}
