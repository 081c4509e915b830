//! States, which pass through a graph, and updates, which nodes return to change them.

use field_set::FieldSet;
use schema::Schema;
use update::Update;

pub(crate) mod cell;
pub(crate) mod durable;
pub(crate) mod field_set;
pub(crate) mod merge;
pub mod reduce;
pub(crate) mod schema;
pub(crate) mod update;

/// The state of a graph: a struct that every node reads and no node writes. Nodes return updates.
///
/// Derive it. The derive generates a typed update with one method for each field, so a misspelt field does not compile. The
/// reducer of a field says how the field takes a write. It is `replace`, unless an attribute says otherwise:
///
/// | attribute | a write | several writes in one superstep |
/// | --- | --- | --- |
/// | none, or `#[state(replace)]` | sets the field | an error that names the field and both nodes |
/// | `#[state(concurrent(path::to::function))]` | sets the field | combined by `fn(&mut T, T)`, in the order of the nodes |
/// | `#[state(append)]` | adds an item to a list or set | all are added, in the order of the nodes |
/// | `#[state(add)]` | adds a number | all are added |
/// | `#[state(max)]` | keeps the greater value | the greatest stays |
/// | `#[state(min)]` | keeps the lesser value | the least stays |
/// | `#[state(merge)]` | puts an entry into a map | later nodes win where keys are the same |
/// | `#[state(by_id)]` | replaces the item with the same id, or adds it; or removes it | in the order of the nodes |
/// | `#[state(path::to::function)]` | calls `fn(&mut T, T)` | in the order of the nodes |
///
/// A field with a reducer also gets `overwrite_<field>`, which sets the field without the reducer and wins over the other writes
/// of its superstep. `append`, `merge` and `by_id` also get `extend_<field>`, which takes many items. If one update sets a plain field
/// twice, the later value counts, as in other builders. An `Option` is set to a value with and without `Some`.
///
/// Fields have to be `Clone + Send + Sync`, because an observer may clone an update. A type parameter of the state needs no such bound:
/// the generated impls require it of the fields.
///
/// ```
/// use council_core::State;
///
/// #[derive(State, Debug, Default, PartialEq)]
/// struct Review {
///     text: String,
///     #[state(append)]
///     notes: Vec<String>,
///     #[state(add)]
///     round: u32,
/// }
///
/// let mut review = Review::default();
/// review.apply(Review::update().text("first").notes("too short").round(1));
/// review.apply(Review::update().text("second").notes("better").round(1));
/// assert_eq!(review.text, "second");
/// assert_eq!(review.notes, ["too short", "better"]);
/// assert_eq!(review.round, 2);
///
/// review.apply(Review::update().overwrite_notes(vec![]));
/// assert!(review.notes.is_empty());
/// ```
///
/// A list `by_id` also gets `remove_<field>`, which takes an id; see [`reduce::ById`](crate::reduce::ById), and
/// [`IdList`](crate::IdList) for a long list.
///
/// # A reducer of your own
///
/// A reducer is a function of the field and a write. The attribute is its path, in any module:
///
/// ```
/// use council_core::State;
///
/// /// An empty text does not change the field.
/// fn keep_if_empty(field: &mut String, new: String) {
///     if !new.is_empty() {
///         *field = new;
///     }
/// }
///
/// #[derive(State, Default)]
/// struct Review {
///     #[state(keep_if_empty)]
///     summary: String,
/// }
///
/// let mut review = Review::default();
/// review.apply(Review::update().summary("good"));
/// review.apply(Review::update().summary(""));
/// assert_eq!(review.summary, "good");
/// ```
///
/// # Several writes at once
///
/// With `concurrent`, several nodes of one superstep may set a field, and a function combines their writes. A single write in a
/// superstep sets the field, as without `concurrent`. Several writes are taken in the order of the nodes: the first sets the
/// field, and the function adds each later write to it:
///
/// ```
/// use council_core::{State, merge};
///
/// /// Keeps both drafts, one below the other.
/// fn both(draft: &mut String, other: String) {
///     draft.push_str("\n\n");
///     draft.push_str(&other);
/// }
///
/// #[derive(State, Default)]
/// struct Essay {
///     #[state(concurrent(both))]
///     draft: String,
/// }
///
/// let mut essay = Essay { draft: "an old one".into() };
/// merge(&mut essay, [Essay::update().draft("left"), Essay::update().draft("right")])?;
/// assert_eq!(essay.draft, "left\n\nright");
/// merge(&mut essay, [Essay::update().draft("alone")])?;
/// assert_eq!(essay.draft, "alone");
/// # Ok::<(), council_core::MergeError>(())
/// ```
///
/// # Fields that are not stored
///
/// `#[serde(skip)]` keeps a field out of the journal: a cache, a handle, a big scratch value, a secret. Nodes read and write it like
/// any other field, but neither the state nor an update stores it. In a run that is resumed from its journal, the field has its
/// default value, so a node must work without the old value.
///
/// ```
/// use council_core::State;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(State, Debug, Default, Serialize, Deserialize)]
/// struct Search {
///     #[state(append)]
///     found: Vec<String>,
///     #[state(append)]
///     #[serde(skip)]
///     pages: Vec<Vec<u8>>,
/// }
///
/// let update = Search::update().found("a crab").pages(vec![0; 4096]);
/// assert_eq!(serde_json::to_string(&update)?, r#"{"found":["a crab"]}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// A state whose `Serialize` is written by hand cannot use this attribute. Mark the field with `#[state(untracked)]`, alone or beside a
/// reducer. A run is refused if serde still stores such a field.
///
/// The other attributes of serde hold for updates too: see [`Durable`](crate::Durable).
///
/// # Runs of an earlier version of the program
///
/// A stored run may have been begun by a program with other fields. These attributes read what it has stored:
///
/// | attribute | meaning |
/// | --- | --- |
/// | `#[state(renamed = "former key")]` | the field is also read under its former key |
/// | `#[state(formerly(reducer))]` | accepts a run in which the field had another reducer; its updates go through the current reducer |
/// | `#[state(removed("key"))]` above the struct | the stored values of a former field are left out; without it, a run of a program that had the field is refused |
///
/// What they cannot say is said by [`StateGraph::migrate`](crate::StateGraph::migrate).
///
/// ```
/// use council_core::State;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(State, Default, Serialize, Deserialize)]
/// #[state(removed("score"))]
/// #[serde(deny_unknown_fields)]
/// struct Review {
///     #[state(renamed = "text")]
///     draft: String,
/// }
///
/// let mut review = Review::default();
/// review.apply(serde_json::from_str(r#"{"text":"a draft","score":8}"#)?);
/// assert_eq!(review.draft, "a draft");
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// # Attributes of the struct
///
/// | attribute | meaning |
/// | --- | --- |
/// | `#[state(deps = Type)]` | the [`Deps`](State::Deps) of a run over this state; `()` without it |
/// | `#[state(crate = path)]` | the path of this crate, if the dependency was renamed or is re-exported |
///
/// ```
/// use council_core::State;
///
/// struct Session {
///     user: String,
/// }
///
/// #[derive(State)]
/// #[state(deps = Session)]
/// struct Essay {
///     draft: String,
/// }
///
/// fn signed<S: State<Deps = Session>>(session: &S::Deps) -> String {
///     format!("signed, {}", session.user)
/// }
/// assert_eq!(signed::<Essay>(&Session { user: "ada".into() }), "signed, ada");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the state of a graph",
    label = "not a state",
    note = "put `#[derive(State)]` on the struct that passes through the graph"
)]
pub trait State: Sized + Send + Sync + 'static {
    /// The changes that a node can make. Every field is optional.
    type Update: Update;

    /// The dependencies of a run, which no journal stores: clients, the id of a user, settings.
    ///
    /// The derive sets it to `()`, or to the type in `#[state(deps = Type)]` above the struct.
    type Deps: Send + Sync + 'static;

    /// The names of the fields, in the order of the struct.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// assert_eq!(Essay::FIELDS, ["draft", "notes"]);
    /// ```
    const FIELDS: &'static [&'static str];

    /// The fields that are never stored.
    const UNTRACKED: FieldSet;

    /// What the state stores.
    #[doc(hidden)]
    const SCHEMA: &'static Schema = &Schema::EMPTY;

    /// The fields without a reducer that have a function for several writes of one superstep.
    const CONCURRENT: FieldSet = FieldSet::EMPTY;

    /// Applies an update: each field takes its write through its reducer.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// let mut essay = Essay::default();
    /// essay.apply(Essay::update().draft("a draft").notes("too short"));
    /// assert_eq!((essay.draft.as_str(), essay.notes.len()), ("a draft", 1));
    /// ```
    fn apply(&mut self, update: Self::Update);

    /// Applies an update after other updates of the same superstep, which have set the fields in `earlier`. A
    /// [`CONCURRENT`](Self::CONCURRENT) field in `earlier` is combined. [`merge`](crate::merge) calls this method.
    ///
    /// ```
    /// # use council_core::*;
    /// # fn join(field: &mut String, other: String) { field.push_str(&other) }
    /// # #[derive(State, Clone, Debug, Default)] struct Essay { #[state(concurrent(join))] draft: String, #[state(append)] notes: Vec<String> }
    /// let mut essay = Essay { draft: "an old one".into(), ..Essay::default() };
    /// essay.apply_beside(Essay::update().draft("left"), FieldSet::EMPTY);
    /// essay.apply_beside(Essay::update().draft(", right"), Essay::CONCURRENT);
    /// assert_eq!(essay.draft, "left, right");
    /// ```
    fn apply_beside(&mut self, update: Self::Update, earlier: FieldSet) {
        let _ = earlier;
        self.apply(update);
    }

    /// An update without changes. Chain the methods of the fields onto it.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// let update = Essay::update().draft("a draft").notes("too short").notes("no title");
    /// assert_eq!(format!("{update:?}"), "EssayUpdate(draft, notes)");
    /// ```
    #[must_use]
    fn update() -> Self::Update {
        Self::Update::default()
    }
}
