use proptest::prelude::*;

use super::Verdict;

/// The rules of reading a critic, one a line: a reply, and the score that it means.
const SCORES: &[(&str, Option<f64>)] = &[
    // Numbers.
    ("SCORE: 9", Some(9.0)),
    ("SCORE: 8.75", Some(8.75)),
    ("SCORE: 8,5", Some(8.5)),
    ("SCORE: 08", Some(8.0)),
    ("SCORE: 7.", Some(7.0)),
    ("SCORE: 7. A fair draft.", Some(7.0)),
    ("SCORE: 8, nearly there", Some(8.0)),
    ("SCORE: .5", Some(0.5)),
    ("SCORE: +7", Some(7.0)),
    ("SCORE: ~7", Some(7.0)),
    // Scales.
    ("SCORE: 9/10", Some(9.0)),
    ("SCORE: 8,5 / 10", Some(8.5)),
    ("SCORE: 85/100", Some(8.5)),
    ("SCORE: 4/5", Some(8.0)),
    ("SCORE: **8**/10", Some(8.0)),
    ("SCORE: 7 out of 10", Some(7.0)),
    ("SCORE: 85%", Some(8.5)),
    ("SCORE: 25/30", Some(8.33)),
    ("SCORE: 7/0", Some(7.0)),
    ("SCORE: 7/10 (was 5/10)", Some(7.0)),
    // Clamped.
    ("SCORE: 15", Some(10.0)),
    ("SCORE: 120/100", Some(10.0)),
    ("SCORE: -3", Some(0.0)),
    ("SCORE: \u{2212}3", Some(0.0)),
    ("SCORE: -0", Some(0.0)),
    ("SCORE: 1e400", Some(10.0)),
    ("SCORE: 1e-400", Some(0.0)),
    ("SCORE: 1e400/1e400", Some(10.0)),
    ("SCORE: 99999999999999999999999999999999999999999999", Some(10.0)),
    // Any case, any spacing, any line break.
    ("score: 7", Some(7.0)),
    ("Score:7", Some(7.0)),
    ("  sCoRe   :   7  ", Some(7.0)),
    ("SCORE:\n7", Some(7.0)),
    ("SCORE:\r\n\r\n  7/10", Some(7.0)),
    ("SCORE\n: 7", Some(7.0)),
    ("SCORE = 7", Some(7.0)),
    ("SCORE \u{2014} 7", Some(7.0)),
    ("SCORE\u{ff1a}7", Some(7.0)),
    ("SCORE (0-10): 7", Some(7.0)),
    // Markdown.
    ("**Score:** 7.5", Some(7.5)),
    ("**Score**: 7.5", Some(7.5)),
    ("**Score: 7.5**", Some(7.5)),
    ("__SCORE__ : 7", Some(7.0)),
    ("`SCORE:` 7", Some(7.0)),
    ("## Score: 7", Some(7.0)),
    ("## Score\n\n7/10", Some(7.0)),
    ("- Score: 7", Some(7.0)),
    ("1. **Score:** 7", Some(7.0)),
    ("> SCORE: 7", Some(7.0)),
    ("| Score | 7 |", Some(7.0)),
    ("{\"score\": 7, \"feedback\": \"fine\"}", Some(7.0)),
    ("**Score** 7/10", Some(7.0)),
    // Where it stands. The first that holds a number counts.
    ("Overall score: 7", Some(7.0)),
    ("SCORE: 7\nSCORE: 9", Some(7.0)),
    ("The score: hard to say.\nSCORE: 7", Some(7.0)),
    ("FEEDBACK: more\nSCORE: 7", Some(7.0)),
    ("SCORE: 7 VERDICT: rework FEEDBACK: more", Some(7.0)),
    ("\u{1f600}\u{fe0f}SCORE: 7", Some(7.0)),
    // Not a label, or no number.
    ("", None),
    ("SCORE:", None),
    ("SCORE: NaN", None),
    ("SCORE: inf", None),
    ("SCORE: high", None),
    ("SCORE: /10", None),
    ("SCORE: <0-10>", None),
    ("underscore: 5", None),
    ("under_score: 5", None),
    ("z-score: 5", None),
    ("my scoreboard: 5", None),
    ("score_board: 5", None),
    ("scores: 5", None),
    ("They score 5 goals", None),
    ("Score 3 points more with an example.", None),
    ("7/10", None),
];

