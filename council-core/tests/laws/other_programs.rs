//! The states of programs that change the meaning of fields: their reducers, or what they contain.

use std::collections::BTreeMap;

use council_core::{State, StateGraph};
use serde::{Deserialize, Serialize};

use crate::model::{Field, Modelled, Object, Rule};
use crate::plans::{Document, Plan, together};
use crate::programs::{Item, SHEET, Versioned, field, longest, sheet};

sheet! {
    [trail sum peak ballast plain score writers marks items last, overwrite_trail overwrite_sum; Reducing]
    struct Reducing {
        #[state(append)]
        trail: Vec<String>,
        #[state(max, formerly(add))]
        sum: u64,
        #[state(add, formerly(max))]
        peak: u64,
        #[state(max)]
        ballast: String,
        #[state(add, formerly(replace))]
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

    impl Versioned for Reducing {}

    impl Modelled for Reducing {
        const FIELDS_OF_MODEL: &'static [Field] = &[
            field("trail", Rule::Append),
            field("sum", Rule::Max),
            field("peak", Rule::Add),
            field("ballast", Rule::Max),
            field("plain", Rule::Add),
            field("score", Rule::Replace),
            field("writers", Rule::Concurrent),
            field("marks", Rule::Merge),
            field("items", Rule::ById),
            field("last", Rule::Longest),
        ];
    }
}

sheet! {
    [trail sum peak ballast plain score writers marks items last, overwrite_trail overwrite_sum; Plainer]
    struct Plainer {
        #[state(append)]
        trail: Vec<String>,
        #[state(add)]
        sum: u64,
        #[state(formerly(max))]
        peak: u64,
        #[state(max)]
        ballast: String,
        plain: u64,
        #[serde(skip_serializing_if = "Option::is_none")]
        score: Option<u64>,
        writers: Vec<String>,
        #[state(merge)]
        marks: BTreeMap<String, u64>,
        #[state(by_id)]
        items: Vec<Item>,
        #[state(longest)]
        last: String,
    }

    impl Versioned for Plainer {}

    impl Modelled for Plainer {
        const FIELDS_OF_MODEL: &'static [Field] = &{
            let [trail, sum, _, ballast, plain, score, _, marks, items, last] = SHEET;
            let [peak, writers] = [field("peak", Rule::Replace), field("writers", Rule::Replace)];
            [trail, sum, peak, ballast, plain, score, writers, marks, items, last]
        };
    }
}

sheet! {
    [trail sum peak ballast plain score writers marks items last, overwrite_trail overwrite_sum; OtherReducer]
    struct OtherReducer {
        #[state(append)]
        trail: Vec<String>,
        #[state(add)]
        sum: u64,
        #[state(add)]
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
    }

    impl Versioned for OtherReducer {}

    impl Modelled for OtherReducer {
        const FIELDS_OF_MODEL: &'static [Field] = &SHEET;
    }
}

sheet! {
    [trail tenfold peak ballast plain score writers marks items last, overwrite_trail overwrite_tenfold; Migrated]
    struct Migrated {
        #[state(append)]
        trail: Vec<String>,
        #[state(add)]
        tenfold: u64,
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

    impl Versioned for Migrated {
        fn set(graph: &mut StateGraph<Self>) {
            graph.version(2).migrate(|stored| {
                assert_eq!(stored.version(), 1);
                stored.rename("sum", "tenfold");
                stored.convert("tenfold", |sum: u64| sum * 10)?;
                stored.rename("plain", "numbers");
                stored.convert("numbers", |number: u64| [number])?;
                stored.overwrite("numbers");
                Ok(())
            });
        }
    }

    impl Modelled for Migrated {
        const FIELDS_OF_MODEL: &'static [Field] = &{
            let [trail, _, peak, ballast, plain, score, writers, marks, items, last] = SHEET;
            let [tenfold, numbers] = [field("tenfold", Rule::Add), field("numbers", Rule::Append)];
            [trail, tenfold, peak, ballast, plain, numbers, score, writers, marks, items, last]
        };
        const VERSION: u64 = 2;

        fn migrated(object: &mut Object, is_update: bool, _: u64) {
            for key in ["sum", "=sum"] {
                if let Some(sum) = object.remove(key) {
                    object.insert(key.replace("sum", "tenfold"), (sum.as_u64().unwrap() * 10).into());
                }
            }
            if let Some(plain) = object.remove("plain") {
                object.insert(if is_update { "=numbers" } else { "numbers" }.to_owned(), vec![plain].into());
            }
        }
    }
}
