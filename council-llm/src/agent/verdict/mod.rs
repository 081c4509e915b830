//! A critic's answer, read into a score, a word and feedback.
//!
//! The parser has these steps, in this order. Each takes linear time.
//!
//! 1. Reasoning is dropped. If the mark at its end may be a quotation, the answer is doubted.
//! 2. Quotations and the words of the draft are hidden (`mask`, `echo`).
//! 3. The rest is cut into tokens with a meaning (`cut`, `lexicon`, `words`).
//! 4. Everything that may be a score is found (`find`, `phrase`, `place`, `value`, `table`, `json`).
//! 5. Scores that their own sentence denies are left out (`denial`).
//! 6. At most one score is chosen (`choose`). A later sentence may take it back (`withdrawal`).

mod candidate;
mod choose;
mod cut;
mod denial;
mod echo;
mod find;
mod fold;
mod json;
mod lexicon;
mod markup;
mod mask;
mod meaning;
mod parts;
mod phrase;
mod place;
mod reading;
mod table;
mod token;
mod value;
mod withdrawal;
mod words;

use std::ops::Range;

use self::candidate::{Candidate, Form};
use self::json::JsonVerdict;
use self::value::Reader;
use crate::chat::reasoning::Parts;
use crate::state::decision::{DEFAULT_THRESHOLD, Decision};
use crate::state::verdict::Verdict;

pub use self::reading::{Doubt, Reading};

impl Verdict {
    /// Reads a critic's answer, or gives `None` if no score in it is read for sure. [`Reading::of`] also says why, and knows the draft.
    ///
    /// ```
    /// use council_llm::Verdict;
    ///
    /// let verdict = Verdict::parse("**Score:** 7,5/10\n**Verdict:** rework\n**Feedback:** Add an example.").unwrap();
    /// assert_eq!(verdict.score, Some(7.5));
    /// assert_eq!(verdict.word.as_deref(), Some("rework"));
    /// assert_eq!(verdict.feedback, "Add an example.");
    ///
    /// assert_eq!(Verdict::parse("I like it."), None);
    /// ```
    #[must_use]
    pub fn parse(answer: &str) -> Option<Self> {
        match Reading::of(answer, "", DEFAULT_THRESHOLD) {
            Reading::Score(verdict) => Some(verdict),
            _ => None,
        }
    }
}

impl Reading {
    /// Reads a critic's answer on a draft that passes from `threshold` on.
    ///
    /// Of several scores the last one in the form that was asked for counts, or the one that is called final, overall or total, or the only
    /// one. Labels count in any case, in Markdown, HTML, JSON, XML, TeX and tables, and in 13 languages; `8,5`, `17/20`, `85 %` and
    /// `★★★★☆` are brought to the scale of 0 to 10. Reasoning, quotations, code fences and the draft's own words do not count.
    ///
    /// A score counts only if the words beside it do not deny it, doubt it or make it conditional, and no later sentence takes it back.
    ///
    /// A mark that ends the reasoning may be a quotation: if it is in the draft, or if the text before it has a lower score, there is a
    /// doubt.
    ///
    /// Feedback is all that follows its label; without a label it is the whole answer without its reasoning.
    #[must_use]
    pub fn of(answer: &str, draft: &str, threshold: f64) -> Self {
        Self::of_parts(&Parts::of(answer), draft, threshold)
    }

    /// The same for an answer that is split already.
    pub(super) fn of_parts(parts: &Parts, draft: &str, threshold: f64) -> Self {
        match Self::of_text(&parts.text, draft, threshold) {
            Self::Score(mut verdict) if is_doubtful(parts, draft, verdict.score) => {
                verdict.score = None;
                Self::Unclear { why: Doubt::Mark, verdict }
            }
            reading => reading,
        }
    }

