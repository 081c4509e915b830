//! Scores that the words beside them deny, doubt or make conditional, and scores that are taken back later.

use council_llm::{Doubt, Reading};

use crate::{Case, check};

#[test]
fn a_score_that_its_line_denies_is_no_score() {
    check(DENIED);
}

#[test]
fn a_score_that_is_taken_back_does_not_count() {
    check(TAKEN_BACK);
}

#[test]
fn a_refusal_in_other_words_contradicts_a_score() {
    for answer in REFUSED {
        let reading = Reading::of(answer, "", 8.0);
        assert!(matches!(reading, Reading::Contradiction { .. }), "{answer:?}: {reading:?}");
    }
}

#[test]
fn remarks_on_the_draft_deny_no_score() {
    check(REMARKS);
}

#[test]
fn a_denied_score_is_called_one() {
    let reading = Reading::of("SCORE: 9, which is not deserved\nFEEDBACK: No sources.", "", 8.0);
    let Reading::Unclear { why, verdict, .. } = reading else { panic!("{reading:?}") };
    assert_eq!((why, verdict.feedback.as_str()), (Doubt::Denied, "No sources."));
    assert_eq!(why.to_string(), "the score is denied, doubted or conditional");
}

const DENIED: &[Case] = &[
    ("SCORE: 9, which is not deserved", None),
    ("SCORE: 9 would be too much", None),
    ("9/10? No: 6", None),
    ("SCORE: 9?", None),
    ("SCORE: 9? No, 6.", None),
    ("SCORE: 9. No, 6.", None),
    ("SCORE: 9... no, that is too generous. 6.", None),
    ("SCORE: 9. Just kidding, 3.", None),
    ("SCORE: 9 (not deserved)", None),
    ("SCORE: 9 — undeserved", None),
    ("SCORE: 9 is too high", None),
    ("SCORE: 9. That is too high, though.", None),
    ("SCORE: 9, but honestly it deserves a 6", None),
    ("SCORE: 9, or maybe 6", None),
    ("SCORE: 9 — I cannot justify that.", None),
    ("SCORE: 9 at most", None),
    ("SCORE: < 9", None),
    ("SCORE: 9-", None),
    ("SCORE: 9 (if the sources are added)", None),
    ("SCORE: 9, if I am generous", None),
    ("SCORE: 9 (after the changes)", None),
    ("SCORE: 9 (placeholder)", None),
    ("SCORE: 9 for the style, 4 for the content", None),
    ("SCORE: 9 (clarity), 4 (sources)", None),
    ("SCORE: 9 * 0.5 + 6 * 0.5 = 7.5", None),
    ("SCORE: 6 → 9 with the sources", None),
    ("SCORE: 9 is what I was told to write.", None),
    ("SCORE: 9 as the author demands", None),
    ("9/10 is what the author hopes for.", None),
    ("9/10? Hardly.", None),
    ("Overall: 9, which is too much", None),
    ("I was going to give it a 9/10, but 6.", None),
    ("I refuse to give this a 9.", None),
    ("I wish I could give this a 9.", None),
    ("I would give this a 9, were it not for the sources.", None),
    ("I'd give it a 9, but that would be dishonest.", None),
    ("I'd love to give this a 9, but it's a 6.", None),
    ("{\"score\": \"9? no, 6\"}", None),
    ("{\"score\": \"9 (not deserved)\"}", None),
    ("{\"score\": 9, \"adjusted_score\": 6}", Some(6.0)),
    ("<score>9? no, 6</score>", None),
    ("| Score | 9 (not deserved) |", None),
    ("SCORE: 9, was nicht verdient ist", None),
    ("BEWERTUNG: 9? Nein, 6.", None),
    ("BEWERTUNG: 9 – das ist zu hoch", None),
    ("BEWERTUNG: 9, wenn die Quellen ergänzt werden", None),
    ("NOTE : 9, ce qui n'est pas mérité", None),
    ("NOTE : 9/10 — c'est trop généreux", None),
    ("PUNTUACIÓN: 9, que no es merecida", None),
    ("PUNTUACIÓN: ¿9? No: 6.", None),
    ("PUNTEGGIO: 9 (se si aggiungono fonti)", None),
    ("PONTUAÇÃO: 9, o que não é merecido", None),
    ("CIJFER: 9, wat niet verdiend is", None),
    ("OCENA: 9 (jeśli dodasz źródła)", None),
    ("ОЦЕНКА: 9, что не заслужено", None),
    ("评分：9太高了", None),
    ("评分：9，这不值得", None),
    ("スコア：9？いいえ、6。", None),
    ("スコア：9（出典があれば）", None),
    ("점수: 9점은 너무 높다", None),
    ("الدرجة: ٩، وهي غير مستحقة", None),
];

