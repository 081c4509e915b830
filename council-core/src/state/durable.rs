//! States that can be stored.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::State;

/// A state that a journal can store: serde can write and read the state and its updates. Serde can write and read an update if it
/// can do so with the fields. The trait is implemented for all such states; do not implement it.
///
/// In the JSON of an update, the key of a written field is the name that serde gives it. The key of an overwritten field is `=` and
/// that name.
///
/// A value that JSON cannot represent is refused when it is written: NaN, infinity, `Some(None)`, a map whose keys are not strings. See
/// [`RawJson::of`](crate::journal::RawJson::of) for the list. The run fails with [`Failure::Unwritable`](crate::Failure::Unwritable), which
/// names the field. A corrected program resumes the run after the previous update. A reducer may compute such a value from valid updates,
/// for example an infinite sum. Then the run stores no snapshots, and a load computes the value again.
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
///
/// # Attributes of serde
///
/// Updates are stored by the rules by which serde stores the state:
///
/// | attribute | in an update |
/// | --- | --- |
/// | `rename`, `rename_all` | the key of the field; its method and its place in [`State::FIELDS`] keep the name in Rust |
/// | `alias` | is read too |
/// | `skip`, `skip_serializing` | the field is never written, so a secret in it is not in the journal |
/// | `skip_deserializing` | the field is written, and never read |
/// | `skip_serializing_if` | for a value that serde leaves out, the update has the key `-key`: the value that serde uses for a missing field. A field reads it without the attribute too; a field without a default refuses it |
/// | `with`, `serialize_with`, `deserialize_with` | the functions write and read the values of the field |
/// | `deny_unknown_fields` | a key that no field has is an error; without the attribute it is ignored |
/// | `default`, `bound`, `borrow`, `tag` | as in the state |
/// | `flatten`, `transparent`, `from`, `try_from`, `into`, `remote`, `getter` | does not compile: the state has no key for each field |
///
/// A function of `with` takes a whole field. So it does not fit a field whose reducer stores single items: `merge`, `by_id`, and
/// `append` to another type than `Vec`. There the items need a type with its own `Serialize` and `Deserialize`. A write through a
/// reducer is stored even if `skip_serializing_if` would leave out a field with that value.
///
/// ```
/// use council_core::State;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(State, Default, Serialize, Deserialize)]
/// #[serde(rename_all = "camelCase")]
/// struct Login {
///     user_name: String,
///     #[serde(skip)]
///     password: String,
/// }
///
/// let update = Login::update().user_name("ada").password("swordfish");
/// assert_eq!(serde_json::to_string(&update)?, r#"{"userName":"ada"}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be stored in a journal",
    label = "not a state that serde can write and read",
    note = "put `#[derive(serde::Serialize, serde::Deserialize)]` on it, and on the types of its fields"
)]
pub trait Durable: State<Update: Serialize + DeserializeOwned> + Serialize + DeserializeOwned {}

impl<S: State<Update: Serialize + DeserializeOwned> + Serialize + DeserializeOwned> Durable for S {}
