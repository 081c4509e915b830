//! Attributes of the struct: its deps, and the path of a renamed dependency.

use std::any::TypeId;
use std::collections::HashMap;

use council_core as engine;
use engine::{IdList, Identified, State, Update};

#[derive(Clone, Debug, PartialEq)]
struct Source(u64);

impl Identified for Source {
    type Id = u64;

    fn id(&self) -> &u64 {
        &self.0
    }
}

fn longer(text: &mut String, other: String) {
    if other.len() > text.len() {
        *text = other;
    }
}

/// A field for each kind of write, so every path of the expansion uses the renamed crate.
#[derive(State, Default)]
#[state(crate = engine)]
struct Renamed {
    plain: bool,
    #[state(append)]
    list: Vec<u8>,
    #[state(add)]
    total: u8,
    #[state(max)]
    most: u8,
    #[state(min, untracked)]
    least: u8,
    #[state(merge)]
    map: HashMap<u8, u8>,
    #[state(by_id)]
    sources: IdList<Source>,
    #[state(longer)]
    text: String,
}

#[test]
fn the_dependency_on_the_engine_may_be_renamed() {
    let mut state = Renamed { least: 9, ..Renamed::default() };
    let update = Renamed::update().plain(true).list(1).total(2).most(3).least(4).map(5, 6).sources(Source(7));
    state.apply(update.remove_sources(&7).sources(Source(8)).text("long").text("short"));
    assert_eq!((state.plain, state.list, state.total, state.most, state.least), (true, vec![1], 2, 3, 4));
    assert_eq!(
        (state.map, state.sources.into_vec(), state.text),
        (HashMap::from([(5, 6)]), vec![Source(8)], "short".into())
    );
    assert!(Renamed::update().overwrite_total(1).overwrites().contains(2));
}

struct Clients {
    _names: Vec<String>,
}

#[derive(State)]
#[state(deps = Clients, crate = ::council_core)]
struct WithClients {
    #[allow(dead_code, reason = "only the deps matter")]
    text: String,
}

#[derive(State)]
#[state(deps = (std::sync::Arc<str>, [u8; 2]))]
struct WithSeveral {
    #[allow(dead_code, reason = "only the deps matter")]
    text: String,
}

#[test]
fn the_deps_are_a_type_of_the_user_or_the_unit_type() {
    fn deps<S: State>() -> TypeId {
        TypeId::of::<S::Deps>()
    }
    assert_eq!(deps::<Renamed>(), TypeId::of::<()>());
    assert_eq!(deps::<WithClients>(), TypeId::of::<Clients>());
    assert_eq!(deps::<WithSeveral>(), TypeId::of::<(std::sync::Arc<str>, [u8; 2])>());
}