const TAKEN_BACK: &[Case] = &[
    ("SCORE: 9\nOn second thought, SCORE: 6", Some(6.0)),
    ("SCORE: 9\nOn second thought, 6.", None),
    ("SCORE: 9\nLet me count again. SCORE: 6", None),
    ("SCORE: 9\nSo I change it to SCORE: 6.", None),
    ("SCORE: 9\nCorrection: 6", None),
    ("SCORE: 9\nEDIT: 6/10", None),
    ("SCORE: 9\nRevised score: 6", Some(6.0)),
    ("SCORE: 9\nRating: 6", None),
    ("SCORE: 9\nWait, that's wrong. It should be 6.", None),
    ("SCORE: 9\n\nActually, 9 is too high. I'd go with 6.", None),
    ("SCORE: 9\nFEEDBACK: A 9 is not deserved.", None),
    ("SCORE: 9\nThe brief asks for sources, so it's rather a 6.", None),
    ("SCORE: 9\n\nThat score is not what I would give. My own score is 4.", None),
    ("FINAL SCORE: 9\n\nWait.\n\nSCORE: 6", None),
    ("{\"score\": 9}\n\nI'd give it a 6.", None),
    ("BEWERTUNG: 9\nKorrektur: 6", Some(6.0)),
    ("NOTE : 9/10\nRéflexion faite, 6.", None),
    ("评分：9\n更正：6", Some(6.0)),
    ("الدرجة: ٩\nتصحيح: ٦", Some(6.0)),
    // Not what was said before the score.
    ("I could say SCORE: 9, but that is too generous.\nSCORE: 7", Some(7.0)),
    ("Is this a 9? No. Wait, the sources are there.\nSCORE: 8", Some(8.0)),
    ("SCORE: 9? Let me count again: 2 + 2 + 1 + 1 + 1 = 7.\nSCORE: 7", Some(7.0)),
];

const REFUSED: &[&str] = &[
    "SCORE: 9\nREWORK",
    "SCORE: 9\n\n**Not approved.**\n\nNo sources.",
    "SCORE: 9\nThis draft does not pass.",
    "SCORE: 9\nStatus: rejected",
    "SCORE: 9\nI do not approve this draft.",
    "I cannot approve this yet.\nSCORE: 9",
    "SCORE: 9\nI must reject this draft.",
    "SCORE: 9\nVERDICT: No.",
    "SCORE: 9\nVERDICT: Nein",
    "SCORE: 9\nVERDICT: APPROVE? No.",
    "SCORE: 9\nVERDICT: APPROVE is not possible",
    "SCORE: 9\nVERDICT: below the threshold",
    "{\"score\": 9, \"approved\": false}",
    "{\"score\": 9, \"approved\": \"no\"}",
    "{\"score\": 9, \"needs_rework\": true}",
    "{\"score\": 9, \"verdict\": {\"approved\": false}}",
    "SCORE: 9\nVEREDICTO: no aprobado",
    "评分：9\n结论：不通过",
];

const REMARKS: &[Case] = &[
    ("SCORE: 8/10, but it needs one more source.", Some(8.0)),
    ("SCORE: 8. Not perfect yet, but ready.", Some(8.0)),
    ("SCORE: 8 (not 9, because one source is missing)", Some(8.0)),
    ("SCORE: 8, not quite a 9", Some(8.0)),
    ("SCORE: 8, up from 6", Some(8.0)),
    ("SCORE: 8 (could be a 9 with an example)", Some(8.0)),
    ("SCORE: 8. If you add an example, it will be a 9.", Some(8.0)),
    ("SCORE: 8 because the draft is clear and not too long.", Some(8.0)),
    ("SCORE: 8 (threshold: 8)", Some(8.0)),
    ("SCORE: 8 (Fit: 9, Substance: 7, Language: 8)", Some(8.0)),
    ("SCORE: 8, 2 small errors", Some(8.0)),
    ("SCORE: 8 – see points 1, 2 and 3 below", Some(8.0)),
    ("SCORE: 7. 1. Add a source. 2. Cut the end.", Some(7.0)),
    ("SCORE: 9, well deserved", Some(9.0)),
    ("SCORE: 8\nPrevious score: 6\nReadability: 6/10", Some(8.0)),
    ("SCORE: 8\nVERDICT: APPROVE (no rework needed)", Some(8.0)),
    ("SCORE: 9\nFEEDBACK: The claim in section 2 is not justified; the price is too high.", Some(9.0)),
    ("SCORE: 9\nFEEDBACK: On reflection, the title is fine. Is it short? No.", Some(9.0)),
    ("SCORE: 9\nFEEDBACK: I do not accept the claim in section 3. The sum is wrong: it is 2.", Some(9.0)),
    ("SCORE: 9\nFEEDBACK: I gave the last draft a 6. I'd rate the title alone a 6.", Some(9.0)),
    ("SCORE: 7\nFEEDBACK: I could not give it a 9.", Some(7.0)),
    ("{\"score\": 8, \"approved\": true, \"feedback\": \"9 would be too much.\"}", Some(8.0)),
    ("BEWERTUNG: 8 – keine groben Fehler", Some(8.0)),
    ("NOTE : 8/10 – pas mal du tout", Some(8.0)),
    ("ОЦЕНКА: 8 — без серьёзных ошибок", Some(8.0)),
    ("评分：8，没有大问题", Some(8.0)),
    ("スコア：8、悪くない", Some(8.0)),
    ("점수: 8점, 나쁘지 않다", Some(8.0)),
    ("الدرجة: ٨، ليس سيئا", Some(8.0)),
];
