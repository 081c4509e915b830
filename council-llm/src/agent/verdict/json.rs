//! Verdicts as JSON: `{"score": 7, "verdict": "REWORK", "feedback": "Add an example."}`.

use std::ops::Range;

use serde_json::{Map, Value as Json};

use super::lexicon::tokens;
use super::meaning::Meaning;
use super::reading::Doubt;
use super::token::{Kind, Token};
use super::value::{Reader, scaled};

/// A verdict as JSON, and where it stands in the answer.
pub(super) struct JsonVerdict {
    pub(super) range: Range<usize>,
    pub(super) score: Option<Result<f64, Doubt>>,
    pub(super) word: Option<String>,
    pub(super) feedback: Option<String>,
    /// Whether it says that the draft does not pass: `"approved": false`.
    pub(super) refuses: bool,
}

/// The JSON object in an answer. `readable` is the answer without quotations of the draft and without fences.
pub(super) fn verdict(answer: &str, readable: &str) -> Option<JsonVerdict> {
    let mut line_start = 0;
    let mut tries = 0;
    for line in readable.split_inclusive('\n') {
        let at = line_start + line.len() - line.trim_start_matches([' ', '\t', '[', '\r']).len();
        line_start += line.len();
        if !readable[at..].starts_with('{') {
            continue;
        }
        tries += 1;
        let Some((object, length)) = parse(&answer[at..]) else {
            if tries == MOST_TRIES {
                return None;
            }
            continue;
        };
        let range = at..at + length;
        // What repeats the draft is blank, so it holds neither keys nor scores.
        let own = readable[range.clone()].replace(super::token::HIDDEN, " ");
        let score = parse(&own).and_then(|(own, _)| score(&own));
        return Some(JsonVerdict {
            range,
            score,
            word: text(&object, Meaning::Verdict),
            feedback: text(&object, Meaning::Feedback),
            refuses: refuses(&object),
        });
    }
    None
}

fn parse(text: &str) -> Option<(Map<String, Json>, usize)> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Map<String, Json>>();
    let object = values.next()?.ok()?;
    Some((object, values.byte_offset()))
}

/// What a key names.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Key {
    /// A score that is called final: `final_score`.
    Final,
    Score,
    /// The scale of the scores beside it: `max_score`.
    Most,
    /// A group around a score: `evaluation`.
    Group,
    /// Something else, such as a part of the draft or a criterion: `clarity_score`.
    Part,
}

impl Key {
    fn of(key: &str) -> Self {
        let tokens = tokens(key);
        let has =
            |meanings: &[Meaning]| tokens.iter().filter_map(Token::meaning).any(|found| meanings.contains(&found));
        let is_known =
            |token: &Token| token.kind == Kind::Break || token.meaning().is_some_and(|found| KNOWN.contains(&found));
        if has(&[Meaning::Most, Meaning::OutOf]) {
            Self::Most
        } else if !tokens.iter().all(is_known) {
            Self::Part
        } else if has(&[Meaning::Final]) {
            Self::Final
        } else if has(&[Meaning::Asked, Meaning::Score]) {
            Self::Score
        } else {
            Self::Group
        }
    }
}

/// The score of an object: the one that is called final, or else the only one.
fn score(object: &Map<String, Json>) -> Option<Result<f64, Doubt>> {
    let (mut finals, mut others) = (Vec::new(), Vec::new());
    let scale = scale(object);
    for (key, value) in object {
        match (Key::of(key), value) {
            (Key::Final, value) => finals.extend(number(value, scale)),
            (Key::Score, value) => others.extend(number(value, scale)),
            (Key::Group, Json::Object(inner)) => others.extend(score(inner)),
            // Of scores in a group only the total counts.
            (Key::Part, Json::Object(group)) => finals.extend(total(group)),
            _ => {}
        }
    }
    let found = if finals.is_empty() { others } else { finals };
    let first = *found.first()?;
    Some(if found.iter().all(|&one| one == first) { first } else { Err(Doubt::Several) })
}

/// The total of a group of scores.
fn total(group: &Map<String, Json>) -> Option<Result<f64, Doubt>> {
    group.iter().find(|(key, _)| Key::of(key) == Key::Final).and_then(|(_, value)| number(value, scale(group)))
}

/// The scale that an object names.
fn scale(object: &Map<String, Json>) -> Option<f64> {
    object.iter().find(|(key, _)| Key::of(key) == Key::Most)?.1.as_f64()
}

fn number(value: &Json, scale_beside: Option<f64>) -> Option<Result<f64, Doubt>> {
    match value {
        Json::Number(number) => {
            let number = number.as_f64()?;
            Some(if number < 0.0 { Err(Doubt::Outside) } else { scaled(number, scale_beside) })
        }
        Json::String(answer) => {
            let tokens = tokens(answer);
            let reader = Reader { answer, tokens: &tokens };
            let value = reader.value(0, scale_beside)?;
            let score = || {
                value
                    .score
                    .and_then(|score| if reader.is_denied(value.next, score) { Err(Doubt::Denied) } else { Ok(score) })
            };
            reader.fills_line(value.next).then(score)
        }
        Json::Object(inner) => {
            let scale = scale(inner).or(scale_beside);
            let is_value =
                |key: &str| key.eq_ignore_ascii_case("value") || matches!(Key::of(key), Key::Score | Key::Final);
            inner.iter().find(|(key, _)| is_value(key)).and_then(|(_, value)| number(value, scale))
        }
        _ => None,
    }
}

/// Whether a key of an object, or of one in it, says that the draft does not pass.
fn refuses(object: &Map<String, Json>) -> bool {
    let says = |(key, value): (&String, &Json)| {
        let named = |meaning| tokens(key).iter().any(|token| token.is(meaning));
        let says_no = |text: &str| {
            text.eq_ignore_ascii_case("false") || tokens(text).first().is_some_and(|token| token.is(Meaning::Not))
        };
        match value {
            Json::Bool(false) => named(Meaning::Approve) || named(Meaning::Verdict),
            Json::Bool(true) => named(Meaning::Rework),
            Json::String(text) => named(Meaning::Approve) && says_no(text),
            _ => false,
        }
    };
    object.iter().any(says) || object.values().filter_map(Json::as_object).any(|inner| inner.iter().any(says))
}

/// The text of the key with this meaning, at the top or one level below.
fn text(object: &Map<String, Json>, meaning: Meaning) -> Option<String> {
    let names = |key: &str| tokens(key).iter().any(|token| token.is(meaning));
    let direct = object.iter().filter(|(key, _)| names(key)).find_map(|(_, value)| lines(value));
    direct.or_else(|| {
        object
            .values()
            .filter_map(Json::as_object)
            .find_map(|inner| inner.iter().filter(|(key, _)| names(key)).find_map(|(_, value)| lines(value)))
    })
}

/// A text, or a list of texts, one a line.
fn lines(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.trim().to_owned()),
        Json::Array(items) => {
            let lines: Vec<String> = items.iter().filter_map(lines).map(|line| format!("- {line}")).collect();
            (!lines.is_empty()).then(|| lines.join("\n"))
        }
        _ => None,
    }
}

const MOST_TRIES: usize = 3;
/// The words of keys that name no part.
const KNOWN: [Meaning; 6] =
    [Meaning::Filler, Meaning::Verdict, Meaning::Feedback, Meaning::Asked, Meaning::Score, Meaning::Final];
