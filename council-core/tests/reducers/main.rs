//! `#[derive(State)]`: every reducer, with one write and with several writes in one update.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod by_id;
mod from_macro;
mod generic;
mod serde_keys;
mod serde_values;
mod settings;
mod stored;
mod untracked;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use council_core as engine;
use council_core::{State, Update, merge};

/// Joins with a blank.
#[allow(clippy::needless_pass_by_value, reason = "a reducer takes the write")]
fn sentence(text: &mut String, word: String) {
    if !text.is_empty() {
        text.push(' ');
    }
    text.push_str(&word);
}

mod far {
    pub(crate) fn beside(text: &mut String, other: String) {
        text.extend(["|".to_owned(), other]);
    }

    pub(crate) fn product(value: &mut u64, factor: u64) {
        *value *= factor;
    }
}

#[derive(State, Clone, Debug, Default, PartialEq)]
struct All {
    name: String,
    count: u32,
    score: Option<f64>,
    note: Option<String>,
    #[state(replace)]
    plain: Vec<u8>,
    #[state(concurrent(far::beside))]
    text: String,
    #[state(append)]
    list: Vec<String>,
    #[state(append)]
    queue: VecDeque<u8>,
    #[state(append)]
    set: BTreeSet<u8>,
    #[state(add)]
    total: i64,
    #[state(max)]
    peak: f64,
    #[state(min)]
    low: f64,
    #[state(min)]
    first: String,
    #[state(merge)]
    ages: BTreeMap<String, u32>,
    #[state(merge)]
    index: HashMap<u8, u8>,
    #[state(sentence)]
    words: String,
    #[state(far::product)]
    product: u64,
    r#type: bool,
}

fn after(update: AllUpdate) -> All {
    let mut all = All { product: 1, ..All::default() };
    all.apply(update);
    all
}

#[test]
fn a_field_without_a_write_keeps_its_value() {
    let mut all = All { name: "x".into(), total: 3, ..All::default() };
    let before = all.clone();
    all.apply(All::update());
    assert_eq!(all, before);
}

