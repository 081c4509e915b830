//! The rehearsal's critic: the score of a draft by rules, and feedback on the rules that lost points.

use super::measure::Measured;
use super::rule::{RULES, Rule};
use super::topic::Topic;
use crate::chat::purpose::Material;

/// The score and the feedback in the form of a critic.
pub(super) fn critique(material: &Material, threshold: f64) -> String {
    let topic = Topic::read(&material.topic);
    let draft = material.draft.as_deref().unwrap_or(&material.topic);
    let measured = Measured::of(draft, &topic);
    let earned = RULES.into_iter().map(|rule| measured.earned(rule)).sum::<f64>().min(10.0);
    // The decision follows from the score that is said.
    let score = (earned * 10.0).round_ties_even() / 10.0;
    let decision = if score >= threshold { "APPROVE" } else { "REWORK" };
    format!("SCORE: {score:.1}\nVERDICT: {decision}\nFEEDBACK: {}", feedback(&measured))
}

fn feedback(measured: &Measured) -> String {
    let mut blocks = Vec::new();
    let missed = missed(measured);
    let (now, later) = missed.split_at(missed.len().min(AT_ONCE));
    if now.is_empty() {
        blocks.push("No rule was missed.".to_owned());
    } else {
        let items: Vec<String> = now.iter().zip(1..).map(|(&rule, n)| item(n, rule, measured)).collect();
        blocks.push(items.join("\n"));
    }
    if !later.is_empty() {
        blocks.push(format!("For later: {}.", names(later)));
    }
    let kept: Vec<Rule> = RULES.into_iter().filter(|rule| !missed.contains(rule)).collect();
    if !kept.is_empty() {
        blocks.push(format!("Keep as it is: {}.", names(&kept)));
    }
    blocks.push(format!(
        "{SIGNED} It counted {} words, {} sections of substance and {} links; whether a statement is true it cannot tell.",
        measured.words, measured.sections, measured.links
    ));
    blocks.join("\n\n")
}

fn item(number: usize, rule: Rule, measured: &Measured) -> String {
    let earned = (measured.earned(rule) * 100.0).round() / 100.0;
    let (name, weight, finding, remedy) = (rule.name(), rule.weight(), measured.finding(rule), rule.remedy());
    format!("{number}. **{name}** (earned {earned} of {weight}): {finding}. To mend it, {remedy}.")
}

fn names(rules: &[Rule]) -> String {
    rules.iter().map(|rule| rule.name().to_lowercase()).collect::<Vec<_>>().join(", ")
}

/// The rules by which a draft loses points, the most costly first.
pub(super) fn missed(measured: &Measured) -> Vec<Rule> {
    let lost = |rule: Rule| rule.weight() - measured.earned(rule);
    let mut missed: Vec<Rule> = RULES.into_iter().filter(|&rule| lost(rule) > 0.05).collect();
    missed.sort_by(|&a, &b| lost(b).total_cmp(&lost(a)));
    missed
}

/// The rules named by a feedback of this critic; `None` if the feedback is by another author.
pub(super) fn asked_by_rule(feedback: &str) -> Option<Vec<Rule>> {
    let own = feedback.contains(SIGNED);
    own.then(|| RULES.into_iter().filter(|rule| feedback.contains(&format!("**{}**", rule.name()))).collect())
}

const SIGNED: &str = "This is the rehearsal critic: rules that count, not a language model.";

/// The number of rules that the feedback of one round asks to mend.
const AT_ONCE: usize = 2;
