//! The schema of events in the OpenAPI document.

use std::borrow::Cow;

use utoipa::openapi::schema::{KnownFormat, OneOfBuilder, Schema, SchemaFormat};
use utoipa::openapi::{ObjectBuilder, RefOr, Type};
use utoipa::{PartialSchema, ToSchema};

use super::event::WireEvent;

/// An event with the fields that all events have.
pub(crate) struct RunEvent;

impl ToSchema for RunEvent {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("RunEvent")
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        WireEvent::schemas(schemas);
    }
}

impl PartialSchema for RunEvent {
    fn schema() -> RefOr<Schema> {
        let RefOr::T(Schema::OneOf(variants)) = WireEvent::schema() else {
            unreachable!("the schema of an untagged enum lists its variants");
        };
        let events = variants.items.into_iter().zip(WireEvent::NAMES).filter_map(|(variant, name)| match variant {
            RefOr::T(Schema::Object(fields)) => {
                let is_numbered = !WireEvent::UNNUMBERED.contains(&name);
                let text = |format| ObjectBuilder::new().schema_type(Type::String).format(format).build();
                let event = ObjectBuilder::from(fields)
                    .property("event", ObjectBuilder::new().schema_type(Type::String).enum_values(Some([name])))
                    .property("run_id", text(None))
                    .property("at", text(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime))))
                    .required("event")
                    .required("run_id")
                    .required("at");
                let seq = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1));
                Some(if is_numbered { event.property("seq", seq).required("seq") } else { event })
            }
            _ => None,
        });
        events.fold(OneOfBuilder::new(), OneOfBuilder::item).into()
    }
}
