//! The room for an answer that a refusal names.

/// The room for an answer, in tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Room {
    /// The longest answer of the model.
    OfModel(u32),
    /// The rest of the context behind this prompt.
    OfRequest(u32),
}

impl Room {
    pub(super) fn tokens(self) -> u32 {
        let (Self::OfModel(tokens) | Self::OfRequest(tokens)) = self;
        tokens
    }
}

/// The room that a refusal of `sent` tokens names, if it is smaller and of use.
///
/// There is no common form, so the numbers in the message decide: `max_tokens: 100000 > 64000, which is the maximum allowed number of output
/// tokens`, `the valid range of max_tokens is [1, 8192]`, `maximum context length is 4096 tokens. However, you requested 5000 tokens (3000 in
/// the messages, 2000 in the completion)`.
pub(super) fn room(message: &str, sent: u32) -> Option<Room> {
    let message = message.to_lowercase();
    let numbers = numbers(&message);
    let room = match context(&message, &numbers) {
        Some(context) => Room::OfRequest(context.saturating_sub(prompt(&message, &numbers, sent)?)),
        None => Room::OfModel(longest_answer(&message, &numbers, sent)?),
    };
    let of_use = (sent / 4).clamp(SHORTEST_ANSWER, LONG_ANSWER);
    (of_use..sent).contains(&room.tokens()).then_some(room)
}

/// The longest answer of the model: the largest number that is smaller than the refused one. If there is none, it is a length that every
/// model has.
fn longest_answer(message: &str, numbers: &[Number], sent: u32) -> Option<u32> {
    if !LIMITS.iter().any(|name| message.contains(name)) {
        return None;
    }
    let exclusive = |number: &&Number| message[number.end..].trim_start().starts_with("(exclusive)");
    let values = numbers.iter().map(|number| number.value - u32::from(number.value > 0 && exclusive(&number)));
    let too_long = || TOO_LONG.iter().any(|words| message.contains(words)).then_some(LONG_ANSWER);
    values.filter(|value| *value < sent).max().or_else(too_long)
}

/// The size of the context, if the message names it.
fn context(message: &str, numbers: &[Number]) -> Option<u32> {
    let named = CONTEXTS.iter().find(|(subject, words)| message.contains(subject) && message.contains(words));
    named.and_then(|(_, words)| after(message, numbers, words))
}

/// The size of the prompt.
fn prompt(message: &str, numbers: &[Number], sent: u32) -> Option<u32> {
    let said = PROMPTS_BEFORE.iter().find_map(|words| before(message, numbers, words));
    let told = || PROMPTS_AFTER.iter().find_map(|words| after(message, numbers, words));
    let rest = || after(message, numbers, "requested about").and_then(|total| total.checked_sub(sent));
    said.or_else(told).or_else(rest)
}

/// The first number behind these words.
fn after(message: &str, numbers: &[Number], words: &str) -> Option<u32> {
    let end = message.find(words)? + words.len();
    numbers.iter().find(|number| number.begin >= end).map(|number| number.value)
}

/// The last number before these words.
fn before(message: &str, numbers: &[Number], words: &str) -> Option<u32> {
    let begin = message.find(words)?;
    numbers.iter().rev().find(|number| number.end <= begin).map(|number| number.value)
}

/// A whole number in a text, which is no part of a name.
struct Number {
    begin: usize,
    end: usize,
    value: u32,
}

fn numbers(text: &str) -> Vec<Number> {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ',');
    let mut found = Vec::new();
    let mut begin = 0;
    for piece in text.split_inclusive(|c| !is_word(c)) {
        let word = piece.trim_end_matches(|c| !is_word(c)).trim_end_matches(['.', ',']);
        // A comma groups digits by three. Any other comma divides two numbers.
        let groups = word.split(',').skip(1).all(|group| group.len() == 3);
        let mut at = begin;
        for part in if groups { vec![word] } else { word.split(',').collect() } {
            if let Ok(value) = part.replace(',', "").parse() {
                found.push(Number { begin: at, end: at + part.len(), value });
            }
            at += part.len() + 1;
        }
        begin += piece.len();
    }
    found
}

/// The names of the length of an answer.
const LIMITS: [&str; 8] = [
    "max_tokens",
    "max_completion_tokens",
    "max_output_tokens",
    "maxoutputtokens",
    "max tokens",
    "maximum tokens",
    "output tokens",
    "completion tokens",
];

/// The words of a refusal that may name no number.
const TOO_LONG: [&str; 4] = ["too large", "too high", "exceeds", "out of range"];

/// The subject of a message about the context, and the words before the size of the context: of OpenAI and vLLM, SGLang, Anthropic, TGI.
const CONTEXTS: [(&str, &str); 4] = [
    ("context", "maximum context length is"),
    ("context", "maximum context length of"),
    ("exceed context limit", " > "),
    ("max_new_tokens", "must be <="),
];

