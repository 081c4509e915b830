use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::{Parts, Piece, Splitter};

/// An answer, its text and its reasoning.
const ANSWERS: &[(&str, &str, &str)] = &[
    ("", "", ""),
    ("  \n", "  \n", ""),
    (" # Kettles\n", " # Kettles\n", ""),
    ("<think>Boil.</think>Pour.", "Pour.", "Boil."),
    ("\n<think>\nBoil.\n</think>\n\n# Kettles\n", "# Kettles\n", "\nBoil.\n"),
    ("<THINK>Boil.</THINK> Pour.", "Pour.", "Boil."),
    ("<thinking>Boil.</thinking>\nPour.", "Pour.", "Boil."),
    ("<thought>Boil.</thought>\nPour.", "Pour.", "Boil."),
    ("<reasoning>Boil.</reasoning>\nPour.", "Pour.", "Boil."),
    ("[THINK]Boil.[/THINK]Pour.", "Pour.", "Boil."),
    ("◁think▷Boil.◁/think▷Pour.", "Pour.", "Boil."),
    ("<|START_THINKING|>Boil.<|END_THINKING|>Pour.", "Pour.", "Boil."),
    ("<think>One.</think>\n<think>Two.</think>Pour.", "Pour.", "One.Two."),
    ("<think>Is a <b> or </thi a mark?</think>Pour.", "Pour.", "Is a <b> or </thi a mark?"),
    ("<think></think>Pour.", "Pour.", ""),
    // It never ends, or nothing follows it.
    ("<think>Boil.", "", "Boil."),
    ("<think>Boil.</think>\n", "", "Boil."),
    ("<think>Boil.</thi", "", "Boil.</thi"),
    ("<thi", "<thi", ""),
    // A lone closing mark.
    ("Boil.\n</think>\n\nPour.", "Pour.", "Boil.\n"),
    ("Boil.</thinking>Pour.", "Pour.", "Boil."),
    ("<think>a <think>b</think> c</think>Pour.", "Pour.", "a <think>bc"),
    ("Boil. `</think>` is a mark.", "Boil. `</think>` is a mark.", ""),
    ("Boil.\n```\n</think>\n```\nPour.", "Boil.\n```\n</think>\n```\nPour.", ""),
    ("Models think <think>so</think> a lot.", "Models think <think>so</think> a lot.", ""),
    // A mark within a sentence is spoken of.
    ("The </think> mark is odd.", "The </think> mark is odd.", ""),
    ("The </think> mark is odd.\n</think>\n\nPour.", "Pour.", "The </think> mark is odd.\n"),
    ("It ends with (</think>).\n</think>\nPour.", "Pour.", "It ends with (</think>).\n"),
    ("Boil </think> Pour.", "Pour.", "Boil "),
    ("Boil </think>", "", "Boil "),
    ("One</think>Two</think>Three", "Two</think>Three", "One"),
    // Reasoning has ended before.
    ("<think>Boil.</think>One</think>Two", "One</think>Two", "Boil."),
    ("<think>Boil.</think>One<|channel|>final<|message|>Two", "One<|channel|>final<|message|>Two", "Boil."),
    // Not at the beginning.
    ("# Kettles\n\n<think>Boil.</think> Pour.", "# Kettles\n\n<think>Boil.</think> Pour.", ""),
    ("```\n<think>Boil.</think>\n```", "```\n<think>Boil.</think>\n```", ""),
    ("<thinker>Rodin</thinker>", "<thinker>Rodin</thinker>", ""),
    // Channels.
    (
        "<|channel|>analysis<|message|>Boil.<|end|><|start|>assistant<|channel|>final<|message|>Pour.<|return|>",
        "Pour.",
        "Boil.",
    ),
    ("<|start|>assistant<|channel|>analysis<|message|>Boil.<|channel|>final<|message|>Pour.", "Pour.", "Boil."),
    ("<|channel|>commentary to=x<|message|>{}<|call|><|channel|>final<|message|>Pour.", "Pour.", "{}"),
    ("Boil.<|end|><|start|>assistant<|channel|>final<|message|>Pour.<|return|>", "Pour.", "Boil.<|end|>"),
    ("analysisWe boil. assistantfinalPour.", "Pour.", "We boil. "),
    ("analysis of kettles", "analysis of kettles", ""),
    ("<|channel|> is a token", "<|channel|> is a token", ""),
];

