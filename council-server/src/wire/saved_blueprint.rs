//! Answer to a save of a blueprint.

use council_llm::Blueprint;
use serde::Serialize;
use utoipa::openapi::schema::ArrayBuilder;
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::check::Warning;

/// The blueprint as saved, and the likely mistakes in it.
#[derive(Serialize)]
pub(crate) struct SavedBlueprint {
    #[serde(flatten)]
    pub(crate) blueprint: Blueprint,
    /// Likely mistakes, such as a loop that no critic closes.
    pub(crate) warnings: Vec<Warning>,
}

/// The schema of the blueprint with one more field. A schema of two parts could not refuse unknown fields.
impl PartialSchema for SavedBlueprint {
    fn schema() -> RefOr<Schema> {
        let mut schema = Blueprint::schema();
        if let RefOr::T(Schema::Object(object)) = &mut schema {
            let warnings = ArrayBuilder::new().items(Ref::from_schema_name("Warning"));
            let warnings = warnings.description(Some("Likely mistakes, such as a loop that no critic closes"));
            object.properties.insert("warnings".to_owned(), warnings.into());
            object.required.push("warnings".to_owned());
            object.description = Some("The blueprint as saved, and the likely mistakes in it".to_owned());
        }
        schema
    }
}

impl ToSchema for SavedBlueprint {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        Blueprint::schemas(schemas);
        schemas.push((Warning::name().into(), Warning::schema()));
        Warning::schemas(schemas);
    }
}
