//! States that can be stored.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::State;

/// A state that a journal can store: serde can write and read the state and its updates. Serde can write and read an update if it
/// can do so with the fields. The trait is implemented for all such states; do not implement it.
///
/// In the JSON of an update, the key of a written field is its name. The key of an overwritten field is `=` and its name. JSON has
/// no NaN and no infinity: such a number becomes `null`, and a record with such a number cannot be read again.
///
/// ```
/// use council_core::State;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(State, Default, Serialize, Deserialize)]
/// struct Review {
///     text: String,
///     #[state(append)]
///     notes: Vec<String>,
/// }
///
/// let update = Review::update().text("first").notes("too short");
/// assert_eq!(serde_json::to_string(&update)?, r#"{"text":"first","notes":["too short"]}"#);
/// let update = Review::update().overwrite_notes(vec![]);
/// assert_eq!(serde_json::to_string(&update)?, r#"{"=notes":[]}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be stored in a journal",
    label = "not a state that serde can write and read",
    note = "put `#[derive(serde::Serialize, serde::Deserialize)]` on it, and on the types of its fields"
)]
pub trait Durable: State<Update: Serialize + DeserializeOwned> + Serialize + DeserializeOwned {}

impl<S: State<Update: Serialize + DeserializeOwned> + Serialize + DeserializeOwned> Durable for S {}
