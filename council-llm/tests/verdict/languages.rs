//! Labels, words and numbers of other languages.

use crate::{Case, check};

#[test]
fn european_languages() {
    check(EUROPE);
}

#[test]
fn languages_of_asia_and_arabic() {
    check(ASIA);
}

const EUROPE: &[Case] = &[
    // German
    ("BEWERTUNG: 7\nURTEIL: ÜBERARBEITEN\nFEEDBACK: Mehr Quellen.", Some(7.0)),
    ("**Punktzahl:** 7,5 von 10", Some(7.5)),
    ("Note: 7/10", Some(7.0)),
    ("Gesamtnote: 6,5", Some(6.5)),
    ("Klarheit: 9/10\nQuellen: 4/10\nGesamt: 6/10", Some(6.0)),
    ("Bewertung: 85 Prozent", Some(8.5)),
    ("SCORE: sieben", Some(7.0)),
    ("SCORE: acht von zehn", Some(8.0)),
    ("Ich gebe diesem Entwurf eine 7.", Some(7.0)),
    ("Ich würde dem Text keine 8 geben.", None),
    ("Bewertung: 7 bis 8", None),
    ("BEWERTUNG: 9\nURTEIL: ÜBERARBEITEN", None),
    // French
    ("NOTE : 7/10", Some(7.0)),
    ("Note : 15/20", Some(7.5)),
    ("**Note finale :** 6,5 sur 10", Some(6.5)),
    ("Clarté : 9/10\nSources : 4/10\nNote globale : 6/10", Some(6.0)),
    ("SCORE : sept sur dix", Some(7.0)),
    ("Je donne à ce texte un 7.", Some(7.0)),
    ("Évaluation : 70 pour cent", Some(7.0)),
    ("Je ne donne pas 9 à ce texte.", None),
    ("NOTE : 9\nVERDICT : À REVOIR", None),
    // Spanish
    ("PUNTUACIÓN: 7\nVEREDICTO: REVISAR", Some(7.0)),
    ("Calificación: 8 de 10", Some(8.0)),
    ("Nota final: 6,5", Some(6.5)),
    ("Puntuación: 7 sobre 10", Some(7.0)),
    ("SCORE: ocho", Some(8.0)),
    ("Le doy un 7.", Some(7.0)),
    ("No le doy un 9.", None),
    ("PUNTUACIÓN: 9\nVEREDICTO: RECHAZADO", None),
    // Italian
    ("PUNTEGGIO: 7\nVERDETTO: RIVEDERE", Some(7.0)),
    ("Voto: 7,5 su 10", Some(7.5)),
    ("Voto complessivo: 6/10", Some(6.0)),
    ("SCORE: otto su dieci", Some(8.0)),
    ("Punteggio: 9\nVerdetto: respinto", None),
    // Portuguese
    ("PONTUAÇÃO: 7\nVEREDITO: REFAZER", Some(7.0)),
    ("Nota: 7,5 de 10", Some(7.5)),
    ("Avaliação geral: 6/10", Some(6.0)),
    ("SCORE: oito", Some(8.0)),
    ("Dou um 7.", Some(7.0)),
    ("Pontuação: 9\nDecisão: reprovado", None),
    // Dutch
    ("CIJFER: 7\nOORDEEL: HERZIEN", Some(7.0)),
    ("Beoordeling: 7,5 van de 10", Some(7.5)),
    ("Eindcijfer: 6", Some(6.0)),
    ("SCORE: acht", Some(8.0)),
    ("Ik geef dit een 7.", Some(7.0)),
    ("Ik geef dit geen 8.", None),
    ("CIJFER: 9\nOORDEEL: AFGEWEZEN", None),
    // Polish
    ("OCENA: 7\nWERDYKT: DO POPRAWY", Some(7.0)),
    ("Ocena końcowa: 6,5/10", Some(6.5)),
    ("Wynik: 7 na 10", Some(7.0)),
    ("SCORE: osiem", Some(8.0)),
    ("OCENA: 9\nDECYZJA: ODRZUCONE", None),
    // Russian
    ("ОЦЕНКА: 7\nВЕРДИКТ: ДОРАБОТАТЬ", Some(7.0)),
    ("Оценка: 7,5 из 10", Some(7.5)),
    ("Общая оценка: 6/10", Some(6.0)),
    ("Итого: 7/10", Some(7.0)),
    ("Оценка: семь", Some(7.0)),
    ("Оценка: 7 баллов", Some(7.0)),
    ("Я ставлю 7.", Some(7.0)),
    ("ОЦЕНКА: 9\nВЕРДИКТ: НА ДОРАБОТКУ", None),
];

const ASIA: &[Case] = &[
    // Chinese
    ("评分：7\n结论：返工\n反馈：补充来源。", Some(7.0)),
    ("评分：７．５", Some(7.5)),
    ("得分: 8分", Some(8.0)),
    ("分数：85/100", Some(8.5)),
    ("总分：7分（满分10分）", Some(7.0)),
    ("清晰度：9分\n来源：4分\n总分：6分", Some(6.0)),
    ("评分：八分", Some(8.0)),
    ("评分：七点五", Some(7.5)),
    ("我给这份草稿打7分。", Some(7.0)),
    ("满分10分，得7分。", Some(7.0)),
    ("评分：85分", None),
    ("我不会给这份草稿9分。", None),
    ("评分：9\n结论：返工", None),
    // Japanese
    ("スコア：7\n判定：要修正", Some(7.0)),
    ("評価: 7/10", Some(7.0)),
    ("点数：８点", Some(8.0)),
    ("総合評価：7.5", Some(7.5)),
    ("10点満点中7点", Some(7.0)),
    ("評価：10点満点で8点", Some(8.0)),
    ("スコア：八", Some(8.0)),
    ("スコア：9\n判定：不合格", None),
    // Korean
    ("점수: 7\n판정: 재작업", Some(7.0)),
    ("평점: 7.5/10", Some(7.5)),
    ("점수는 7점입니다.", Some(7.0)),
    ("총점: 6점", Some(6.0)),
    ("10점 만점에 7점", Some(7.0)),
    ("점수: 85점", None),
    ("점수: 9\n판정: 반려", None),
    // Arabic
    ("الدرجة: ٧", Some(7.0)),
    ("التقييم: ٨٫٥ من ١٠", Some(8.5)),
    ("الدرجة: 7 من 10\nالحكم: إعادة", Some(7.0)),
    ("النتيجة النهائية: ٦/١٠", Some(6.0)),
    ("الدرجة: ٨٥٪", Some(8.5)),
    ("الدرجة: سبعة من عشرة", Some(7.0)),
    ("الدرجة: ٨٥", None),
    ("الدرجة: 9\nالحكم: مرفوض", None),
];
