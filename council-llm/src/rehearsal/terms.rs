//! The words that carry a topic: what is left of it between the small words and the punctuation.

use super::inline::inline;

/// A word or a short phrase of the topic.
#[derive(Clone)]
pub(super) struct Term {
    /// As the topic has it.
    text: String,
    /// How often it stands there.
    pub(super) count: usize,
    /// Whether it says whom or what the topic is for.
    pub(super) purpose: bool,
}

impl Term {
    /// The term in running text.
    pub(super) fn shown(&self) -> String {
        format!("*{}*", self.bare())
    }

    /// The term where it needs no mark.
    pub(super) fn bare(&self) -> String {
        inline(&self.text, LONGEST_TERM)
    }

    /// Whether `text` has it; both without regard to case.
    pub(super) fn is_in(&self, folded: &str) -> bool {
        folded.contains(&fold(&self.text))
    }
}

/// Text for comparing: small letters, single spaces, no escapes.
pub(super) fn fold(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").replace('\\', "").to_lowercase()
}

/// The terms of a topic, at most six: the most frequent, in the order in which they come. There is always one.
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

/// Runs of words without a small word or a stop between them, and whether a `for` leads to each. A run of more than
/// three is given word by word.
fn phrases(topic: &str) -> Vec<(String, bool)> {
    let mut phrases = Vec::new();
    let mut run: Vec<&str> = Vec::new();
    let mut purpose = false;
    for token in topic.split(|c: char| c.is_whitespace() || c.is_control()) {
        for part in token.split(is_stop) {
            let word = part.trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '+' | '#'));
            let word = word.trim_start_matches(['+', '#']);
            // A number names nothing without its unit, and `of`, `the` or `plan` nothing at all.
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

/// What ends a phrase wherever it stands, and never stands in a term.
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

/// Words that carry no topic of their own, in English and German, with the verbs of a request among them.
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
