//! A property over random states: a value is refused where it is written, with its field, or it is read back equal.

use std::collections::BTreeMap;

use council_core::journal::{Journal, Memory, ReadFrom};
use council_core::stored::At;
use council_core::{Failure, Graph, Outcome, State, StateGraph, error_chain, node};
use proptest::prelude::*;

use super::{Flat, Key, Kind, Marker, Odd, OddUpdate, Tree, Wrapped, comes_back};

/// Mostly numbers that JSON has.
fn float() -> impl Strategy<Value = f64> {
    prop_oneof![9 => prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL | prop::num::f64::ZERO, 1 => prop::num::f64::ANY]
}

fn small() -> impl Strategy<Value = f32> {
    prop_oneof![9 => prop::num::f32::NORMAL | prop::num::f32::SUBNORMAL | prop::num::f32::ZERO, 1 => prop::num::f32::ANY]
}

/// Mostly `None`, and rarely a `Some` that JSON writes as null.
fn rarely<T: Clone + std::fmt::Debug + 'static>(odd: T) -> impl Strategy<Value = Option<T>> {
    prop::option::weighted(0.05, Just(odd))
}

fn key() -> impl Strategy<Value = Key> {
    let cell = (any::<u8>(), any::<u8>()).prop_map(|(x, y)| Key::Cell(x, y));
    prop_oneof![20 => Just(Key::Corner), 20 => Just(Key::Middle), 1 => cell]
}

fn kind() -> impl Strategy<Value = Kind> {
    let leaf = prop_oneof![
        Just(Kind::Unit),
        any::<Option<u8>>().prop_map(Kind::One),
        float().prop_map(|number| Kind::Pair(number, ()))
    ];
    leaf.prop_recursive(3, 8, 1, |inner| {
        (small(), prop::option::of(inner.prop_map(Box::new))).prop_map(|(weight, inner)| Kind::Named { weight, inner })
    })
}

fn flat() -> impl Strategy<Value = Flat> {
    let key = prop_oneof![10 => "[a-z\"\\\\\u{0}ä]{0,3}", 1 => Just("name".to_owned())];
    (any::<String>(), prop::collection::btree_map(key, any::<u8>(), 0..3)).prop_map(|(name, rest)| Flat { name, rest })
}

fn states() -> impl Strategy<Value = Odd> {
    let first = (float(), small(), prop::option::of(float()), kind(), any::<(i128, u128)>());
    let options = (
        prop_oneof![9 => any::<Option<u8>>().prop_map(|some| some.map(Some)), 1 => Just(Some(None))],
        rarely(()),
        rarely(Marker),
        prop_oneof![9 => any::<Option<u8>>().prop_map(|some| some.map(|n| Wrapped(Some(n)))), 1 => Just(Some(Wrapped(None)))],
    );
    let maps = (
        prop::collection::btree_map(any::<char>(), any::<bool>(), 0..3),
        prop::collection::btree_map(any::<bool>(), any::<u64>(), 0..3),
        prop::collection::btree_map(any::<i128>(), small(), 0..3),
        prop::collection::btree_map(key(), any::<u8>(), 0..3),
    );
    let depth = prop_oneof![9 => 1..100_usize, 1 => 100..160_usize];
    let reduced = (
        prop::collection::vec(prop::option::of(small()), 0..3),
        prop::collection::btree_map(key(), float(), 0..3),
        float(),
    );
    (first, options, maps, flat(), depth, reduced).prop_map(
        |(
            (score, small, maybe, kind, big),
            (nested, unit, marker, wrapped),
            (letters, flags, numbers, cells),
            flat,
            depth,
            (seen, board, best),
        )| Odd {
            score,
            small,
            maybe,
            nested,
            unit,
            marker,
            wrapped,
            kind,
            big,
            letters,
            flags,
            numbers,
            cells,
            flat,
            tree: Tree::of_depth(depth),
            seen,
            board,
            best,
        },
    )
}

/// The fields that `serde_json` does not read back equal.
fn odd_fields(odd: &Odd) -> Vec<&'static str> {
    let fields: BTreeMap<_, _> = [
        ("score", comes_back(&odd.score)),
        ("small", comes_back(&odd.small)),
        ("maybe", comes_back(&odd.maybe)),
        ("nested", comes_back(&odd.nested)),
        ("unit", comes_back(&odd.unit)),
        ("marker", comes_back(&odd.marker)),
        ("wrapped", comes_back(&odd.wrapped)),
        ("kind", comes_back(&odd.kind)),
        ("big", comes_back(&odd.big)),
        ("letters", comes_back(&odd.letters)),
        ("flags", comes_back(&odd.flags)),
        ("numbers", comes_back(&odd.numbers)),
        ("cells", comes_back(&odd.cells)),
        ("flat", comes_back(&odd.flat)),
        ("tree", comes_back(&(odd.tree.clone(),))),
        ("seen", comes_back(&odd.seen)),
        ("board", comes_back(&odd.board)),
        ("best", comes_back(&odd.best)),
    ]
    .into();
    fields.into_iter().filter(|(_, comes_back)| !comes_back).map(|(field, _)| field).collect()
}

