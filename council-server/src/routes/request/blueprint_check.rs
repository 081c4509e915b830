//! Checks of a blueprint: for the command line, for an editor, and before it is saved.

use council_llm::Blueprint;
use serde_json::Value;

use super::blueprint::read_fields;
use crate::councils::{CheckedBlueprint, Councils};
use crate::http::body;
use crate::http::faults::Faults;
use crate::http::json::{Json, ReadJson};
use crate::wire::check::{BlueprintCheck, Warning};
use crate::wire::fault::RequestFault;

impl Councils {
    /// Checks whether a blueprint, as JSON, could be saved on this server and run.
    ///
    /// ```
    /// use council_llm::{CouncilBuilder, Rehearsal};
    /// use council_server::Councils;
    ///
    /// let councils = Councils::new(CouncilBuilder::new(Rehearsal::new()).build()?);
    /// let faults = councils.check(br#"{"name": "Essays", "nodes": [{"model": "rehearsal"}]}"#).unwrap_err();
    /// assert_eq!(faults, ["nodes.0.id: Field required"]);
    /// # Ok::<(), council_llm::CouncilError>(())
    /// ```
    ///
    /// A blueprint of version 1 is read as version 2, and what was guessed is returned:
    ///
    /// ```
    /// # use council_llm::{CouncilBuilder, Rehearsal};
    /// # use council_server::Councils;
    /// # let councils = Councils::new(CouncilBuilder::new(Rehearsal::new()).build()?);
    /// let checked = councils.check(br#"{"name": "Essays", "nodes": [{"id": "author", "model": "rehearsal"}]}"#).unwrap();
    /// assert_eq!(checked.migrated.unwrap().guessed[0].node, "author");
    /// # Ok::<(), council_llm::CouncilError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// All faults, each with its location in the JSON.
    pub fn check(&self, blueprint: &[u8]) -> Result<CheckedBlueprint, Vec<String>> {
        let lines = |faults: Vec<RequestFault>| faults.iter().map(RequestFault::line).collect::<Vec<_>>();
        let (blueprint, notes) = to_save(blueprint, self, For::Create).map_err(lines)?;
        let value = serde_json::to_value(&blueprint).unwrap_or_default();
        self.graph(Some(&blueprint)).map_err(|error| lines(RequestFault::of_saved(&error, &value)))?;
        let warnings = self.all_warnings(notes, Some(&blueprint)).iter().map(Warning::line).collect();
        Ok(CheckedBlueprint { migrated: blueprint.migrated, warnings })
    }

    /// The unknown fields of a blueprint, then its other warnings.
    pub(crate) fn all_warnings(&self, notes: Faults, blueprint: Option<&Blueprint>) -> Vec<Warning> {
        let mut warnings = notes.into_warnings();
        if let Some(blueprint) = blueprint {
            warnings.extend(self.warnings(blueprint).iter().map(Warning::from));
        }
        warnings
    }
}

/// What a blueprint is read for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum For {
    /// It is saved as a new blueprint, or checked.
    Create,
    /// It replaces the blueprint whose id is in the path.
    Replace,
}

/// Reads a blueprint that is to be saved. Returns the warnings about its fields too.
///
/// Like the original, a replacement ignores the `id`, and a `version` that this server does not know.
pub(crate) fn to_save(body: &[u8], councils: &Councils, meant: For) -> Result<(Blueprint, Faults), Vec<RequestFault>> {
    body::without_faults(body::parse_noting(body, |body| {
        complete(body, councils);
        if let Some(fields) = body.as_object_mut().filter(|_| meant == For::Replace) {
            fields.remove("id");
            if fields.get("version").is_some_and(|version| *version != 2) {
                fields.remove("version");
            }
        }
    }))
}

/// Gives the nodes without a model the default model of the server.
fn complete(body: &mut Value, councils: &Councils) {
    let nodes = body.get_mut("nodes").and_then(Value::as_array_mut);
    for node in nodes.into_iter().flatten().filter_map(Value::as_object_mut) {
        if node.get("model").is_none_or(Value::is_null) {
            node.insert("model".to_owned(), councils.default_model().into());
        }
    }
}

/// The check of a blueprint that is not to be saved.
pub(crate) fn check(body: &[u8], councils: &Councils) -> BlueprintCheck {
    let faults = to_save(body, councils, For::Create).err().unwrap_or_default();
    let (unchecked, notes) = body::parse_noting::<Unchecked>(body, |body| complete(body, councils));
    let blueprint = unchecked.filter(|_| notes.listed().is_empty()).map(|Unchecked(blueprint)| blueprint);
    let warnings = councils.all_warnings(notes, blueprint.as_ref());
    BlueprintCheck::new(blueprint, faults, warnings)
}

/// A blueprint whose fields can be read, with any content. Its version is one that this server knows.
struct Unchecked(Blueprint);

impl ReadJson for Unchecked {
    fn read(json: Json<'_>) -> Option<Self> {
        let (blueprint, _) = read_fields(json)?;
        (blueprint.version == 2).then_some(Self(blueprint))
    }
}
