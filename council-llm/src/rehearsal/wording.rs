//! The templates of a paper of each kind. Slots: `{topic}`, `{a}` and `{b}` for the first two subjects, `{for}` for the reader, `{t}` for
//! the current term, `{name}` for the person of the example.
//!
//! A slot may be filled with a word or a phrase, a thing, a person or an emoji. So it follows a preposition, and is never the subject of a
//! verb that would have to agree with it.

use super::kind::TopicKind;

/// The templates of one kind of topic.
pub(super) struct Wording {
    pub(super) question: &'static str,
    /// The replacement for the second subject if the topic has only one.
    pub(super) beside: &'static str,
    /// A label, and a question about a term.
    pub(super) points: [(&'static str, &'static str); 5],
    pub(super) steps: [&'static str; 5],
    pub(super) example: &'static str,
    pub(super) objections: [&'static str; 3],
    pub(super) open: [&'static str; 3],
    pub(super) summary: &'static str,
}

/// The templates for topics of this kind.
pub(super) fn wording(kind: TopicKind) -> &'static Wording {
    match kind {
        TopicKind::Overview => &OVERVIEW,
        TopicKind::Decide => &DECIDE,
        TopicKind::Compare => &COMPARE,
        TopicKind::HowTo => &HOW_TO,
        TopicKind::Explain => &EXPLAIN,
    }
}

const OVERVIEW: Wording = Wording {
    question: "“{topic}” names a subject and asks nothing yet. This paper reads it as: what is worth knowing about {a} \
        for someone who has to act on it, and what can be left out?",
    beside: "the alternatives to {a}",
    points: [
        ("Meaning", "say in one sentence what {t} covers here, and name one thing it is often taken for and is not."),
        ("People", "name who deals with {t} every day, and who only bears the consequences."),
        ("Measure", "find the one figure that says most about {t}, with its unit, its date and who measured it."),
        ("Change", "say what is different about {t} from five years ago, and what brought the change about."),
        ("Limit", "find the point from which {t} no longer matters, and what people turn to then."),
    ],
    steps: [
        "Write down the one thing about {a} that should stay with {for} a week later. If that takes more than a \
         sentence, the subject is still too wide.",
        "Collect three facts on {a} and three on {b}, each with its source.",
        "Go through the points above and drop those on which nobody could act.",
        "Write one page: the answer first, the reasons after it.",
        "Give the page to someone who knows nothing of {a}, ask what they would do next, and mend what they misread.",
    ],
    example: "{name} has to brief a colleague on Thursday. The first sentence on Monday: “After this you will know \
        when to think of {a}, and when not to.” On Tuesday two of the six collected facts, both on {b}, turn out to \
        have no source, and go. On Wednesday someone from another department reads the page and asks for a figure on \
        {a} that nobody had put on the list. On Thursday the briefing opens with it.",
    objections: [
        "**Too wide.** A paper on {a} can go on for ever. Fix the length and the reader first; what does not serve \
         {for} goes.",
        "**Too neat.** One title does not tie {a} to {b}. Look for a case of the one without the other.",
        "**Too late.** What used to be true of {b} may have changed. Put a date on every statement.",
    ],
    open: [
        "What is known of {a} already, and does that hold for {for} too?",
        "Which statement about {b} would change the outcome most if it were wrong?",
        "What is left out on purpose, and does the paper say so?",
    ],
    summary: "Settle what {a} means here, show with one figure and one case how it bears on {b}, and say from where \
        on it no longer matters for {for}.",
};

const DECIDE: Wording = Wording {
    question: "“{topic}” asks for a decision. This paper does not take it. It sets out what has to be known first: the \
        options, what speaks for each, and what would change the answer.",
    beside: "what would stand in place of {a}",
    points: [
        ("Today", "describe in two sentences how things stand with {t}, without judging them."),
        ("Gain", "name the best that a yes would bring with regard to {t}, and put a figure to it."),
        ("Price", "name what a yes would cost in money, time and goodwill as far as {t} is concerned, and who pays."),
        ("Way back", "say how the decision could be undone if things go badly with {t}, and until when that is cheap."),
        ("Signal", "fix the observation about {t} that would change your mind before you make it up."),
    ],
    steps: [
        "Write down the options, leaving things as they are among them. Fewer than three is too few.",
        "Choose at most five criteria, one on {a} and one on {b} among them, and weigh them before looking at the \
         options.",
        "Let each person score the options alone. Talk only about scores that differ by more than three.",
        "Try the leading option where a mistake is cheap, for a time fixed beforehand.",
        "Decide on a date that was named in advance, write down why, and set the day to look at it again.",
    ],
    example: "{name}'s group must answer by the end of the month. It weighs three criteria before it scores from 0 to \
        10: what happens to {a} counts five times, what happens to {b} three times, the way back twice.\n\n\
        | Option | First (×5) | Second (×3) | Way back (×2) | Sum |\n| --- | --- | --- | --- | --- |\n\
        | Yes, at once | 8 | 4 | 3 | 58 |\n| No | 4 | 7 | 8 | 57 |\n| Six weeks on trial | 7 | 6 | 6 | 65 |\n\n\
        Yes and no lie one point apart, so arguing about them would settle nothing. The trial wins, and {name} \
        writes down the same day which news of {a} would end it early.",
    objections: [
        "**The question may be the wrong one.** Yes or no is rarely all there is: a smaller step with {a} may bring \
         most of the gain.",
        "**Criteria can be bent.** If the weight of {b} is changed after the scoring, the scoring starts again.",
        "**Waiting is an answer too.** It has a price for {for}, and belongs on the list of options.",
    ],
    open: [
        "Who decides, and who must only be heard?",
        "What happens with {a} if nobody decides, and what does that mean for {for}?",
        "What about {b} is known, and what is only believed?",
    ],
    summary: "Take three options or more and at most five criteria, with {a} and {b} among them. Try the best option \
        cheaply, decide on a date, and say beforehand what would change the answer.",
};

const COMPARE: Wording = Wording {
    question: "“{topic}” sets things side by side. This paper names no winner. It says what has to be compared, so \
        that a reader can choose for a purpose of their own.",
    beside: "the alternatives to {a}",
    points: [
        ("Purpose", "say for which job one would turn to {t}, in the words of someone who does that job."),
        ("Strength", "find a case that went clearly better with {t}, and what made the difference."),
        ("Weakness", "find a case that went wrong with {t}, and whether the thing or its use was at fault."),
        ("Cost", "add up what one spends on {t} in the first month and in the third year: money, learning, upkeep."),
        ("Way back", "say what it would take to get away from {t} again."),
    ],
    steps: [
        "Fix the job first, here for {for}: one sentence, one user, one date.",
        "List five requirements of that job, and strike those that make no difference between {a} and {b}.",
        "Try both on what is left: the same task, the same person, the same hour.",
        "Put the results in a table, and mark what was measured and what was only heard.",
        "Give the answer as “take this one if …, the other if …”, never as a name alone.",
    ],
    example: "{name} gives both one afternoon and the same small task:\n\n\
        | Requirement | {a} | {b} |\n| --- | --- | --- |\n| First result after | 2 hours | 40 minutes |\n\
        | Mistakes found a week later | 1 | 4 |\n| Handed over to a colleague in | 2 days | half a day |\n\n\
        Neither column wins. With figures like these {name} would conclude: take {a} if the work must last for \
        years, {b} if there must be something to show on Friday. The sentence is useful because it names the job.",
    objections: [
        "**Apples and pears.** Between {a} and {b} there may be no choice to make: often each has a job of its own.",
        "**Habit wins.** Whoever is used to {a} will find it better. Have the test done by someone who is used to \
         neither.",
        "**Today's answer.** Things move on. Note the date and the version of all that was compared with {b}.",
    ],
    open: [
        "Whose job is it that decides between {a} and {b}?",
        "Which difference would still matter for {for} in three years?",
        "Is there a third choice that nobody has named?",
    ],
    summary: "Fix the job for {for}, try {a} and {b} on it under the same conditions, and answer in the form “this one \
        if …, the other if …”.",
};

const HOW_TO: Wording = Wording {
    question: "“{topic}” asks how something is done. This paper is the frame of a guide: what must be there before, \
        the steps, and how to tell that each of them has worked.",
    beside: "the rest of {a}",
    points: [
        ("Goal", "say what will be possible with {t} in the end that is not possible now, so that one can see it."),
        ("Before", "list what has to be there before the work on {t} begins: tools, access, knowledge, permission."),
        ("First result", "find the smallest piece of work on {t} that stands by itself and can be shown the same day."),
        ("Trap", "ask three people with experience of {t} where they lost the most time."),
        ("Check", "name the test that shows that the work on {t} has succeeded, and say what failure looks like."),
    ],
    steps: [
        "Write down in one sentence what “finished” means for {for}.",
        "Go through what is needed; whatever is missing comes first.",
        "Do the smallest piece of work on {a} from end to end, even if the result is ugly.",
        "Go on to {b}, one piece at a time, with a check after each.",
        "Let someone follow the guide without help, and note every place where they stop.",
    ],
    example: "{name} has one afternoon for {a}. At 13:00 the goal is on paper: “By 17:00 I can show one thing that \
        works.” At 13:20 it turns out that a tool is missing; fetching it takes until 14:00, and the guide gains a \
        line on what to have ready. At 15:30 the smallest piece is done. The check at 16:45 fails twice, so there is \
        no time left today for {b}. The afternoon ends with one working piece and two notes for the next person.",
    objections: [
        "**It worked here.** A guide to {a} that one person wrote fits one person. Say under which conditions it was \
         tried, and whether they hold for {for}.",
        "**Steps without reasons.** Whoever does not know why a step is there cannot mend it when something is \
         different with {b}.",
        "**Not at all?** Sometimes the best advice on {a} is to buy, to borrow, or to leave it.",
    ],
    open: [
        "What can be taken as known, and what must be explained for {for}?",
        "How much time may go into {a} before one should stop?",
        "Which step goes wrong most often, and has that to do with {b}?",
    ],
    summary: "Say what “finished” means for {for}, get the smallest piece of {a} to work first, go on to {b} with a \
        check after each step, and let a stranger try the guide.",
};

const EXPLAIN: Wording = Wording {
    question: "“{topic}” asks for an explanation. This paper sets out what one has to cover: what is observed, what is \
        said to cause it, and how to tell a good account from one that merely sounds good.",
    beside: "what follows from {a}",
    points: [
        ("Observation", "describe {t} as someone would for the first time, without a word of theory."),
        ("Cause", "name the usual explanation as far as {t} is concerned, and the step in it that is hardest to show."),
        ("Rival", "name a second explanation that serious people hold, and what it makes clearer about {t}."),
        ("Test", "say what one would observe about {t} if the usual account were wrong."),
        ("Picture", "find the comparison that makes {t} plain, and say where it breaks."),
    ],
    steps: [
        "Put the question as a child would. The answer must fit beneath it.",
        "Separate what is observed of {a} from what is concluded.",
        "Draw the chain from {a} to {b}, one arrow for each cause, and strike the arrows nobody can defend.",
        "Explain it aloud in two minutes without a term of art, and note where that halts.",
        "Look up exactly those places, and only then write for {for}.",
    ],
    example: "{name} has two minutes to explain {a} to a neighbour, and is stopped twice. The first time at a word \
        that {name} had never had to define. The second time at an “and therefore” on the way from {a} to {b}: the \
        neighbour asks how anyone knows. {name} cannot say, and writes the question down. Of the eleven sentences \
        planned, nine were never in doubt; the paper is about the other two.",
    objections: [
        "**It may not be so.** Before explaining {a}, make sure that it is really observed and not just often said.",
        "**Together is not because.** To find {a} together with {b} does not show which brings the other about.",
        "**Too smooth.** An account of {b} that leaves no question open has left something out.",
    ],
    open: [
        "What about {a} is agreed on, and what is disputed?",
        "What would have to be measured to decide it?",
        "Is it enough for {for} to understand {b}, or is there something to be done about it?",
    ],
    summary: "Describe {a} before explaining it, give the chain from there to {b} one cause at a time, set the \
        strongest rival beside it, and say what would refute it.",
};
