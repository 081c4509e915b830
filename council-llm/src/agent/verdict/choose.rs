//! Chooses the score of an answer among all that were found.

use super::candidate::{Candidate, Form};
use super::reading::Doubt;

/// The score that counts: the last one in the form that was asked for, or else the last one that is called final, or else the only one.
pub(super) fn choose(found: &[Candidate]) -> Result<(f64, Candidate), Doubt> {
    let (score, chosen) = best(found)?;
    let is_later = |later: &&Candidate| later.start > chosen.start && later.form != Form::Phrase;
    let lowers = |later: &Candidate| later.score.is_ok_and(|later| later + ROUNDING < score);
    if found.iter().filter(is_later).any(lowers) { Err(Doubt::Several) } else { Ok((score, chosen)) }
}

fn best(found: &[Candidate]) -> Result<(f64, Candidate), Doubt> {
    let asked = || found.iter().filter(|one| one.form == Form::Asked);
    let total = found.iter().rfind(|one| one.form == Form::Final);
    if let Some(last) = asked().rfind(|one| one.is_final).or_else(|| asked().next_back()) {
        let score = last.given()?;
        // A lower total makes a higher score doubtful.
        let is_lower = |total: &Candidate| total.score.is_ok_and(|total| total + ROUNDING < score);
        return if total.is_some_and(is_lower) && !last.is_final { Err(Doubt::Several) } else { Ok((score, *last)) };
    }
    let mut own = found.iter().filter(|one| one.form != Form::Mention);
    let first = total.or(own.next()).ok_or(Doubt::NoScore)?;
    let score = first.given()?;
    for other in own.filter(|_| total.is_none()) {
        if (other.given()? - score).abs() > ROUNDING {
            return Err(Doubt::Several);
        }
    }
    Ok((score, *first))
}

/// How far two scores may be apart that are the same, on scales of their own.
const ROUNDING: f64 = 0.051;
