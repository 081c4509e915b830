//! States with type parameters.

use std::sync::{Arc, Mutex};

use council_core::{Durable, IdList, Identified, State};
use serde::{Deserialize, Serialize};

#[derive(State, Default)]
struct Generic<T: Clone + Default + Send + Sync + 'static> {
    #[state(append)]
    items: Vec<T>,
}

#[test]
fn a_state_may_be_generic() {
    let mut generic = Generic::<u8>::default();
    generic.apply(Generic::<u8>::update().items(1));
    assert_eq!(generic.items, [1]);
}

/// A type that is not `Clone`, without an `Arc` around it.
#[derive(State, Default)]
struct Shared<T: Send + Sync + 'static> {
    one: Option<Arc<T>>,
    #[state(append)]
    all: Vec<Arc<T>>,
}

#[test]
fn a_type_parameter_need_not_be_clone() {
    let mut shared = Shared::<Mutex<u8>>::default();
    let one = Arc::new(Mutex::new(1));
    shared.apply(Shared::update().one(Arc::clone(&one)).all(one).clone());
    assert_eq!((shared.one.is_some(), shared.all.len()), (true, 1));
}

/// All features together: a default, a constant, a where clause, deps, and reducers with bounds on the parameter.
#[derive(State)]
#[state(deps = Arc<T>)]
struct Many<T = Named, const N: usize = 2>
where
    T: Identified + Clone + Send + Sync + 'static,
{
    #[state(by_id)]
    list: Vec<T>,
    #[state(by_id, untracked)]
    indexed: IdList<T>,
    array: [u8; N],
}

#[derive(Clone, Debug, PartialEq)]
struct Named(String);

impl Identified for Named {
    type Id = str;

    fn id(&self) -> &str {
        &self.0
    }
}

#[test]
fn a_generic_state_takes_every_attribute() {
    let named = Named("a".into());
    let mut many = <Many>::default();
    many.apply(<Many>::update().list(named.clone()).indexed(named.clone()).array([1, 2]));
    assert_eq!((many.list.as_slice(), many.indexed.len(), many.array), ([named].as_slice(), 1, [1, 2]));
    many.apply(<Many>::update().remove_list("a"));
    assert!(many.list.is_empty());
}

impl Default for Many {
    fn default() -> Self {
        Self { list: Vec::new(), indexed: IdList::new(), array: [0; 2] }
    }
}

/// Type parameters without bounds. The impls have the bounds that they need.
#[derive(State, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Unbounded<T, U = Vec<T>> {
    one: Option<T>,
    #[state(append)]
    many: Vec<T>,
    whole: U,
    #[state(concurrent(keep))]
    other: Option<U>,
    #[state(keep)]
    kept: Vec<U>,
}

fn keep<T>(_: &mut T, _: T) {}

/// A bound of the struct itself is enough.
#[derive(State)]
struct Listed<T: Identified> {
    #[state(by_id)]
    list: Vec<T>,
}

#[test]
fn a_type_parameter_needs_no_bounds() {
    fn written<T: Clone + Send + Sync + 'static>(mut state: Unbounded<T>, item: T) -> Unbounded<T> {
        let whole = state.many.clone();
        let update = Unbounded::<T>::update().one(item.clone()).many(item);
        state.apply(update.whole(whole.clone()).other(whole.clone()).kept(vec![whole]));
        state
    }
    fn stored<S: Durable>(state: &S) -> String {
        serde_json::to_string(state).unwrap()
    }
    let input = Unbounded { many: vec!["a".to_owned()], ..Unbounded::default() };
    let state = written(input, "b".to_owned());
    assert_eq!(stored(&state), r#"{"one":"b","many":["a","b"],"whole":["a"],"other":["a"],"kept":[]}"#);

    let mut listed = Listed { list: vec![Named("a".into())] };
    listed.apply(Listed::update().list(Named("b".into())).remove_list("a"));
    assert_eq!(listed.list, [Named("b".into())]);
}
