//! The terms of a topic: its words and phrases between stop words and punctuation.

use super::inline::inline;

/// A word or a short phrase of the topic.
#[derive(Clone)]
pub(super) struct Term {
    /// The text of the term, as in the topic.
    text: String,
    /// The number of its occurrences in the topic.
    pub(super) count: usize,
    /// Whether it follows a `for`.
    pub(super) purpose: bool,
}

impl Term {
    /// The term in running text.
    pub(super) fn shown(&self) -> String {
        format!("*{}*", self.bare())
    }

    /// The term without emphasis.
    pub(super) fn bare(&self) -> String {
        inline(&self.text, LONGEST_TERM)
    }

    /// Whether a folded text contains the term.
    pub(super) fn is_in(&self, folded: &str) -> bool {
        folded.contains(&fold(&self.text))
    }
}

/// A text for comparisons: lower case, single spaces, no escapes.
pub(super) fn fold(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").replace('\\', "").to_lowercase()
}

/// The terms of a topic: the most frequent, at most six and at least one, in the order of the topic.
pub(super) fn of(topic: &str) -> Vec<Term> {
    let mut terms: Vec<Term> = Vec::new();
    for (phrase, purpose) in phrases(topic) {
        let text: String = phrase.chars().take(LONGEST_TERM).collect();
        let folded = fold(&text);
        if let Some(term) = terms.iter_mut().find(|term| fold(&term.text) == folded) {
            term.count += 1;
        } else if terms.len() < MOST_CANDIDATES {
            terms.push(Term { text, count: 1, purpose });
        }
    }
    if terms.is_empty() {
        let clean: String = topic.chars().map(|c| if c.is_control() || c == '\\' { ' ' } else { c }).collect();
        let words: Vec<&str> = clean.split_whitespace().collect();
        let text: String = words.join(" ").chars().take(LONGEST_TERM).collect();
        let text = if text.is_empty() { "this topic".to_owned() } else { text };
        return vec![Term { text, count: 1, purpose: false }];
    }
    let mut counts: Vec<usize> = terms.iter().map(|term| term.count).collect();
    counts.sort_unstable_by(|a, b| b.cmp(a));
    let least = counts.get(MOST_TERMS - 1).copied().unwrap_or_default();
    let mut room = MOST_TERMS - counts.iter().filter(|&&count| count > least).count().min(MOST_TERMS);
    terms.retain(|term| {
        let kept = term.count > least || (term.count == least && room > 0);
        room -= usize::from(kept && term.count == least);
        kept
    });
    terms
}

/// Sequences of words without a stop word or a stop between them, each with whether it follows a `for`. A sequence of more than three words
/// is split into words.
fn phrases(topic: &str) -> Vec<(String, bool)> {
    let mut phrases = Vec::new();
    let mut run: Vec<&str> = Vec::new();
    let mut purpose = false;
    for token in topic.split(|c: char| c.is_whitespace() || c.is_control()) {
        for part in token.split(is_stop) {
            let word = part.trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '+' | '#'));
            let word = word.trim_start_matches(['+', '#']);
            // A number is not a term without its unit, and a stop word is not a term.
            if !word.contains(char::is_alphabetic) || is_one_of(SMALL, word) {
                close(&mut run, purpose, &mut phrases);
                purpose = is_one_of("for für", word) || (purpose && is_one_of(ARTICLES, word));
            } else {
                run.push(word);
            }
            if part.len() < token.len() {
                close(&mut run, purpose, &mut phrases);
            }
        }
        if token.ends_with(['.', '?', '!', ')', '"', '\'']) {
            close(&mut run, purpose, &mut phrases);
        }
    }
    close(&mut run, purpose, &mut phrases);
    phrases
}

fn close(run: &mut Vec<&str>, purpose: bool, phrases: &mut Vec<(String, bool)>) {
    if run.len() <= LONGEST_RUN {
        phrases.extend((!run.is_empty()).then(|| (run.join(" "), purpose)));
    } else {
        let words = run.iter().filter(|word| word.chars().count() > 2);
        phrases.extend(words.map(|&word| (word.to_owned(), purpose)));
    }
    run.clear();
}

/// Whether a character ends a phrase and is never a part of a term.
fn is_stop(c: char) -> bool {
    matches!(c, ',' | ';' | ':' | '(' | '[' | ']' | '<' | '>' | '|' | '*' | '`' | '\\' | '=' | '"')
        || matches!(c, '\u{3001}' | '\u{3002}' | '\u{ff0c}' | '\u{ff01}' | '\u{ff1f}' | '\u{2013}' | '\u{2014}')
}

fn is_one_of(list: &str, word: &str) -> bool {
    let word = word.to_lowercase();
    list.split_whitespace().any(|known| known == word)
}

const MOST_TERMS: usize = 6;
const MOST_CANDIDATES: usize = 300;
const LONGEST_RUN: usize = 3;
const LONGEST_TERM: usize = 40;

const ARTICLES: &str = "a an the my our your their his her its ein eine einen der die das den mein unser unsere";

/// Stop words in English and German, with the verbs of a request.
const SMALL: &str = "\
a about after again against all also although am an and any are as at be because been before being below best better \
between both but by can could did do does doing done down during each either every few for from further get give go \
had has have having he her here him his how i if in into is it its itself just let like make many may me might more \
most much must my need no nor not now of off on once one only or other our out over own per please same shall she \
should since so some such than that the their them then there these they this those through to too toward towards \
under until up upon us use using very versus via vs want was we were what when where whether which while who whom \
whose why will with within without would write yet you your explain describe discuss compare comparison create tell \
essay article paper report text topic document difference differences it's don't what's worth getting started guide \
introduction becoming become adopt allow avoid ban build buy choose help helps improve increase introduce keep \
learn migrate move reduce replace sell start stop switch open benefits effect effects future impact importance role plan run runs \
two three four five six seven eight nine ten \
aber alle allem als also am an auch auf aus bei beim bin bis da damit dann das dass dein dem den denn der des die dies \
diese dieser dieses doch dort du durch ein eine einem einen einer eines er es etwas euch für gegen gibt haben hat hier \
ich ihr im in ins ist ja kann kein keine man mehr mein mich mir mit muss nach nicht noch nun nur ob oder ohne schon \
sehr sein seine sich sie sind so soll sollen sollte sollten um und uns unser unter vom von vor wann war warum was \
weil wenn wer werden wie wieso wir wird wo wurde zu zum zur zwischen über können schreibe erkläre vergleiche text \
aufsatz bitte leitfaden anleitung einführen kaufen lernen umsteigen verbieten";