/// The words behind the size of the prompt: of vLLM, of SGLang, of OpenAI, twice.
const PROMPTS_BEFORE: [&str; 4] = [" input tokens", " tokens from the input", " in the messages", " in your prompt"];

/// The words before the size of the prompt: of Anthropic and TGI.
const PROMPTS_AFTER: [&str; 2] = ["exceed context limit:", "given:"];

/// The fewest tokens of an answer that is of use.
const SHORTEST_ANSWER: u32 = 256;

/// The tokens of an answer that is of use, however long the requested one.
const LONG_ANSWER: u32 = 4096;

#[cfg(test)]
mod tests {
    use super::Room::{OfModel, OfRequest};
    use super::*;

    #[test]
    fn the_room_is_found_in_the_words_of_each_server() {
        for (sent, message, expected) in [
            (
                100_000,
                "max_tokens: 100000 > 64000, which is the maximum allowed number of output tokens for claude-x-4-5-20250929",
                OfModel(64_000),
            ),
            (
                100_000,
                "max_tokens is too large: 100000. This model supports at most 16384 completion tokens, whereas you provided 100000.",
                OfModel(16_384),
            ),
            (9000, "Invalid max_tokens value, the valid range of max_tokens is [1, 8192]", OfModel(8192)),
            (9000, "Range of max_tokens should be [1,8192]", OfModel(8192)),
            (9000, "max_tokens must be <= 8192", OfModel(8192)),
            (
                9000,
                "`max_tokens` must be less than or equal to `8192`, the maximum value for `max_tokens` is less than the `context_window`",
                OfModel(8192),
            ),
            (
                9000,
                "The maximum tokens you requested exceeds the model limit of 4096. Try again with a lower value than 4096.",
                OfModel(4096),
            ),
            (
                9000,
                "too many tokens: max tokens must be less than or equal to 4096, the maximum output for this model - received 9000.",
                OfModel(4096),
            ),
            (
                100_000,
                "it has a maxOutputTokens value of 100000 but the supported range is from 1 (inclusive) to 65537 (exclusive).",
                OfModel(65_536),
            ),
            (384_000, "max_tokens (384000) exceeds model's maximum output tokens (65536)", OfModel(65_536)),
            (70_000, "max_tokens is too large", OfModel(4096)),
            (70_000, "max_tokens must be at most 65,536", OfModel(65_536)),
            (
                8192,
                "'max_tokens' or 'max_completion_tokens' is too large: 8192. This model's maximum context length is 8192 tokens and your request has 100 input tokens (8192 > 8192 - 100).",
                OfRequest(8092),
            ),
            (
                2000,
                "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens (3000 in the messages, 2000 in the completion).",
                OfRequest(1096),
            ),
            (
                8000,
                "This model's maximum context length is 4096 tokens. However, you requested 8000 output tokens and your prompt contains at least 97 input tokens, for a total of at least 8097 tokens.",
                OfRequest(3999),
            ),
            (
                21_333,
                "input length and `max_tokens` exceed context limit: 188240 + 21333 > 200000, decrease input length or `max_tokens`",
                OfRequest(11_760),
            ),
            (
                132_000,
                "Requested token count exceeds the model's maximum context length of 131072 tokens. You requested a total of 140000 tokens: 8000 tokens from the input messages and 132000 tokens for the completion.",
                OfRequest(123_072),
            ),
            (
                262_000,
                "This endpoint's maximum context length is 262000 tokens. However, you requested about 263390 tokens (658 of text input, 732 of tool input, 262000 in the output).",
                OfRequest(260_610),
            ),
            (
                5000,
                "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 8193. Given: 4000 `inputs` tokens and 5000 `max_new_tokens`",
                OfRequest(4193),
            ),
        ] {
            assert_eq!(room(message, sent), Some(expected), "{message}");
        }
    }

    #[test]
    fn a_message_without_useful_room_names_none() {
        for (sent, message) in [
            (
                32_000,
                "This model's maximum context length is 4096 tokens. However, your messages resulted in 5000 tokens.",
            ),
            (
                4000,
                "This model's maximum context length is 4096 tokens. However, you requested 8050 tokens (4050 in the messages, 4000 in the completion).",
            ),
            (32_000, "prompt is too long: 213462 tokens > 200000 maximum"),
            (9000, "max_tokens: Field required"),
            (9000, "max_tokens must be at least 1"),
            (9000, "temperature has to be at most 2"),
            (9000, "99999999999999999999 max_tokens"),
        ] {
            assert_eq!(room(message, sent), None, "{message}");
        }
    }
}
