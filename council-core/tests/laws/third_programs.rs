//! The states of programs that are the third version of a run: they follow one that has changed the same fields before.

use std::collections::BTreeMap;

use council_core::{State, StateGraph};
use serde::{Deserialize, Serialize};

use crate::model::{Field, Modelled, Object, Rule};
use crate::other_programs::Migrated;
use crate::plans::{Document, Plan, together};
use crate::programs::{Item, SHEET, Versioned, field, longest, sheet};

// Follows `Renamed`: fields have a third name.
sheet! {
    [route whole peak ballast plain score writers marks items last, overwrite_route overwrite_whole; RenamedAgain]
    #[state(removed("plain"))]
    #[serde(deny_unknown_fields)]
    struct RenamedAgain {
        #[state(append, renamed = "trail", renamed = "path")]
        route: Vec<String>,
        #[state(add, renamed = "sum", renamed = "the total")]
        whole: u64,
        #[state(max)]
        peak: u64,
        #[state(max)]
        ballast: String,
        #[state(renamed = "new plain")]
        #[serde(default, rename = "newest plain")]
        plain: u64,
        #[state(renamed = "points")]
        score: Option<u64>,
        #[state(concurrent(together), renamed = "authors")]
        writers: Vec<String>,
        #[state(merge, renamed = "signs")]
        marks: BTreeMap<String, u64>,
        #[state(by_id, renamed = "items", renamed = "things")]
        #[serde(rename = "objects")]
        items: Vec<Item>,
        #[state(longest)]
        last: String,
    }

    impl Versioned for RenamedAgain {}

    impl Modelled for RenamedAgain {
        const FIELDS_OF_MODEL: &'static [Field] = &[
            Field { name: "route", key: "route", former: &["trail", "path"], rule: Rule::Append },
            Field { name: "whole", key: "whole", former: &["sum", "the total"], rule: Rule::Add },
            field("peak", Rule::Max),
            field("ballast", Rule::Max),
            Field { name: "plain", key: "newest plain", former: &["new plain"], rule: Rule::Replace },
            Field { name: "score", key: "score", former: &["points"], rule: Rule::Replace },
            Field { name: "writers", key: "writers", former: &["authors"], rule: Rule::Concurrent },
            Field { name: "marks", key: "marks", former: &["signs"], rule: Rule::Merge },
            Field { name: "items", key: "objects", former: &["items", "things"], rule: Rule::ById },
            field("last", Rule::Longest),
        ];
        const REMOVED: &'static [&'static str] = &["plain"];
    }
}

// Follows `Reducing`: the reducers are those of the first program again.
sheet! {
    [trail sum peak ballast plain score writers marks items last, overwrite_trail overwrite_sum; ReducingAgain]
    struct ReducingAgain {
        #[state(append)]
        trail: Vec<String>,
        #[state(add, formerly(max))]
        sum: u64,
        #[state(max, formerly(add))]
        peak: u64,
        #[state(max)]
        ballast: String,
        #[state(formerly(add))]
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

    impl Versioned for ReducingAgain {}

    impl Modelled for ReducingAgain {
        const FIELDS_OF_MODEL: &'static [Field] = &SHEET;
    }
}

// Follows `Migrated`: the third version of the graph migrates the records of the first and of the second.
sheet! {
    [trail hundredfold peak ballast plain score writers marks items last, overwrite_trail overwrite_hundredfold; MigratedAgain]
    struct MigratedAgain {
        #[state(append)]
        trail: Vec<String>,
        #[state(add)]
        hundredfold: u64,
        #[state(max)]
        peak: u64,
        #[state(max)]
        ballast: String,
        #[state(append)]
        numbers: Vec<u64>,
        #[serde(default)]
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

    impl Versioned for MigratedAgain {
        fn set(graph: &mut StateGraph<Self>) {
            graph.version(3).migrate(|stored| {
                if stored.version() < 2 {
                    stored.rename("sum", "tenfold");
                    stored.convert("tenfold", |sum: u64| sum * 10)?;
                    stored.rename("plain", "numbers");
                    stored.convert("numbers", |number: u64| [number])?;
                    stored.overwrite("numbers");
                }
                stored.rename("tenfold", "hundredfold");
                stored.convert("hundredfold", |tenfold: u64| tenfold * 10)?;
                Ok(())
            });
        }
    }

    impl Modelled for MigratedAgain {
        const FIELDS_OF_MODEL: &'static [Field] = &{
            let [trail, _, peak, ballast, plain, score, writers, marks, items, last] = SHEET;
            let [hundredfold, numbers] = [field("hundredfold", Rule::Add), field("numbers", Rule::Append)];
            [trail, hundredfold, peak, ballast, plain, numbers, score, writers, marks, items, last]
        };
        const VERSION: u64 = 3;

        fn migrated(object: &mut Object, is_update: bool, version: u64) {
            if version < 2 {
                Migrated::migrated(object, is_update, version);
            }
            for key in ["tenfold", "=tenfold"] {
                if let Some(tenfold) = object.remove(key) {
                    object.insert(key.replace("tenfold", "hundredfold"), (tenfold.as_u64().unwrap() * 10).into());
                }
            }
        }
    }
}