#[test]
fn every_kind_of_reasoning_is_split_from_the_text() {
    for &(answer, text, reasoning) in ANSWERS {
        let parts = Parts::of(answer);
        assert_eq!((parts.text.as_str(), parts.reasoning.as_str()), (text, reasoning), "{answer:?}");
    }
}

#[test]
fn text_is_given_out_as_soon_as_it_is_known() {
    let (mut pieces, mut splitter) = (Vec::new(), Splitter::default());
    for chunk in ["# Ket", "tles <", "b> and ", "</th", "ink>", " Pour."] {
        splitter.push(chunk, |piece| pieces.push(piece));
    }
    splitter.finish(|piece| pieces.push(piece));
    let text = |text: &str| Piece::Text(text.to_owned());
    assert_eq!(pieces, [text("# Ket"), text("tles "), text("<b> and "), Piece::Withdrawn, text("Pour.")]);
}

#[test]
fn a_long_answer_of_any_kind_takes_linear_time() {
    for part in [
        "<",
        "</think",
        "<think>",
        "</think>",
        "`",
        "```\n",
        " ",
        "[",
        "<|channel|>",
        "analysis",
        "x<|end|>",
        "x</think>",
        "x</think> ",
    ] {
        let answer = part.repeat((4 << 20) / part.len());
        Parts::of(&answer);
        let mut splitter = Splitter::default();
        let mut length = 0;
        for chunk in answer.as_bytes()[..1 << 18].chunks(3) {
            splitter.push(&String::from_utf8_lossy(chunk), |_| length += 1);
        }
        splitter.finish(|_| length += 1);
    }
}

fn answer() -> impl Strategy<Value = String> {
    let parts = [
        "<think>",
        "</think>",
        "<thinking>",
        "</thinking>",
        "<|channel|>",
        "analysis",
        "final",
        "<|message|>",
        "<|end|>",
        "<|start|>",
        "assistant",
        "<|return|>",
        "`",
        "```",
        "\n",
        " ",
        "x",
        "ü",
        "◁think▷",
        "◁/think▷",
        "<",
        "[think]",
        "[/think]",
        "W",
        ",",
        "(",
        "\t",
    ];
    prop::collection::vec(select(parts.to_vec()), 0..24).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn chunks_make_no_difference(answer in answer(), cuts in prop::collection::vec(any::<Index>(), 0..12)) {
        let whole = Parts::of(&answer);
        let chars: Vec<char> = answer.chars().collect();
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(chars.len() + 1)).collect();
        cuts.extend([0, chars.len()]);
        cuts.sort_unstable();
        let (mut parts, mut splitter) = (Parts::default(), Splitter::default());
        for range in cuts.windows(2) {
            let chunk: String = chars[range[0]..range[1]].iter().collect();
            splitter.push(&chunk, |piece| parts.add(piece));
        }
        parts.cut = splitter.finish(|piece| parts.add(piece));
        prop_assert_eq!(&parts, &whole);

        let (mut parts, mut splitter) = (Parts::default(), Splitter::default());
        for c in chars {
            splitter.push(c.encode_utf8(&mut [0; 4]), |piece| parts.add(piece));
        }
        parts.cut = splitter.finish(|piece| parts.add(piece));
        prop_assert_eq!(parts, whole);
    }

    #[test]
    fn an_answer_without_marks_is_text(answer in "(\\PC|\n|`){0,60}") {
        prop_assume!(!answer.contains(['<', '[', '◁']) && !answer.trim_start().starts_with("analysis"));
        prop_assert_eq!(Parts::of(&answer).text, answer);
    }
}
