//! Chooses the score of an answer among all that were found.

use super::find::{Candidate, Form};
use super::reading::Doubt;

/// The score that counts: the last one in the form that was asked for, or else the last one that is called final, or else the only one.
pub(super) fn choose(found: &[Candidate]) -> Result<(f64, Candidate), Doubt> {
    let asked = || found.iter().filter(|one| one.form == Form::Asked);
    let total = found.iter().rfind(|one| one.form == Form::Final);
    if let Some(last) = asked().rfind(|one| one.is_final).or_else(|| asked().next_back()) {
        let score = last.score?;
        // A lower total makes a higher score doubtful.
        let is_lower = |total: &Candidate| total.score.is_ok_and(|total| total + ROUNDING < score);
        return if total.is_some_and(is_lower) && !last.is_final { Err(Doubt::Several) } else { Ok((score, *last)) };
    }
    let first = total.or(found.first()).ok_or(Doubt::NoScore)?;
    let score = first.score?;
    for other in found.iter().filter(|_| total.is_none()) {
        if (other.score? - score).abs() > ROUNDING {
            return Err(Doubt::Several);
        }
    }
    Ok((score, *first))
}

/// How far two scores may be apart that are the same, on scales of their own.
const ROUNDING: f64 = 0.051;
