//! What a word can mean to a verdict.

/// What a word, or a few words, mean to a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// The label that was asked for.
    Asked,
    /// Another label of a score: `Rating`, `Bewertung`, `评分`.
    Score,
    /// That a score is the one that counts: `final`, `overall`, `gesamt`.
    Final,
    /// The label of the verdict's word.
    Verdict,
    /// The label of the feedback.
    Feedback,
    /// A verdict: it passes.
    Approve,
    /// A verdict: it goes back.
    Rework,
    Not,
    /// A number in words.
    Number(u8),
    /// The point of a number in words.
    Point,
    /// `and a half`.
    Half,
    /// `out of`, between a number and its scale.
    OutOf,
    /// The highest number of a scale: `max`, `满分`.
    Most,
    Percent,
    /// What is counted: `points`, `分`.
    Unit,
    Stars,
    /// `to` and `or`, between the ends of a range.
    Range,
    /// `or higher`.
    OrMore,
    /// Between two scores, of which the later counts.
    Then,
    /// `is`, between a label and its number.
    Is,
    /// What may stand between a label and its number: `a`, `about`, `this draft`.
    Filler,
    /// `solid`, before a number that is a score.
    Solid,
    /// The one who judges.
    I,
    /// To judge, with someone who does.
    Give,
    /// To judge, with the judge in the verb: `doy`.
    IGive,
    /// `would`: with someone who judges it is a statement.
    Would,
    /// What makes a score one that is not given: `could`, `should`.
    Unreal,
    /// The same in any place behind a score: `if`, `potential`.
    Condition,
    /// What refers to the score before: `that`, `which`.
    That,
    /// `as`, before what someone asks for.
    As,
    /// That a score is too high, if that is said of the score: `too high`, `wrong`.
    TooHigh,
    /// What a score is not, if it is denied: `deserved`, `justified`.
    Deserved,
    /// That the score before does not count: `undeserved`, `too generous`.
    Denied,
    /// That what was said before does not count: `on second thought`.
    Withdrawn,
    /// What makes a score another one than that of this draft: `below`, `previous`.
    Elsewhere,
    /// What makes it the statement of someone else, or an example.
    Said,
    /// What a score is for: a score with it is a part of another one.
    For,
    /// A box around the answer, in TeX.
    Boxed,
    /// A fraction, in TeX.
    Fraction,
}

impl Meaning {
    /// Whether it may stand between a label and its number.
    pub(super) fn is_filler(self) -> bool {
        matches!(self, Self::Filler | Self::That | Self::As)
    }

    /// Whether it makes a score one that is not given.
    pub(super) fn is_unreal(self) -> bool {
        matches!(self, Self::Would | Self::Unreal | Self::Condition)
    }

    /// Whether it makes a score in the same sentence no statement of the critic.
    pub(super) fn is_foreign(self) -> bool {
        self.is_unreal()
            || matches!(self, Self::Not | Self::Elsewhere | Self::Said | Self::OrMore | Self::Denied | Self::Withdrawn)
    }
}