#[test]
fn replace_accepts_convertible_values() {
    let all = after(All::update().name("n").count(3).score(Some(8.5)).note("y".to_owned()).plain([1, 2]).r#type(true));
    assert_eq!((all.name.as_str(), all.count, all.score), ("n", 3, Some(8.5)));
    assert_eq!((all.note.as_deref(), all.plain.as_slice(), all.r#type), (Some("y"), [1, 2].as_slice(), true));
    assert_eq!(after(All::update().count(1).count(2)).count, 2, "within one update the later write wins");
}

#[test]
fn concurrent_writes_of_one_superstep_are_merged() {
    assert_eq!(after(All::update().text("a").text("b")).text, "b", "within one update the later write wins");
    let mut all = All { text: "old".into(), ..All::default() };
    let updates = [All::update().total(1), All::update().text("a"), All::update().total(2), All::update().text("b")];
    merge(&mut all, updates).unwrap();
    assert_eq!((all.text.as_str(), all.total), ("a|b", 3));
    merge(&mut all, [All::update().text("alone")]).unwrap();
    assert_eq!(all.text, "alone");
}

#[test]
fn conflicting_updates_are_refused_and_do_not_change_the_state() {
    let mut all = All::default();
    let error =
        merge(&mut all, [All::update().total(1), All::update().name("a"), All::update().name("b")]).unwrap_err();
    assert_eq!((error.field, error.first, error.second), ("name", 1, 2));
    assert_eq!(all, All::default());
    merge(&mut all, [All::update().total(1), All::update().overwrite_total(9), All::update().total(1)]).unwrap();
    assert_eq!(all.total, 9, "an overwrite wins over the other writes");
}

#[test]
fn append_adds_items_in_order_to_any_collection() {
    let all =
        after(All::update().list("a").extend_list(["b".into(), "c".into()]).list("d").queue(1).queue(2).set(3).set(3));
    assert_eq!(all.list, ["a", "b", "c", "d"]);
    assert_eq!(all.queue, [1, 2]);
    assert_eq!(all.set, BTreeSet::from([3]));
}

#[test]
fn add_works_on_numbers_as_they_are() {
    let all = after(All::update().total(i64::from(u32::MAX)).total(-1));
    assert_eq!(all.total, 4_294_967_294, "integers stay integers");
}

#[test]
fn max_and_min_do_not_depend_on_the_order_of_writes() {
    let writes = [[2.0, 1.0, f64::NAN, 3.0], [3.0, f64::NAN, 1.0, 2.0]];
    for [first, second, third, fourth] in writes {
        let mut all = All { peak: 1.5, low: 1.5, first: "m".into(), ..All::default() };
        all.apply(All::update().peak(first).peak(second).low(first).low(second).first("z".into()));
        assert_eq!(all.first, "m", "`max` and `min` take every type with an order");
        all.apply(All::update().peak(third).peak(fourth).low(third).low(fourth).first("b".into()).first("c".into()));
        assert_eq!((all.peak, all.low, all.first.as_str()), (3.0, 1.0, "b"));
    }
}

#[test]
fn merge_puts_entries_into_maps() {
    let mut all = after(All::update().extend_ages([("a".into(), 1), ("b".into(), 2)]).ages("a", 3).index(1, 1));
    all.apply(All::update().ages("c", 4));
    assert_eq!(all.ages, BTreeMap::from([("a".into(), 3), ("b".into(), 2), ("c".into(), 4)]));
    assert_eq!(all.index, HashMap::from([(1, 1)]));
}

#[test]
fn a_function_reduces_each_write_in_order() {
    let all = after(All::update().words("one").words("two").product(2).product(5));
    assert_eq!((all.words.as_str(), all.product), ("one two", 10));
}

#[test]
fn later_writes_continue_from_an_overwrite() {
    let mut all = after(All::update().list("old").total(5).words("old"));
    all.apply(All::update().list("lost").overwrite_list(["new".to_owned()]).list("more").overwrite_total(1).total(1));
    assert_eq!((all.list, all.total), (vec!["new".to_owned(), "more".to_owned()], 2));
    let mut all = after(All::update().words("old"));
    all.apply(All::update().overwrite_words("new").words("more"));
    assert_eq!(all.words, "new more");
}

#[test]
fn an_update_lists_its_fields_and_its_writes() {
    let update = All::update().name("n").list("x").overwrite_total(1);
    let set: Vec<_> =
        All::FIELDS.iter().enumerate().filter(|(at, _)| update.sets().contains(*at)).map(|(_, f)| *f).collect();
    assert_eq!(set, ["name", "total"]);
    let over = update.overwrites();
    assert!(over.contains(9) && !over.contains(0));
    assert_eq!(format!("{update:?}"), "AllUpdate(name, list, total)");
    assert_eq!(All::FIELDS.last(), Some(&"type"));
    assert_eq!(update.name.as_deref(), Some("n"), "an observer can read the written value");
}

#[derive(State, Default, Debug, PartialEq)]
struct Options {
    count: Option<u32>,
    flag: std::option::Option<bool>,
    text: Option<String>,
    #[state(max)]
    best: Option<f64>,
    #[state(concurrent(latest))]
    last: Option<char>,
    #[state(latest)]
    own: Option<i8>,
}

fn latest<T>(field: &mut Option<T>, other: Option<T>) {
    *field = other.or(field.take());
}

/// An `Option` takes a value, `Some` and `None`, also of literals.
#[test]
fn an_option_takes_a_value_with_and_without_some() {
    let mut options = Options::default();
    options.apply(Options::update().count(3).flag(true).text("t".to_owned()).best(8.5).last('x').own(-1));
    let all = Options {
        count: Some(3),
        flag: Some(true),
        text: Some("t".into()),
        best: Some(8.5),
        last: Some('x'),
        own: Some(-1),
    };
    assert_eq!(options, all);
    let update =
        Options::update().count(Some(3)).flag(Some(true)).text(Some("t".to_owned())).best(Some(8.5)).last(Some('x'));
    options.apply(update.own(Some(-1)));
    assert_eq!(options, all);
    let update = Options::update().count(None).flag(None).text(None).best(None).last(None).own(None);
    options.apply(update.overwrite_best(2.0));
    assert_eq!(options, Options { best: Some(2.0), own: Some(-1), ..Options::default() });
}

#[derive(State, Default)]
struct Numbers {
    #[state(append)]
    whole: Vec<u64>,
    #[state(append)]
    real: VecDeque<f32>,
}

#[test]
fn a_list_of_numbers_takes_literals() {
    let mut numbers = Numbers::default();
    numbers.apply(Numbers::update().whole(1).whole(2).extend_whole([3]).real(1.5));
    assert_eq!((numbers.whole, numbers.real), (vec![1, 2, 3], VecDeque::from([1.5])));
}
