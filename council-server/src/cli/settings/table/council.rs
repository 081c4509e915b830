//! The settings of the council and its models.

use super::{MOST, Range, Setting, ValueKind};

pub(crate) const MODEL: Setting = Setting {
    name: "model",
    variable: "COUNCIL_MODEL",
    kind: ValueKind::Text,
    placeholder: "SPEC",
    default: None,
    help: "The model of all agents, as `provider/model`, or `rehearsal`, a rule-based stand-in that needs no key; by default \
           Claude or GPT if its key is set, else the rehearsal",
};

pub(crate) const CRITIC_MODEL: Setting = Setting {
    name: "critic-model",
    variable: "COUNCIL_CRITIC_MODEL",
    kind: ValueKind::Text,
    placeholder: "SPEC",
    default: None,
    help: "The model of the critic, if it has its own",
};

pub(crate) const WRITER_MODEL: Setting = Setting {
    name: "writer-model",
    variable: "COUNCIL_WRITER_MODEL",
    kind: ValueKind::Text,
    placeholder: "SPEC",
    default: None,
    help: "The model of the writer, if it has its own",
};

pub(crate) const THRESHOLD: Setting = Setting {
    name: "threshold",
    variable: "COUNCIL_THRESHOLD",
    kind: ValueKind::Number(Range::new("", 0, 10)),
    placeholder: "SCORE",
    default: Some("8"),
    help: "The score from which a draft is approved, 0 to 10",
};

pub(crate) const MAX_ITERATIONS: Setting = Setting {
    name: "max-iterations",
    variable: "COUNCIL_MAX_ITERATIONS",
    kind: ValueKind::Whole(Range::new(" of drafts", 1, MOST)),
    placeholder: "DRAFTS",
    default: Some("5"),
    help: "The most drafts; after the last one the writer starts, whatever its score",
};

pub(crate) const MAX_CALLS: Setting = Setting {
    name: "max-calls",
    variable: "COUNCIL_MAX_CALLS",
    kind: ValueKind::Whole(Range::new(" of calls", 1, MOST)),
    placeholder: "CALLS",
    default: None,
    help: "How many calls of models a run may make, for blueprints without their own `maxCalls` too; by default 50, or 10 for each draft \
           or agent if that is more and a critic closes every loop",
};

pub(crate) const MODEL_PATIENCE: Setting = Setting {
    name: "model-patience",
    variable: "COUNCIL_MODEL_PATIENCE",
    kind: ValueKind::Time,
    placeholder: "TIME",
    default: Some("24h"),
    help: "How long a run waits for a model that does not answer, before it fails",
};