    /// The same for an answer without its reasoning, whatever stood there.
    pub(super) fn of_text(answer: &str, draft: &str, threshold: f64) -> Self {
        if answer.trim().is_empty() {
            let verdict = Verdict::of(None, None, answer, 0..0).with_feedback(EMPTY_ANSWER);
            return Self::Unclear { why: Doubt::Empty, verdict };
        }
        let readable = mask::without_blocks(answer, draft);
        let json = json::verdict(answer, &readable);
        let hidden = mask::without_quotations(&readable, json.as_ref().map(|json| json.range.clone()));
        let tokens = lexicon::tokens(&hidden);
        let reader = Reader { answer: &hidden, tokens: &tokens };

        let chosen = choose::choose(&candidates(reader, json.as_ref()));
        let word = json.as_ref().and_then(|json| json.word.clone()).or_else(|| Some(answer[reader.word()?].to_owned()));
        let refuses = json.as_ref().is_some_and(|json| json.refuses);
        let verdict = verdict(answer, reader, word.clone(), json);
        let (score, candidate) = match chosen {
            Ok(chosen) => chosen,
            Err(why) => return Self::Unclear { why, verdict },
        };
        if reader.is_withdrawn(&candidate, score) {
            return Self::Unclear { why: Doubt::Denied, verdict };
        }
        let decision = decision(reader, word.as_deref(), candidate);
        if score >= threshold && (decision == Some(Decision::Rework) || refuses || reader.refuses(&candidate)) {
            return Self::Contradiction { score, verdict };
        }
        Self::Score(verdict.with_score(score))
    }
}

/// Whether a score may be that of a quotation: the mark before it may be one, or text that stood before the mark has a lower score.
fn is_doubtful(parts: &Parts, draft: &str, score: Option<f64>) -> bool {
    let before = &parts.reasoning[parts.withdrawn.clone()];
    let readable = mask::without_blocks(before, draft);
    let json = json::verdict(before, &readable);
    let hidden = mask::without_quotations(&readable, json.as_ref().map(|json| json.range.clone()));
    let tokens = lexicon::tokens(&hidden);
    let found = candidates(Reader { answer: &hidden, tokens: &tokens }, json.as_ref());
    let mut labelled = found.iter().filter(|candidate| candidate.form.is_label());
    parts.may_quote(draft) || labelled.any(|candidate| candidate.score.map_or(true, |other| Some(other) < score))
}

/// All that may be the score, in the order of the answer.
fn candidates(reader: Reader<'_>, json: Option<&JsonVerdict>) -> Vec<Candidate> {
    let tables = reader.tables();
    let mut in_order = tables.iter().peekable();
    let mut found = reader.candidates(|at| {
        while in_order.peek().is_some_and(|table| table.tokens.end <= at) {
            in_order.next();
        }
        in_order.peek().filter(|table| table.tokens.contains(&at)).map(|table| table.tokens.end)
    });
    found.extend(tables.iter().filter_map(|table| table.result));
    if let Some(json) = json
        && let Some(score) = json.score
    {
        found.push(Candidate {
            score,
            is_denied: false,
            form: Form::Asked,
            is_final: false,
            start: json.range.start,
            next: reader.tokens.len(),
        });
    }
    found.sort_by_key(|candidate| candidate.start);
    found
}

/// What the critic decides in words: by the word of its verdict, or else on the line of its score.
fn decision(reader: Reader<'_>, word: Option<&str>, candidate: Candidate) -> Option<Decision> {
    if let Some(word) = word {
        let tokens = lexicon::tokens(word);
        return Reader { answer: word, tokens: &tokens }.decides(&(0..word.len()));
    }
    let start = reader.tokens.get(candidate.next)?.start;
    let line = reader.answer[start..].find('\n').map_or(reader.answer.len(), |length| start + length);
    reader.decides(&(start..line))
}

fn verdict(answer: &str, reader: Reader<'_>, word: Option<String>, json: Option<JsonVerdict>) -> Verdict {
    if let Some(feedback) = json.and_then(|json| json.feedback) {
        return Verdict::of(None, word, answer, 0..answer.len()).with_feedback(&feedback);
    }
    match reader.feedback() {
        Some(feedback) => Verdict::of(None, word, answer, feedback),
        None => Verdict::of(None, word, answer, whole(answer)),
    }
}

fn whole(answer: &str) -> Range<usize> {
    parts::trimmed(answer, 0..answer.len())
}

const EMPTY_ANSWER: &str = "(the critic gave an empty answer)";