/// A reply, the critic's own word in it, and the feedback.
const WORDS: &[(&str, Option<&str>, &str)] = &[
    ("SCORE: 7\nVERDICT: REWORK\nFEEDBACK: Add an example.", Some("REWORK"), "Add an example."),
    ("**Score:** 7\n**Verdict:** needs work\n**Feedback:** **Bold** it.", Some("needs work"), "**Bold** it."),
    ("**Score**: 7\n**Verdict**: *approve*.\n**Feedback**: Fine.", Some("approve"), "Fine."),
    ("## Score\n7\n## Verdict\nApprove\n## Feedback\n\n- one\n- two\n", Some("Approve"), "- one\n- two"),
    ("score: 7 verdict: rework feedback: more", Some("rework"), "more"),
    ("SCORE: 7\nVERDICT:\nFEEDBACK:\n  one\n\n  two  \n", None, "one\n\n  two"),
    ("SCORE: 7\nFEEDBACK: one\nFEEDBACK: two", None, "one\nFEEDBACK: two"),
    ("SCORE: 7\nFEEDBACK:", None, ""),
    ("SCORE: 7\nI take all feedback seriously.", None, "SCORE: 7\nI take all feedback seriously."),
];

#[test]
fn every_rule_of_reading_a_critic() {
    for &(reply, expected) in SCORES {
        assert_eq!(Verdict::parse(reply).map(|verdict| verdict.score), expected, "{reply:?}");
    }
    for &(reply, decision, feedback) in WORDS {
        let verdict = Verdict::parse(reply).unwrap();
        assert_eq!((verdict.word.as_deref(), verdict.feedback.as_str()), (decision, feedback), "{reply:?}");
        assert!(verdict.readable);
    }
    for (reply, feedback) in [(" no idea ", "no idea"), (" \n", "(the critic gave an empty answer)")] {
        let verdict = Verdict::unreadable(reply);
        assert_eq!((verdict.score, verdict.feedback.as_str(), verdict.readable), (0.0, feedback, false));
    }
}

proptest! {
    #[test]
    fn no_reply_panics(reply in "\\PC*") {
        sane(&reply)?;
    }

    #[test]
    fn no_nearly_right_reply_panics(
        reply in "((?i)score|VERDICT|feedback|[*_`#:=|()/,.%-]|[0-9]{1,400}|e|NaN|\u{0130}|\u{1f600}|\\s){0,40}"
    ) {
        sane(&reply)?;
    }

    #[test]
    fn a_written_score_reads_back(tenths in 0_u16..=100, feedback in "[a-z][a-z ]{0,30}[a-z]") {
        let score = f64::from(tenths) / 10.0;
        let verdict = Verdict::parse(&format!("SCORE: {score}\nFEEDBACK: {feedback}")).unwrap();
        prop_assert_eq!(verdict.score.to_bits(), score.to_bits());
        prop_assert_eq!(verdict.feedback, feedback);
    }
}

fn sane(reply: &str) -> Result<(), TestCaseError> {
    if let Some(verdict) = Verdict::parse(reply) {
        prop_assert!((0.0..=10.0).contains(&verdict.score), "{}", verdict.score);
        prop_assert!(reply.contains(&verdict.feedback));
        prop_assert_eq!(verdict.answer(), reply);
    }
    let unreadable = Verdict::unreadable(reply);
    prop_assert!(!unreadable.feedback.is_empty());
    prop_assert_eq!(unreadable.answer(), reply);
    Ok(())
}
