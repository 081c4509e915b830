//! The document that passes through a graph, and what a node may want changed in it.

/// A state: one struct of the user's own, which every node reads and no node writes.
///
/// Derive it. The derive makes a typed update beside the struct, with one method for each field, so that a misspelt field
/// does not compile. How a field takes a write is its reducer, `replace` unless an attribute says otherwise:
///
/// | attribute | a write | several writes in one superstep |
/// | --- | --- | --- |
/// | none, or `#[state(replace)]` | sets the field | an error that names the field and both nodes |
/// | `#[state(append)]` | adds an item to a list or set | all are added, in the order of the nodes |
/// | `#[state(add)]` | adds a number | all are added |
/// | `#[state(max)]` | keeps the greater value | the greatest stays |
/// | `#[state(merge)]` | puts entries into a map | later nodes win where keys are the same |
/// | `#[state(by_id)]` | replaces the item with the same id, or adds it | in the order of the nodes |
/// | `#[state(path::to::function)]` | calls `fn(&mut T, T)` | in the order of the nodes |
///
/// A field with a reducer also gets `overwrite_<field>`, which sets it outright and wins over the other writes of its
/// superstep. Fields have to be `Clone + Send + Sync`, because an observer may want a copy of an update.
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
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the state of a graph",
    label = "not a state",
    note = "put `#[derive(State)]` on the struct that passes through the graph"
)]
pub trait State: Sized + Send + Sync + 'static {
    /// What a node wants changed; every field is optional.
    type Update: Update;

    /// What every run over this state is given once and no journal stores.
    type Context: Send + Sync + 'static;

    /// The names of the fields, in the order of the struct.
    const FIELDS: &'static [&'static str];

    /// Puts an update into the state, each field through its reducer.
    fn apply(&mut self, update: Self::Update);

    /// An update that changes nothing yet; chain the field methods onto it.
    #[must_use]
    fn update() -> Self::Update {
        Self::Update::default()
    }
}

/// What `#[derive(State)]` makes beside a state; the engine asks it which fields it sets.
pub trait Update: Default + Clone + std::fmt::Debug + Send + Sync + 'static {
    /// The fields that this update sets outright: writes to `replace` fields, and overwrites.
    fn sets(&self) -> FieldSet;

    /// The fields with a reducer that this update overwrites.
    fn overwrites(&self) -> FieldSet;

    /// Drops the writes to these fields that go through a reducer; an overwrite stays.
    fn drop_reducing(&mut self, fields: FieldSet);
}

/// A set of fields of one state, by their place in [`State::FIELDS`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FieldSet(u128);

impl FieldSet {
    /// How many fields a state can have.
    pub const CAPACITY: usize = 128;

    /// This set and the field, where `present` says so.
    #[must_use]
    pub const fn with(self, field: usize, present: bool) -> Self {
        Self(self.0 | ((present as u128) << field))
    }

    /// Whether the field is in the set.
    #[must_use]
    pub const fn contains(self, field: usize) -> bool {
        self.0 & (1 << field) != 0
    }

    /// The fields of both sets.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The first field that is in both sets.
    #[must_use]
    pub const fn first_common(self, other: Self) -> Option<usize> {
        match self.0 & other.0 {
            0 => None,
            common => Some(common.trailing_zeros() as usize),
        }
    }

    /// Whether no field is in the set.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}
