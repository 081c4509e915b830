//! The states of the programs that follow each other: a state, and what the next version of a program may change of it.

use std::collections::BTreeMap;

use council_core::{Identified, State, StateGraph};
use serde::{Deserialize, Serialize};

use crate::model::{Field, Modelled, Rule};
use crate::other_programs::Reducing;
use crate::plans::{Document, Plan, together};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Item {
    pub(crate) id: u64,
    pub(crate) text: String,
}

impl Identified for Item {
    type Id = u64;

    fn id(&self) -> &u64 {
        &self.id
    }
}

pub(crate) fn longest(field: &mut String, other: String) {
    if other.len() > field.len() {
        *field = other;
    }
}

/// Declares a state that has the fields of `Sheet` under these names: those in brackets in the order of `Sheet`, then the methods that
/// overwrite `trail` and `sum`, and the state of its subgraph.
macro_rules! sheet {
    (
        [$trail:ident $sum:ident $peak:ident $ballast:ident $plain:ident $score:ident $writers:ident $marks:ident $items:ident
            $last:ident, $overwrite_trail:ident $overwrite_sum:ident; $part:ident]
        $(#[$attribute:meta])*
        struct $name:ident { $($fields:tt)* }
        $($extra:item)*
    ) => {
        #[derive(State, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        $(#[$attribute])*
        pub(crate) struct $name { $($fields)* }

        impl Document for $name {
            type Part = $part;

            fn trail(&self) -> &[String] {
                &self.$trail
            }

            fn sum(&self) -> u64 {
                self.$sum
            }

            fn with_sum(sum: u64) -> Self {
                Self { $sum: sum, ..Self::default() }
            }

            fn update_of(plan: &Plan, number: usize, item: Option<u32>, seen: String) -> Self::Update {
                let written = number as u64;
                let task = Plan::task(number, item);
                let update = Self::update().$peak(written).$ballast("x".repeat(plan.ballast)).$writers([task.clone()]);
                let update = update.$marks(task.clone(), seen.len() as u64).$last(seen.clone());
                let update = update.$items(Item { id: written % 3, text: task });
                // The only task of this node overwrites what others write beside it.
                let update = match (number, seen.len() % 3) {
                    (1, 0) => update.$overwrite_trail([seen]).$sum(1),
                    (1, 1) => update.$trail(seen).$overwrite_sum(7),
                    _ => update.$trail(seen).$sum(written),
                };
                if plan.plain.contains(&number) {
                    update.$plain(written).$score((written % 2 == 0).then_some(written))
                } else {
                    update
                }
            }

            fn set_version(graph: &mut StateGraph<Self>) {
                <Self as Versioned>::set(graph);
            }
        }

        $($extra)*
    };
}

pub(crate) use sheet;

/// The version of the graphs of a state.
pub(crate) trait Versioned: State {
    fn set(_graph: &mut StateGraph<Self>) {}
}

pub(crate) const fn field(name: &'static str, rule: Rule) -> Field {
    Field { name, key: name, former: &[], rule }
}

/// The fields of `Sheet`, in its order.
pub(crate) const SHEET: [Field; 10] = [
    field("trail", Rule::Append),
    field("sum", Rule::Add),
    field("peak", Rule::Max),
    field("ballast", Rule::Max),
    field("plain", Rule::Replace),
    field("score", Rule::Replace),
    field("writers", Rule::Concurrent),
    field("marks", Rule::Merge),
    field("items", Rule::ById),
    field("last", Rule::Longest),
];

sheet! {
    [trail sum peak ballast plain score writers marks items last, overwrite_trail overwrite_sum; Sheet]
    struct Sheet {
        #[state(append)]
        trail: Vec<String>,
        #[state(add)]
        sum: u64,
        #[state(max)]
        peak: u64,
        #[state(max)]
        ballast: String,
        plain: u64,
        #[serde(skip_serializing_if = "Option::is_none")]
        score: Option<u64>,
        #[state(concurrent(together))]
        writers: Vec<String>,
        #[state(merge)]
        marks: BTreeMap<String, u64>,
        #[state(by_id)]
        items: Vec<Item>,
        #[state(longest)]
        last: String,
    }

    impl Versioned for Sheet {}

    impl Modelled for Sheet {
        const FIELDS_OF_MODEL: &'static [Field] = &SHEET;
    }
}

sheet! {
    [trail sum peak ballast plain score writers marks items last, overwrite_trail overwrite_sum; Reducing]
    struct Reordered {
        #[state(longest)]
        last: String,
        #[state(by_id)]
        items: Vec<Item>,
        #[state(merge)]
        marks: BTreeMap<String, u64>,
        #[state(concurrent(together))]
        writers: Vec<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        score: Option<u64>,
        plain: u64,
        #[state(max)]
        ballast: String,
        #[state(max)]
        peak: u64,
        #[state(add)]
        sum: u64,
        #[state(append)]
        trail: Vec<String>,
    }

    impl Versioned for Reordered {}

    impl Modelled for Reordered {
        const FIELDS_OF_MODEL: &'static [Field] = &SHEET;
    }
}

sheet! {
    [path total peak_value ballast plain score writers marks items last, overwrite_path overwrite_total; Renamed]
    #[state(removed("plain"))]
    #[serde(deny_unknown_fields)]
    struct Renamed {
        #[state(append, renamed = "trail", renamed = "way")]
        path: Vec<String>,
        #[state(add, renamed = "sum")]
        #[serde(rename = "the total")]
        total: u64,
        // Its key stays.
        #[state(max)]
        #[serde(rename = "peak")]
        peak_value: u64,
        #[state(max)]
        ballast: String,
        #[serde(default, rename = "new plain")]
        plain: u64,
        #[state(renamed = "score")]
        #[serde(rename = "points")]
        score: Option<u64>,
        #[state(concurrent(together), renamed = "writers")]
        #[serde(rename = "authors")]
        writers: Vec<String>,
        #[state(merge, renamed = "marks")]
        #[serde(rename = "signs")]
        marks: BTreeMap<String, u64>,
        #[state(by_id, renamed = "items")]
        #[serde(rename = "things")]
        items: Vec<Item>,
        #[state(longest)]
        last: String,
    }

    impl Versioned for Renamed {}

    impl Modelled for Renamed {
        const FIELDS_OF_MODEL: &'static [Field] = &[
            Field { name: "path", key: "path", former: &["trail"], rule: Rule::Append },
            Field { name: "total", key: "the total", former: &["sum"], rule: Rule::Add },
            Field { name: "peak_value", key: "peak", former: &[], rule: Rule::Max },
            field("ballast", Rule::Max),
            Field { name: "plain", key: "new plain", former: &[], rule: Rule::Replace },
            Field { name: "score", key: "points", former: &["score"], rule: Rule::Replace },
            Field { name: "writers", key: "authors", former: &["writers"], rule: Rule::Concurrent },
            Field { name: "marks", key: "signs", former: &["marks"], rule: Rule::Merge },
            Field { name: "items", key: "things", former: &["items"], rule: Rule::ById },
            field("last", Rule::Longest),
        ];
        const REMOVED: &'static [&'static str] = &["plain"];
    }
}

sheet! {
    [trail sum peak ballast plain score writers marks items last, overwrite_trail overwrite_sum; Extended]
    #[serde(default)]
    struct Extended {
        #[state(append)]
        trail: Vec<String>,
        #[state(add)]
        sum: u64,
        #[state(max)]
        peak: u64,
        #[state(max)]
        ballast: String,
        plain: u64,
        score: Option<u64>,
        #[state(concurrent(together))]
        writers: Vec<String>,
        #[state(merge)]
        marks: BTreeMap<String, u64>,
        #[state(by_id)]
        items: Vec<Item>,
        #[state(longest)]
        last: String,
        title: String,
        #[state(append)]
        remarks: Vec<String>,
    }

    impl Versioned for Extended {}

    impl Modelled for Extended {
        const FIELDS_OF_MODEL: &'static [Field] = &{
            let [trail, sum, peak, ballast, plain, score, writers, marks, items, last] = SHEET;
            let [title, remarks] = [field("title", Rule::Replace), field("remarks", Rule::Append)];
            [trail, sum, peak, ballast, plain, score, writers, marks, items, last, title, remarks]
        };
    }
}
