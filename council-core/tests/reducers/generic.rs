//! States with type parameters.

use std::sync::{Arc, Mutex};

use council_core::{IdList, Identified, State};

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
