//! The marks around reasoning, as models and servers write them.

/// What an answer begins with.
pub(super) enum Opening<'a> {
    /// Reasoning that these marks end.
    Reasoning {
        ends: &'static [&'static str],
        after: &'a str,
    },
    /// The header of a channel.
    Channel(Channel, &'a str),
    /// Perhaps the beginning of a mark.
    Unfinished,
    None,
}

/// What a channel of the format of gpt-oss holds.
pub(super) enum Channel {
    /// The answer.
    Final,
    /// Reasoning, or words to tools.
    Other,
}

/// What stands at a place.
pub(super) enum Found<'a> {
    /// A mark, in lower case, and what follows it.
    Mark(&'static str, &'a str),
    /// The beginning of a mark, as far as the text goes.
    Beginning,
    Nothing,
}

/// The mark at the beginning of `body`.
pub(super) fn opening(body: &str) -> Opening<'_> {
    if body.is_empty() {
        return Opening::Unfinished;
    }
    for (open, ends) in MARKS {
        if let Some(after) = strip(body, open) {
            return Opening::Reasoning { ends, after };
        }
    }
    if let Some(after) = body.strip_prefix(BARE_CHANNEL)
        && after.starts_with(char::is_uppercase)
    {
        return Opening::Reasoning { ends: BARE_CHANNEL_ENDS, after };
    }
    if CHANNEL_HEADS.iter().any(|head| body.starts_with(head)) {
        let longest = body.char_indices().nth(LONGEST_HEADER).map_or(body.len(), |(at, _)| at);
        return match body[..longest].find(MESSAGE) {
            Some(at) => {
                let channel = if body[..at].contains("final") { Channel::Final } else { Channel::Other };
                Opening::Channel(channel, &body[at + MESSAGE.len()..])
            }
            None if longest < body.len() => Opening::None,
            None => Opening::Unfinished,
        };
    }
    let starts = MARKS.iter().map(|(open, _)| *open).chain(CHANNEL_HEADS.iter().copied()).chain([BARE_CHANNEL]);
    if starts.into_iter().any(|start| begins(body, start)) || body == BARE_CHANNEL {
        Opening::Unfinished
    } else {
        Opening::None
    }
}

/// One of `ends` at the beginning of `tail`.
pub(super) fn closing<'a>(tail: &'a str, ends: &[&'static str]) -> Found<'a> {
    let Some(first) = tail.bytes().next() else { return Found::Nothing };
    for end in ends.iter().filter(|end| end.bytes().next() == Some(first)) {
        if let Some(after) = strip(tail, end) {
            // The header of the next channel is read as one.
            return Found::Mark(end, if CHANNEL_HEADS.iter().any(|head| end.starts_with(head)) { tail } else { after });
        }
        if begins(tail, end) {
            return Found::Beginning;
        }
    }
    Found::Nothing
}

/// Whether `tail` begins with an opening mark.
pub(super) fn opens(tail: &str) -> bool {
    is_sign(tail) && MARKS.iter().any(|(open, _)| strip(tail, open).is_some())
}

/// Whether all of `tail` may be the beginning of an opening mark.
pub(super) fn may_open(tail: &str) -> bool {
    is_sign(tail) && MARKS.iter().any(|(open, _)| begins(tail, open))
}

fn is_sign(tail: &str) -> bool {
    tail.starts_with(['<', '[', '◁'])
}

/// What follows `mark` in any case of its letters.
fn strip<'a>(text: &'a str, mark: &str) -> Option<&'a str> {
    let (head, after) = text.split_at_checked(mark.len())?;
    head.eq_ignore_ascii_case(mark).then_some(after)
}

/// Whether `text` is shorter than `mark` and begins it.
fn begins(text: &str, mark: &str) -> bool {
    text.len() < mark.len() && mark.get(..text.len()).is_some_and(|head| head.eq_ignore_ascii_case(text))
}

/// Opening marks, and the marks that end what they open. None begins another one.
const MARKS: &[(&str, &[&str])] = &[
    ("<think>", &["</think>"]),
    ("<thinking>", &["</thinking>"]),
    ("<thought>", &["</thought>"]),
    ("<reasoning>", &["</reasoning>"]),
    ("<seed:think>", &["</seed:think>"]),
    ("<|begin_of_thought|>", &["<|end_of_thought|>"]),
    ("<|start_thinking|>", &["<|end_thinking|>"]),
    ("[think]", &["[/think]"]),
    ("◁think▷", &["◁/think▷"]),
];

/// Closing marks that end reasoning whose opening mark was dropped.
pub(super) const LONE: &[&str] = &[
    "</think>",
    "</thinking>",
    "</thought>",
    "</reasoning>",
    "</seed:think>",
    "<|end_of_thought|>",
    "<|end_thinking|>",
    "[/think]",
    "◁/think▷",
    "<|start|>assistant<|channel|>final<|message|>",
    "<|channel|>final<|message|>",
];

/// What begins a channel: `<|channel|>analysis<|message|>`.
const CHANNEL_HEADS: &[&str] = &["<|channel|>", "<|start|>"];
const MESSAGE: &str = "<|message|>";
/// What ends a channel that is not the last one.
pub(super) const CHANNEL_ENDS: &[&str] = &["<|end|>", "<|return|>", "<|call|>", "<|start|>", "<|channel|>"];
/// What ends the channel of the answer.
pub(super) const CHANNEL_STOPS: &[&str] = &["<|end|>", "<|return|>"];
/// The longest header of a channel, in characters.
const LONGEST_HEADER: usize = 200;

/// The name of a channel whose marks a server has dropped: `analysisThe draft ... assistantfinalSCORE: 7`.
const BARE_CHANNEL: &str = "analysis";
const BARE_CHANNEL_ENDS: &[&str] = &["assistantfinal"];

/// The longest beginning that is held back for an opening mark, in bytes.
pub(super) const LONGEST_BLANK: usize = 2_000;