/// The update that makes the default state this one.
fn update(odd: Odd) -> OddUpdate {
    let update = Odd::update().score(odd.score).small(odd.small).maybe(odd.maybe).nested(odd.nested).unit(odd.unit);
    let update = update.marker(odd.marker).wrapped(odd.wrapped).kind(odd.kind).big(odd.big).letters(odd.letters);
    let update = update.flags(odd.flags).numbers(odd.numbers).cells(odd.cells).flat(odd.flat).tree(odd.tree);
    update.extend_seen(odd.seen).extend_board(odd.board).overwrite_best(odd.best)
}

fn graph(written: OddUpdate) -> Graph<Odd> {
    let mut graph = StateGraph::<Odd>::new("odd");
    let first = node!(graph, "first", async move |_| Ok(Odd::update().overwrite_best(1.0)));
    let write = node!(graph, "write", async move |_| Ok(written.clone()));
    graph.start(first).edge(first, write).end(write);
    graph.compile().unwrap()
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

/// Asserts that the error names one of these fields, and says where its value is.
fn names(error: &(dyn std::error::Error + 'static), odd: &[&str]) -> Result<(), TestCaseError> {
    let text = error_chain(error);
    let named = odd.iter().any(|field| {
        text.contains(&format!("`{field}`:"))
            || text.contains(&format!("`{field}."))
            || text.contains(&format!("`{field}["))
    });
    prop_assert!(named, "{text} names none of {odd:?}");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_state_is_read_back_equal_or_refused_with_its_field(odd in states()) {
        let faults = odd_fields(&odd);
        let written = update(odd.clone());
        block_on(async {
            let (journal, program) = (Memory::default(), graph(written));
            match program.run(Odd::default()).id("r").journal(journal.clone()).await {
                Ok(outcome) => {
                    prop_assert!(faults.is_empty(), "{faults:?} cannot be stored");
                    prop_assert_eq!(outcome.state(), &odd);
                    let position = program.load(&journal, "r").await.unwrap();
                    prop_assert_eq!(position.state(), &odd);
                    let snapshot = program.snapshot(&position).unwrap();
                    let again = program.restore(&snapshot).unwrap();
                    prop_assert_eq!(again.state(), &odd);
                }
                Err(error) => {
                    prop_assert!(!faults.is_empty(), "{}", error_chain(&error));
                    names(&error, &faults)?;
                    let Failure::Unwritable { what, .. } = error.failure() else { panic!("{error:?}") };
                    prop_assert_eq!(what, "the update of node `write`");
                    // Nothing before it is lost, and another program goes on.
                    let corrected = graph(Odd::update().score(0.5));
                    let position = corrected.load(&journal, "r").await.unwrap();
                    prop_assert_eq!((position.supersteps(), position.state().best), (1, 1.0));
                    let outcome = corrected.resume(position).journal(journal.clone()).await.unwrap();
                    let Outcome::Finished(state) = outcome else { panic!("{outcome:?}") };
                    prop_assert_eq!((state.best, state.score), (1.0, 0.5));
                    let loaded = corrected.load(&journal, "r").await.unwrap();
                    prop_assert_eq!(loaded.state(), &state);
                }
            }
            Ok(())
        })?;
    }

    #[test]
    fn an_input_is_read_back_equal_or_refused_with_its_field(odd in states()) {
        let faults = odd_fields(&odd);
        block_on(async {
            let (journal, program) = (Memory::default(), graph(Odd::update()));
            match program.run(odd.clone()).id("r").journal(journal.clone()).await {
                Ok(_) => {
                    prop_assert!(faults.is_empty(), "{faults:?} cannot be stored");
                    let position = program.load_at(&journal, "r", At::Superstep(0)).await.unwrap();
                    prop_assert_eq!(position.state(), &odd);
                }
                Err(error) => {
                    prop_assert!(!faults.is_empty(), "{}", error_chain(&error));
                    names(&error, &faults)?;
                    prop_assert!(journal.read("r", ReadFrom::Snapshot).await.is_err(), "nothing is stored");
                }
            }
            Ok(())
        })?;
    }
}
