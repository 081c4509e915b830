//! What a paper of each kind asks, as templates: `{topic}`, `{a}` and `{b}` for the first two terms, `{t}` for the
//! term at hand, `{name}` for the person of the example.

use super::topic::Kind;

/// The templates of one kind of topic.
pub(super) struct Wording {
    pub(super) question: &'static str,
    /// A label, and what to find out about a term.
    pub(super) points: [(&'static str, &'static str); 5],
    pub(super) steps: [&'static str; 5],
    pub(super) example: &'static str,
    pub(super) objections: [&'static str; 3],
    pub(super) open: [&'static str; 3],
    pub(super) summary: &'static str,
}

/// The templates for topics of this kind.
pub(super) fn wording(kind: Kind) -> &'static Wording {
    match kind {
        Kind::Overview => &OVERVIEW,
        Kind::Decide => &DECIDE,
        Kind::Compare => &COMPARE,
        Kind::HowTo => &HOW_TO,
        Kind::Explain => &EXPLAIN,
    }
}

const OVERVIEW: Wording = Wording {
    question: "The topic names a subject and asks nothing yet. This paper reads it as: what must a reader know about \
        {a} in order to act, and what can be left out?",
    points: [
        (
            "Meaning",
            "say in one sentence what {t} covers here, and name one thing it is often taken for and is not.",
        ),
        (
            "People",
            "name who deals with {t} every day, and who only bears the consequences.",
        ),
        (
            "Measure",
            "find the one figure that describes {t} best, with its unit, its date and who measured it.",
        ),
        (
            "Change",
            "say what is different about {t} from five years ago, and what brought the change about.",
        ),
        (
            "Limit",
            "find the point at which {t} stops working or stops mattering, and what people do then.",
        ),
    ],
    steps: [
        "Write the one sentence about {a} that a reader should remember a week later. If it cannot be written yet, \
         the subject is still too wide.",
        "Collect three facts on {a} and three on {b}, each with its source.",
        "Go through the points above and drop those on which no reader could act.",
        "Write one page: the answer first, the reasons after it.",
        "Give the page to someone who knows nothing of {a}, ask what they would do next, and mend what they misread.",
    ],
    example: "{name} has to brief a colleague on Thursday. On Monday {name} writes: “After this you will know what \
        {a} is good for, and when to leave it alone.” On Tuesday two of the six collected facts, both on {b}, turn \
        out to have no source, and go. On Wednesday someone from another department reads the page and asks what \
        {a} costs, which nobody had put on the list. On Thursday the briefing opens with that figure.",
    objections: [
        "**Too wide.** A paper on {a} can go on for ever. Fix the reader and the length first; what does not serve \
         that reader goes.",
        "**Too neat.** One title does not make {a} and {b} belong together. Look for a case of the one without the \
         other.",
        "**Too late.** What was true of {b} may have changed. Put a date on every statement.",
    ],
    open: [
        "Who will read this, and what do they know of {a} already?",
        "Which statement about {b} would change the outcome most if it were wrong?",
        "What is left out on purpose, and is the reader told?",
    ],
    summary: "Settle what {a} means here, show with one figure and one case how it bears on {b}, and say where that \
        ends.",
};

const DECIDE: Wording = Wording {
    question: "The topic asks for a decision. This paper does not take it. It sets out what has to be known first: \
        the options, what speaks for each, and what would change the answer.",
    points: [
        (
            "Today",
            "describe in two sentences how things stand with {t}, without judging them.",
        ),
        (
            "Gain",
            "name the best thing that a yes would do for {t}, and put a figure to it.",
        ),
        (
            "Price",
            "name what a yes would cost in money, time and goodwill where {t} is concerned, and who pays.",
        ),
        (
            "Way back",
            "say how one would undo the decision if {t} turns out badly, and until when that is cheap.",
        ),
        (
            "Signal",
            "fix the observation about {t} that would change your mind before you make it up.",
        ),
    ],
    steps: [
        "Write down the options, leaving things as they are among them. Fewer than three is too few.",
        "Choose at most five criteria, {a} and {b} among them, and weigh them before looking at the options.",
        "Let each person score the options alone. Talk only about scores that differ by more than three.",
        "Try the leading option where a mistake is cheap, for a time fixed beforehand.",
        "Decide on a date that was named in advance, write down why, and set the day to look at it again.",
    ],
    example: "{name}'s group must answer by the end of the month. It weighs three criteria before it scores:\n\n\
        | Option | {a} (×5) | {b} (×3) | Way back (×2) | Sum |\n| --- | --- | --- | --- | --- |\n\
        | Yes, at once | 8 | 4 | 3 | 58 |\n| No | 4 | 7 | 8 | 57 |\n| Six weeks on trial | 7 | 6 | 6 | 65 |\n\n\
        Yes and no lie one point apart, so arguing about them would settle nothing. The trial wins, and {name} \
        writes down the same day which result on {a} would end it early.",
    objections: [
        "**The question may be the wrong one.** Yes or no is rarely all there is: a smaller step on {a} may bring \
         most of the gain.",
        "**Criteria can be bent.** If the weight of {b} is changed after the scoring, the scoring starts again.",
        "**Waiting is an answer too.** It has a price, and belongs on the list of options.",
    ],
    open: [
        "Who decides, and who must only be heard?",
        "What happens to {a} if nobody decides?",
        "What about {b} is known, and what is only believed?",
    ],
    summary: "Three options or more, at most five criteria with {a} and {b} among them, one cheap trial, one date. \
        Say beforehand what would change the answer.",
};

const COMPARE: Wording = Wording {
    question: "The topic sets things side by side. This paper names no winner. It says what has to be compared, so \
        that a reader can choose for a purpose of their own.",
    points: [
        (
            "Purpose",
            "say for which job {t} would be chosen, in the words of someone who does that job.",
        ),
        (
            "Strength",
            "find the case in which {t} clearly does better, and what makes the difference.",
        ),
        (
            "Weakness",
            "find the case in which {t} disappoints, and whether the thing or its use was at fault.",
        ),
        (
            "Cost",
            "add up what {t} takes in the first month and in the third year: money, learning, upkeep.",
        ),
        ("Way back", "say what it would take to leave {t} again."),
    ],
    steps: [
        "Fix the job first: one sentence, one user, one date.",
        "List five requirements of that job, and strike those that {a} and {b} meet equally well.",
        "Try both on what is left: the same task, the same person, the same hour.",
        "Put the results in a table, and mark what was measured and what was only heard.",
        "Give the answer as “take this one if …, the other if …”, never as a name alone.",
    ],
    example: "{name} gives both one afternoon and the same small task:\n\n\
        | Requirement | {a} | {b} |\n| --- | --- | --- |\n| First result after | 2 hours | 40 minutes |\n\
        | Mistakes found a week later | 1 | 4 |\n| Handed over to a colleague in | 2 days | half a day |\n\n\
        Neither column wins. {name} concludes: take {a} if the work must last for years, {b} if it must be shown on \
        Friday. The sentence is useful because it names the job.",
    objections: [
        "**Apples and pears.** {a} and {b} may not be alternatives at all; many who know both use each for its own \
         job.",
        "**Habit wins.** Whoever knows {a} well will find it better. Have the test done by someone who knows neither.",
        "**Today's answer.** Both change. Note the date and the version of what was compared with {b}.",
    ],
    open: [
        "Whose job is it that decides between {a} and {b}?",
        "Which difference would still matter in three years?",
        "Is there a third choice that nobody has named?",
    ],
    summary: "Fix the job, then try {a} and {b} on it under the same conditions, and answer in the form “this one \
        if …, the other if …”.",
};

const HOW_TO: Wording = Wording {
    question: "The topic asks how something is done. This paper is the frame of a guide: what must be there before, \
        the steps, and how to tell that each of them has worked.",
    points: [
        (
            "Goal",
            "say what is different once {t} is done, as something one can see or count.",
        ),
        (
            "Before",
            "list what must be there before anyone starts on {t}: tools, access, knowledge, permission.",
        ),
        (
            "First result",
            "find the smallest piece of {t} that works by itself and can be shown the same day.",
        ),
        ("Trap", "ask three people who know {t} where they lost the most time."),
        (
            "Check",
            "name the test that shows that {t} has worked, and what it looks like when it has not.",
        ),
    ],
    steps: [
        "Write the finished state down in one sentence, with {a} in it.",
        "Go through what is needed; whatever is missing comes first.",
        "Do the smallest piece of {a} from end to end, even if it is ugly.",
        "Bring in {b}, one piece at a time, with a check after each.",
        "Let someone follow the guide without help, and note every place where they stop.",
    ],
    example: "{name} has one afternoon. At 13:00 the goal is on paper: “By 17:00 I can show one thing about {a} that \
        works.” At 13:20 one tool turns out to be missing; fetching it takes until 14:00, and the guide gains a line \
        on what to have ready. At 15:30 the smallest piece runs. {b} has to wait until tomorrow, because the check \
        at 16:45 fails twice. The afternoon ends with one working piece and two notes for the next reader.",
    objections: [
        "**It worked here.** A guide to {a} written by one person fits one person. Name the conditions it was tried \
         under.",
        "**Steps without reasons.** Whoever does not know why a step is there cannot mend it when {b} behaves \
         otherwise.",
        "**Not at all?** Sometimes the best advice on {a} is to buy it, to borrow it, or to leave it.",
    ],
    open: [
        "What can the reader do already, and what must the guide not explain?",
        "How long may {a} take before one should stop?",
        "Which step goes wrong most often, and is {b} the reason?",
    ],
    summary: "Say what finished means, get the smallest piece of {a} to work first, bring in {b} with a check after \
        each step, and let a stranger try the guide.",
};

const EXPLAIN: Wording = Wording {
    question: "The topic asks for an explanation. This paper sets out what one has to cover: what is observed, what \
        is said to cause it, and how to tell a good account from one that merely sounds well.",
    points: [
        (
            "Observation",
            "describe {t} as someone would who meets it for the first time, without a word of theory.",
        ),
        (
            "Cause",
            "name the usual explanation of {t}, and the step in it that is hardest to show.",
        ),
        (
            "Rival",
            "name a second explanation of {t} that serious people hold, and what it explains better.",
        ),
        ("Test", "say what one would see if the usual account of {t} were wrong."),
        (
            "Picture",
            "find the comparison that makes {t} plain, and say where it breaks.",
        ),
    ],
    steps: [
        "Put the question as a child would. The answer must fit beneath it.",
        "Separate what is observed of {a} from what is concluded.",
        "Draw the chain from {a} to {b}, one arrow for each cause, and strike the arrows nobody can defend.",
        "Explain it aloud in two minutes without a term of art, and note where that halts.",
        "Look up exactly those places, and only then write.",
    ],
    example: "{name} explains {a} to a neighbour in two minutes, and is stopped twice. The first time at a word that \
        {name} had never had to define. The second time at “and therefore”, between {a} and {b}: the neighbour asks \
        how anyone knows. {name} does not know either, and writes the question down. Of the eleven sentences planned, \
        nine were never in doubt; the paper is about the other two.",
    objections: [
        "**It may not be so.** Before explaining {a}, make sure that it is really observed and not just often said.",
        "**Together is not because.** That {a} and {b} occur together shows nothing about which brings the other \
         about.",
        "**Too smooth.** An account of {b} that leaves no question open has left something out.",
    ],
    open: [
        "Which part of {a} is agreed on, and which disputed?",
        "What would have to be measured to decide it?",
        "Does the reader want to understand {b}, or to do something about it?",
    ],
    summary: "Describe {a} before explaining it, give the chain from there to {b} one cause at a time, set the \
        strongest rival beside it, and say what would refute it.",
};
